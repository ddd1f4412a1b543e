//! A relay that answers by script and keeps every byte it was sent.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What the relay does instead of taking a command.
#[derive(Clone)]
pub enum Act {
    Reply(&'static str),
    ReplyThenClose(&'static str),
    Close,
    Stall,
    /// Waits until the test opens the gate, then takes it.
    Gate,
}

/// From the `nth` time that a line beginning with `verb` comes (`.` for the final dot), `times` times.
#[derive(Clone)]
pub struct Rule {
    pub verb: &'static str,
    pub act: Act,
    pub skip: usize,
    pub times: usize,
}

pub fn always(verb: &'static str, act: Act) -> Rule {
    Rule { verb, act, skip: 0, times: usize::MAX }
}

#[derive(Clone, Default)]
pub struct Setup {
    pub starttls: Option<TlsAcceptor>,
    pub implicit: Option<TlsAcceptor>,
    pub no_pipelining: bool,
    pub login: bool,
    /// Sent in clear, in the same packet as the reply to STARTTLS.
    pub injected: &'static str,
    pub rules: Vec<Rule>,
}

pub struct Relay {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

struct Shared {
    setup: Setup,
    rules: Mutex<Vec<Rule>>,
    /// Every line as it came in clear.
    clear: Mutex<String>,
    /// Every line as it came under TLS, or in clear where there is none.
    said: Mutex<String>,
    mails: Mutex<Vec<String>>,
    sessions: AtomicUsize,
    busy: AtomicUsize,
    busy_max: AtomicUsize,
    gate: Semaphore,
    /// Grows by one for each session that the relay has ended.
    ended: Semaphore,
}

impl Relay {
    pub async fn start(setup: Setup) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            rules: Mutex::new(setup.rules.clone()),
            setup,
            clear: Mutex::default(),
            said: Mutex::default(),
            mails: Mutex::default(),
            sessions: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            busy_max: AtomicUsize::new(0),
            gate: Semaphore::new(0),
            ended: Semaphore::new(0),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::clone(&shared)));
        Relay { address, shared, _tasks: tasks }
    }

    pub async fn plain(rules: Vec<Rule>) -> Relay {
        Relay::start(Setup { rules, ..Setup::default() }).await
    }

    pub fn mails(&self) -> Vec<String> {
        self.shared.mails.lock().unwrap().clone()
    }

    pub fn clear(&self) -> String {
        self.shared.clear.lock().unwrap().clone()
    }

    pub fn said(&self) -> String {
        self.shared.said.lock().unwrap().clone()
    }

    pub fn sessions(&self) -> usize {
        self.shared.sessions.load(Ordering::SeqCst)
    }

    pub fn busy_max(&self) -> usize {
        self.shared.busy_max.load(Ordering::SeqCst)
    }

    pub fn busy(&self) -> usize {
        self.shared.busy.load(Ordering::SeqCst)
    }

    pub fn open_gate(&self, mails: usize) {
        self.shared.gate.add_permits(mails);
    }

    /// Waits until the relay has closed `sessions` in all.
    pub async fn ended(&self, sessions: usize) {
        let permits = u32::try_from(sessions).unwrap();
        drop(self.shared.ended.acquire_many(permits).await.unwrap());
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        shared.sessions.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(&shared);
        sessions.spawn(async move {
            // A client that hangs up is what some tests are about.
            let _ = hold(stream, &shared).await;
            shared.ended.add_permits(1);
        });
    }
}

async fn hold(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    if let Some(tls) = &shared.setup.implicit {
        let stream = tls.accept(stream).await?;
        return Session::new(stream, shared, true).run(true).await.map(drop);
    }
    let mut session = Session::new(stream, shared, false);
    if session.run(true).await?
        && let Some(tls) = &shared.setup.starttls
    {
        let stream = tls.accept(session.stream.into_inner()).await?;
        Session::new(stream, shared, true).run(false).await?;
    }
    Ok(())
}

