//! A mail catcher on loopback: takes every letter, passes none on, and shows them in the browser.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Letters kept; the oldest give way.
const LETTERS_MAX: usize = 5_000;
/// The longest letter taken.
const LETTER_BYTES_MAX: usize = 256 * 1024;

/// One letter.
#[derive(Clone)]
pub struct Letter {
    /// Its number, from 1.
    pub number: usize,
    /// The recipient.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text, decoded.
    pub text: String,
    /// All of it as it came, headers included.
    pub raw: String,
}

impl Letter {
    /// The first link whose path begins so.
    pub fn link(&self, path: &str) -> Option<&str> {
        let mut words = self.text.split_whitespace().filter(|word| word.starts_with("http"));
        words.find(|word| {
            word.splitn(4, '/').nth(3).is_some_and(|rest| rest.starts_with(path.trim_start_matches('/')))
        })
    }

    /// The six digits of a code.
    pub fn code(&self) -> Option<&str> {
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        self.text.split_whitespace().find(is_code)
    }
}

/// What was caught.
#[derive(Clone, Default)]
pub struct Catcher(Arc<Mutex<Caught>>);

#[derive(Default)]
struct Caught {
    letters: VecDeque<Letter>,
    count: usize,
    /// Message-IDs of all that came.
    seen: BTreeSet<String>,
    repeats: usize,
    bouncing: BTreeSet<String>,
}

impl Catcher {
    /// Mailboxes that are refused as unknown (550 5.1.1).
    pub fn bounce(&self, addresses: impl IntoIterator<Item = String>) {
        self.caught(|caught| {
            caught.bouncing.extend(addresses.into_iter().map(|address| address.to_lowercase()))
        });
    }

    /// The letters that are kept, newest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.caught(|caught| caught.letters.iter().rev().cloned().collect())
    }

    /// One letter.
    pub fn letter(&self, number: usize) -> Option<Letter> {
        self.caught(|caught| caught.letters.iter().find(|letter| letter.number == number).cloned())
    }

    /// Those that came after the one of this number, oldest first.
    pub fn after(&self, number: usize) -> Vec<Letter> {
        self.caught(|caught| {
            let new = caught.letters.iter().rev().take_while(|letter| letter.number > number);
            let mut new: Vec<Letter> = new.cloned().collect();
            new.reverse();
            new
        })
    }

    /// How many came under a Message-ID that another one had.
    pub fn repeats(&self) -> usize {
        self.caught(|caught| caught.repeats)
    }

    /// How many came.
    pub fn count(&self) -> usize {
        self.caught(|caught| caught.count)
    }

    fn caught<T>(&self, look: impl FnOnce(&mut Caught) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn takes(&self, address: &str) -> bool {
        self.caught(|caught| !caught.bouncing.contains(&address.to_lowercase()))
    }

    fn keep(&self, to: &str, raw: &str) {
        let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((raw, ""));
        let field = |name: &str| {
            let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
            line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
        };
        let encoding = field("content-transfer-encoding").unwrap_or_default();
        let text =
            if encoding.eq_ignore_ascii_case("quoted-printable") { unquote(body) } else { body.to_owned() };
        let subject = field("subject").unwrap_or_default();
        let message_id = field("message-id").unwrap_or_default();
        self.caught(|caught| {
            caught.count += 1;
            caught.repeats += usize::from(!caught.seen.insert(message_id));
            let letter =
                Letter { number: caught.count, to: to.to_owned(), subject, text, raw: raw.to_owned() };
            caught.letters.push_back(letter);
            if caught.letters.len() > LETTERS_MAX {
                caught.letters.pop_front();
            }
        });
    }

    /// Begins to listen on a free port of loopback, until `shutdown`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn listen(
        &self,
        tasks: &TaskTracker,
        shutdown: CancellationToken,
    ) -> anyhow::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("the mail catcher can't listen")?;
        let address = listener.local_addr()?;
        let (catcher, sessions) = (self.clone(), tasks.clone());
        tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    Ok((stream, _)) = listener.accept() => {
                        let (catcher, stop) = (catcher.clone(), shutdown.clone());
                        sessions.spawn(async move {
                            // A session that breaks off has lost only itself.
                            tokio::select! { _ = catcher.session(stream) => {}, () = stop.cancelled() => {} }
                        });
                    }
                }
            }
        });
        Ok(address)
    }

    /// One SMTP session (RFC 5321), as far as our own notifier speaks it.
    async fn session(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 catcher.invalid ESMTP\r\n").await?;
        let mut to = String::new();
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            let reply = match verb.as_str() {
                "EHLO" | "HELO" => "250-catcher.invalid\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
                "RCPT" => {
                    to = address(&line);
                    if self.takes(&to) { "250 2.1.5 taken\r\n" } else { "550 5.1.1 no such mailbox\r\n" }
                }
                "DATA" if self.takes(&to) => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let raw = content(&mut stream).await?;
                    self.keep(&to, &raw);
                    "250 2.0.0 caught\r\n"
                }
                "DATA" => "554 5.5.1 nobody to take it\r\n",
                "MAIL" | "RSET" | "NOOP" => "250 2.0.0 so be it\r\n",
                "QUIT" => {
                    return stream.write_all(b"221 2.0.0 goodbye\r\n").await;
                }
                _ => "502 5.5.2 not here\r\n",
            };
            stream.write_all(reply.as_bytes()).await?;
        }
    }
}

fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// The letter up to its final dot, with doubled dots undone.
async fn content(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut raw = String::new();
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" || raw.len() > LETTER_BYTES_MAX {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// Undoes quoted-printable (RFC 2045, section 6.7).
fn unquote(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| bytes[at] == b'=') {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_is_undone() {
        assert_eq!(unquote("caf=C3=A9 =3D fine=\r\n, one line"), "café = fine, one line");
        assert_eq!(unquote("100=% plain"), "100=% plain");
    }

    #[test]
    fn a_letter_is_kept_with_its_subject_and_text() {
        let catcher = Catcher::default();
        catcher.keep("lead@school.example", "Subject: One waits\r\nFrom: x\r\n\r\nOpen it.\r\n");
        let letter = catcher.letter(1).unwrap();
        assert_eq!((letter.subject.as_str(), letter.text.as_str()), ("One waits", "Open it.\r\n"));
        assert_eq!(catcher.count(), 1);
    }
}
