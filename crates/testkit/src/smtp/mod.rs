//! An SMTP server in the test's own process: it records what it accepts and misbehaves by script.

mod script;
mod session;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::bail;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex as Turn, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

pub use script::{Act, Rule, Step};

use crate::ports;
use crate::tls::Certificate;
use script::Script;

/// Whether and how the server speaks TLS.
#[derive(Debug, Clone, Default)]
pub enum Security {
    /// Never, and STARTTLS is not offered.
    #[default]
    Plain,
    /// After STARTTLS, which is offered.
    StartTls(Certificate),
    /// From the first byte.
    Implicit(Certificate),
}

/// How a server starts out.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// TLS.
    pub security: Security,
    /// Whether `AUTH PLAIN` and `AUTH LOGIN` are offered and demanded; any account is right, unless a rule
    /// for [`Step::Auth`] says otherwise.
    pub sign_in: bool,
    /// What is answered otherwise than by accepting.
    pub rules: Vec<Rule>,
}

/// A mail as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Envelope sender, without angle brackets.
    pub from: String,
    /// Envelope recipients that were accepted, without angle brackets.
    pub to: Vec<String>,
    /// Header and body with CRLF line ends, dots unstuffed.
    pub raw: Vec<u8>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// Whether the client was told that it was taken; not so after [`Act::Close`] at [`Step::Content`].
    pub answered: bool,
    /// Number of the connection it came by, from 0.
    pub session: usize,
}

impl Mail {
    /// The mail as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// The value of a header, unfolded; the name's case does not count.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = self.text();
        let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    }
}

/// The server; dropping it closes the port and all connections.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: Turn<JoinSet<()>>,
}

#[derive(Debug)]
struct Shared {
    sign_in: bool,
    tls: Option<Tls>,
    script: Mutex<Script>,
    mails: Mutex<Vec<Mail>>,
    count: watch::Sender<usize>,
    sessions: AtomicUsize,
    clear_sign_ins: AtomicUsize,
}

/// How TLS begins.
#[derive(Clone)]
struct Tls {
    acceptor: TlsAcceptor,
    implicit: bool,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("implicit", &self.implicit).finish_non_exhaustive()
    }
}

impl Sink {
    /// Starts a server that accepts everything, without TLS.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub async fn start() -> anyhow::Result<Sink> {
        Self::start_with(Settings::default()).await
    }

    /// Starts a server with TLS, an account or a script.
    ///
    /// # Errors
    ///
    /// If no port can be had or the certificate can't be read.
    pub async fn start_with(settings: Settings) -> anyhow::Result<Sink> {
        let certificate = match &settings.security {
            Security::Plain => None,
            Security::StartTls(certificate) => Some((certificate, false)),
            Security::Implicit(certificate) => Some((certificate, true)),
        };
        let tls = certificate
            .map(|(certificate, implicit)| -> anyhow::Result<_> {
                Ok(Tls { acceptor: certificate.server_config()?.into(), implicit })
            })
            .transpose()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, ports::free())).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            sign_in: settings.sign_in,
            tls,
            script: Mutex::new(Script::new(settings.rules)),
            mails: Mutex::default(),
            count: watch::Sender::new(0),
            sessions: AtomicUsize::new(0),
            clear_sign_ins: AtomicUsize::new(0),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::clone(&shared)));
        Ok(Sink { address, shared, tasks: Turn::new(tasks) })
    }

    /// Address and port, on 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Replaces the script: from now on this is answered otherwise than by accepting.
    pub fn script(&self, rules: impl IntoIterator<Item = Rule>) {
        *lock(&self.shared.script) = Script::new(rules.into_iter().collect());
    }

    /// All mails taken so far, in the order of their final dots.
    pub fn mails(&self) -> Vec<Mail> {
        lock(&self.shared.mails).clone()
    }

    /// How many mails were taken so far.
    pub fn count(&self) -> usize {
        *self.shared.count.borrow()
    }

    /// How many connections were made so far.
    pub fn sessions(&self) -> usize {
        self.shared.sessions.load(Ordering::Relaxed)
    }

    /// How often a client showed its account without TLS.
    pub fn sign_ins_in_clear(&self) -> usize {
        self.shared.clear_sign_ins.load(Ordering::Relaxed)
    }

    /// Forgets the mails taken so far.
    pub fn forget(&self) {
        lock(&self.shared.mails).clear();
        self.shared.count.send_replace(0);
    }

    /// Waits until `count` mails were taken, and returns all.
    ///
    /// # Errors
    ///
    /// If there are fewer when the time is over.
    pub async fn wait_for(&self, count: usize, within: Duration) -> anyhow::Result<Vec<Mail>> {
        let mut counts = self.shared.count.subscribe();
        if timeout(within, counts.wait_for(|taken| *taken >= count)).await.is_err() {
            bail!("{} of {count} mails came within {within:?}", self.count());
        }
        Ok(self.mails())
    }

    /// Closes the port and all connections; the mails stay readable.
    pub async fn stop(&self) {
        self.tasks.lock().await.shutdown().await;
    }

    /// Opens the port of a stopped server again.
    ///
    /// # Errors
    ///
    /// If something else listens on it meanwhile.
    pub async fn start_again(&self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.tasks.lock().await.spawn(serve(listener, Arc::clone(&self.shared)));
        Ok(())
    }
}

impl Shared {
    fn take(&self, mail: Mail) {
        lock(&self.mails).push(mail);
        self.count.send_modify(|count| *count += 1);
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                sessions.spawn(connect(stream, Arc::clone(&shared)));
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}

async fn connect(stream: TcpStream, shared: Arc<Shared>) {
    let number = shared.sessions.fetch_add(1, Ordering::Relaxed);
    // A client that breaks off is a case to test, not a failure of the server.
    drop(stream.set_nodelay(true));
    drop(session::hold(stream, &shared, number).await);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
