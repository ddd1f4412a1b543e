//! One connection of the scripted SMTP server (RFC 5321, with PIPELINING, 8BITMIME, STARTTLS and AUTH).

use std::future::pending;
use std::io;
use std::sync::atomic::Ordering;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpStream;

use super::script::{Act, Step};
use super::{Mail, Shared, lock};

/// What the server has from a client when it breaks off or wants TLS.
enum End {
    Closed,
    StartTls,
}

/// Whether the session goes on after an answer.
enum Next {
    Go,
    Refused,
    Close,
}

struct Session<'a, S> {
    stream: BufReader<BufWriter<S>>,
    shared: &'a Shared,
    encrypted: bool,
    signed_in: bool,
    from: Option<String>,
    to: Vec<String>,
    number: usize,
}

/// Serves a connection to its end.
pub(super) async fn hold(stream: TcpStream, shared: &Shared, number: usize) -> io::Result<()> {
    if let Some(tls) = shared.tls.as_ref().filter(|tls| tls.implicit) {
        let stream = tls.acceptor.accept(stream).await?;
        Session::new(stream, shared, number, true).run(true).await?;
        return Ok(());
    }
    let mut plain = Session::new(stream, shared, number, false);
    if let (End::StartTls, Some(tls)) = (plain.run(true).await?, &shared.tls) {
        let stream = tls.acceptor.accept(plain.stream.into_inner().into_inner()).await?;
        Session::new(stream, shared, number, true).run(false).await?;
    }
    Ok(())
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Session<'a, S> {
    fn new(stream: S, shared: &'a Shared, number: usize, encrypted: bool) -> Self {
        let stream = BufReader::new(BufWriter::new(stream));
        Session { stream, shared, encrypted, signed_in: false, from: None, to: Vec::new(), number }
    }

    async fn run(&mut self, greet: bool) -> io::Result<End> {
        if greet && matches!(self.step(Step::Connect, "", "220 sink.test ESMTP").await?, Next::Close) {
            return Ok(End::Closed);
        }
        loop {
            // Answers to pipelined commands go out together, once no command is waiting.
            if self.stream.buffer().is_empty() {
                self.stream.flush().await?;
            }
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Ok(End::Closed);
            }
            let line = line.trim_end();
            if line.eq_ignore_ascii_case("STARTTLS") && self.offers_tls() {
                match self.step(Step::StartTls, line, "220 2.0.0 Ready").await? {
                    Next::Go => return self.stream.flush().await.map(|()| End::StartTls),
                    Next::Refused => continue,
                    Next::Close => return Ok(End::Closed),
                }
            }
            if matches!(self.command(line).await?, Next::Close) {
                return Ok(End::Closed);
            }
        }
    }

    async fn command(&mut self, line: &str) -> io::Result<Next> {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => {
                let offers = self.offers();
                self.step(Step::Hello, line, &offers).await
            }
            "AUTH" => self.auth(line).await,
            "MAIL" => self.sender(line).await,
            "RCPT" => self.recipient(line).await,
            "DATA" => self.data(line).await,
            "RSET" => {
                self.reset();
                self.answer("250 2.0.0 Reset").await
            }
            "NOOP" => self.answer("250 2.0.0 Still here").await,
            "QUIT" => self.answer("221 2.0.0 Bye").await.map(|_| Next::Close),
            _ => self.answer("502 5.5.1 Not known").await,
        }
    }

    async fn sender(&mut self, line: &str) -> io::Result<Next> {
        if self.shared.sign_in && !self.signed_in {
            return self.answer("530 5.7.0 Sign in first").await;
        }
        self.reset();
        let next = self.step(Step::Sender, line, "250 2.1.0 Sender taken").await?;
        if matches!(next, Next::Go) {
            self.from = Some(address(line));
        }
        Ok(next)
    }

    async fn recipient(&mut self, line: &str) -> io::Result<Next> {
        if self.from.is_none() {
            return self.answer("503 5.5.1 Sender first").await;
        }
        let next = self.step(Step::Recipient, line, "250 2.1.5 Recipient taken").await?;
        if matches!(next, Next::Go) {
            self.to.push(address(line));
        }
        Ok(next)
    }

    async fn data(&mut self, line: &str) -> io::Result<Next> {
        if self.to.is_empty() {
            return self.answer("503 5.5.1 Recipient first").await;
        }
        match self.step(Step::Data, line, "354 Go on").await? {
            Next::Go => self.stream.flush().await?,
            refused => return Ok(refused),
        }
        let raw = self.content().await?;
        let act = self.act(Step::Content, "");
        // What was taken is recorded before it is answered, so that no client knows more than the test.
        if act.as_ref().is_none_or(takes) {
            let answered = act.as_ref().is_none_or(|act| !matches!(act, Act::Close));
            self.record(raw, answered);
        }
        self.reset();
        self.perform(act, "250 2.0.0 Taken").await
    }

    /// Reads up to the final dot and takes the stuffed dots away.
    async fn content(&mut self) -> io::Result<Vec<u8>> {
        let mut raw = Vec::with_capacity(4096);
        loop {
            let start = raw.len();
            if self.stream.read_until(b'\n', &mut raw).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if &raw[start..] == b".\r\n" {
                raw.truncate(start);
                return Ok(raw);
            }
            if raw[start] == b'.' {
                raw.remove(start);
            }
        }
    }

    fn record(&mut self, raw: Vec<u8>, answered: bool) {
        self.shared.take(Mail {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            raw,
            encrypted: self.encrypted,
            answered,
            session: self.number,
        });
    }

    /// PLAIN and LOGIN, with an account that is not looked at.
    async fn auth(&mut self, line: &str) -> io::Result<Next> {
        if !self.encrypted {
            self.shared.clear_sign_ins.fetch_add(1, Ordering::Relaxed);
        }
        let questions = match line.split(' ').collect::<Vec<_>>()[..] {
            [_, _, _] => 0,
            [_, "LOGIN"] => 2,
            _ => 1,
        };
        for _ in 0..questions {
            self.answer("334 ").await?;
            self.stream.flush().await?;
            self.stream.read_line(&mut String::new()).await?;
        }
        let next = self.step(Step::Auth, line, "235 2.7.0 Signed in").await?;
        self.signed_in |= matches!(next, Next::Go);
        Ok(next)
    }

    fn offers(&self) -> String {
        let mut lines = vec!["sink.test", "PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"];
        if self.offers_tls() {
            lines.push("STARTTLS");
        }
        if self.shared.sign_in {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.pop().unwrap_or_default();
        lines.iter().map(|line| format!("250-{line}\r\n")).collect::<String>() + "250 " + last
    }

    fn offers_tls(&self) -> bool {
        self.shared.tls.is_some() && !self.encrypted
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn act(&self, step: Step, line: &str) -> Option<Act> {
        lock(&self.shared.script).next(step, line)
    }

    async fn step(&mut self, step: Step, line: &str, otherwise: &str) -> io::Result<Next> {
        let act = self.act(step, line);
        self.perform(act, otherwise).await
    }

    async fn perform(&mut self, act: Option<Act>, otherwise: &str) -> io::Result<Next> {
        match act {
            None => self.answer(otherwise).await,
            Some(Act::Reply(reply)) => self.answer(&reply).await,
            Some(Act::ReplyAndClose(reply)) => {
                self.answer(&reply).await?;
                self.stream.flush().await.map(|()| Next::Close)
            }
            Some(Act::Close) => Ok(Next::Close),
            Some(Act::Stall) => {
                self.stream.flush().await?;
                pending().await
            }
        }
    }

    async fn answer(&mut self, line: &str) -> io::Result<Next> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        if line.starts_with("221") {
            self.stream.flush().await?;
        }
        Ok(if line.starts_with(['4', '5']) { Next::Refused } else { Next::Go })
    }
}

fn takes(act: &Act) -> bool {
    match act {
        Act::Close => true,
        Act::Reply(line) | Act::ReplyAndClose(line) => line.starts_with('2'),
        Act::Stall => false,
    }
}

/// The address between angle brackets.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(line, |(address, _)| address).to_owned()
}