struct Session<'a, S: AsyncRead + AsyncWrite> {
    stream: BufReader<S>,
    /// Replies not yet sent: those to pipelined commands go together.
    replies: String,
    shared: &'a Shared,
    encrypted: bool,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Session<'a, S> {
    fn new(stream: S, shared: &'a Shared, encrypted: bool) -> Self {
        Session { stream: BufReader::new(stream), replies: String::new(), shared, encrypted }
    }

    /// True when the client is to be given TLS.
    async fn run(&mut self, greet: bool) -> std::io::Result<bool> {
        if greet && !self.answer("", "220 relay.test").await? {
            return Ok(false);
        }
        while let Some(line) = self.line().await? {
            let verb = line.split([' ', '\r']).next().unwrap().to_ascii_uppercase();
            let go_on = match verb.as_str() {
                "STARTTLS" if self.shared.setup.starttls.is_some() => {
                    let reply = format!("220 go\r\n{}", self.shared.setup.injected);
                    self.write(reply.trim_end()).await?;
                    self.flush().await?;
                    return Ok(true);
                }
                "EHLO" => self.ehlo().await?,
                "DATA" => self.data().await?,
                "AUTH" => self.answer("AUTH", "235 2.7.0 in").await?,
                "QUIT" => self.answer("QUIT", "221 bye").await.map(|_| false)?,
                verb => self.answer(verb, "250 2.0.0 ok").await?,
            };
            if !go_on {
                return Ok(false);
            }
        }
        Ok(false)
    }

    async fn ehlo(&mut self) -> std::io::Result<bool> {
        let setup = &self.shared.setup;
        let mut offers = "250-relay.test\r\n".to_owned();
        if setup.starttls.is_some() && !self.encrypted {
            offers += "250-STARTTLS\r\n";
        }
        if setup.login {
            offers += "250-AUTH PLAIN LOGIN\r\n";
        }
        if !setup.no_pipelining {
            offers += "250-PIPELINING\r\n";
        }
        self.answer("EHLO", &(offers + "250 8BITMIME")).await
    }

    async fn data(&mut self) -> std::io::Result<bool> {
        let reply = self.reply_to("DATA", "354 go on").await?;
        let Some(reply) = reply else { return Ok(false) };
        if !reply.starts_with('3') {
            return Ok(true);
        }
        let mut mail = String::new();
        while let Some(line) = self.line().await? {
            if line == ".\r\n" {
                self.shared.mails.lock().unwrap().push(mail);
                let busy = self.shared.busy.fetch_add(1, Ordering::SeqCst) + 1;
                self.shared.busy_max.fetch_max(busy, Ordering::SeqCst);
                let answered = self.answer(".", "250 2.0.0 queued").await;
                self.shared.busy.fetch_sub(1, Ordering::SeqCst);
                return answered;
            }
            mail += line.strip_prefix('.').unwrap_or(&line);
        }
        Ok(false)
    }

    async fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await?;
        let record = if self.encrypted { &self.shared.said } else { &self.shared.clear };
        record.lock().unwrap().push_str(&line);
        Ok((read > 0).then_some(line))
    }

    /// False when the session is over.
    async fn answer(&mut self, verb: &str, otherwise: &str) -> std::io::Result<bool> {
        self.reply_to(verb, otherwise).await.map(|reply| reply.is_some())
    }

    /// The reply that was given; none when the session is over.
    async fn reply_to(&mut self, verb: &str, otherwise: &str) -> std::io::Result<Option<String>> {
        match self.act(verb) {
            None => self.write(otherwise).await.map(|()| Some(otherwise.to_owned())),
            Some(Act::Reply(reply)) => self.write(reply).await.map(|()| Some(reply.to_owned())),
            Some(Act::ReplyThenClose(reply)) => {
                self.write(reply).await?;
                self.flush().await.map(|()| None)
            }
            Some(Act::Close) => Ok(None),
            Some(Act::Stall) => std::future::pending().await,
            Some(Act::Gate) => {
                self.shared.gate.acquire().await.unwrap().forget();
                self.write(otherwise).await.map(|()| Some(otherwise.to_owned()))
            }
        }
    }

    fn act(&self, verb: &str) -> Option<Act> {
        let mut rules = self.shared.rules.lock().unwrap();
        let rule = rules.iter_mut().find(|rule| rule.verb == verb && rule.times > 0)?;
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        rule.times -= 1;
        Some(rule.act.clone())
    }

    async fn write(&mut self, reply: &str) -> std::io::Result<()> {
        self.replies += reply;
        self.replies += "\r\n";
        if self.stream.buffer().is_empty() { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        let replies = std::mem::take(&mut self.replies);
        self.stream.get_mut().write_all(replies.as_bytes()).await?;
        self.stream.get_mut().flush().await
    }
}
