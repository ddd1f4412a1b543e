//! E-mail by SMTP through one relay.
//!
//! lettre speaks the protocol; sessions are kept here, since lettre's own pool asks NOOP before every mail and its
//! transport does not tell a connection cut before the content from one cut after it.

mod config;
mod dial;
mod mail;
mod reply;
mod session;
mod wire;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

pub use config::{Config, Credentials, Tls};
pub use mail::Mail;

use super::{Class, Error, Outcome, tls};
use dial::{Security, dial};
use mail::{Preparation, Prepared, prepare};
use session::{Fate, Session};

/// One relay with its sessions. Shared by all senders of a process.
pub struct Relay {
    config: Config,
    /// `None` only for plain text on loopback.
    security: Option<Security>,
    from: Mailbox,
    hello: ClientId,
    /// One permit for each session that may be in use.
    permits: Semaphore,
    /// Sessions between two mails, the last used on top.
    idle: Mutex<Vec<Session>>,
    opened: AtomicU64,
}

impl Relay {
    /// A relay that is not yet connected.
    ///
    /// # Errors
    /// A setting cannot be used: plain text beyond loopback, no session, an unreadable authority or sender.
    pub fn new(config: Config) -> Result<Relay, Error> {
        config.check()?;
        let from = config.from.parse().map_err(|_| Error::Config("the sender is not a mail address"))?;
        Ok(Relay {
            security: security(&config)?,
            from,
            hello: ClientId::Domain(config.hello.clone()),
            permits: Semaphore::new(config.sessions_max),
            idle: Mutex::new(Vec::new()),
            opened: AtomicU64::new(0),
            config,
        })
    }

    /// Sends one mail and says what became of it, within the configured timeout. Up to half of that is spent
    /// waiting while all sessions are in use; then the mail is deferred as `busy`, and nothing was sent. May be
    /// dropped at any point; whether the relay has the mail is then unknown.
    ///
    /// # Errors
    /// Subject or Message-ID would break out of their header line.
    pub async fn send(&self, mail: &Mail<'_>) -> Result<Outcome, Error> {
        let prepared = match prepare(&self.from, mail)? {
            Preparation::Ready(prepared) => prepared,
            Preparation::BadAddress => return Ok(Outcome::rejected(Class::BadAddress)),
        };
        let deadline = Instant::now() + self.config.timeout;
        let Ok(permit) = timeout(self.config.timeout / 2, self.permits.acquire()).await else {
            return Ok(Outcome::deferred(Class::Busy));
        };
        let _permit = permit.expect("the semaphore is never closed");
        let mut handed_over = false;
        let sent = timeout_at(deadline, self.deliver(&prepared, &mut handed_over)).await;
        let cut_off = if handed_over { Outcome::Unknown } else { Outcome::deferred(Class::Timeout) };
        Ok(sent.unwrap_or(cut_off))
    }

    /// The sender's domain, the right-hand side of derived Message-IDs.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// Sessions opened since the start. Far fewer than mails when sessions are reused.
    pub fn sessions_opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// Mails that could be sent at this moment without waiting for a session.
    pub fn sessions_free(&self) -> usize {
        self.permits.available_permits()
    }

    /// Ends the idle sessions in good order. For shutdown, after the last send.
    pub async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        let quits = idle.into_iter().map(Session::quit);
        // A relay that does not answer QUIT must not hold up the end of the process.
        let _ = timeout(self.config.timeout, futures::future::join_all(quits)).await;
    }

    async fn deliver(&self, mail: &Prepared, handed_over: &mut bool) -> Outcome {
        if let Some(session) = self.take_idle() {
            match self.attempt(session, mail, handed_over).await {
                Fate::Kept(outcome) | Fate::Ended(outcome) => return outcome,
                Fate::Stale => {}
            }
        }
        let session = match self.open().await {
            Ok(session) => session,
            Err(outcome) => return outcome,
        };
        match self.attempt(session, mail, handed_over).await {
            Fate::Kept(outcome) | Fate::Ended(outcome) => outcome,
            Fate::Stale => Outcome::deferred(Class::Network),
        }
    }

    /// One mail on one session, which goes back among the idle ones if it is still good.
    async fn attempt(&self, mut session: Session, mail: &Prepared, handed_over: &mut bool) -> Fate {
        let fate = session.send(&self.from.email, mail, handed_over).await;
        if matches!(fate, Fate::Kept(_)) {
            session.idle_since = Instant::now();
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
        fate
    }

    async fn open(&self) -> Result<Session, Outcome> {
        let wire = dial(&self.config, self.security.as_ref()).await?;
        let session = Session::open(wire, &self.hello, self.config.credentials.as_ref()).await?;
        self.opened.fetch_add(1, Ordering::Relaxed);
        Ok(session)
    }

    /// The session used last, so that those beyond the present need grow old and go.
    fn take_idle(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|session| session.idle_since.elapsed() < self.config.idle_max);
        idle.pop()
    }
}

fn security(config: &Config) -> Result<Option<Security>, Error> {
    if config.tls == Tls::None {
        return Ok(None);
    }
    let name = ServerName::try_from(config.host.clone());
    let name = name.map_err(|_| Error::Config("a certificate cannot be checked against the relay's host"))?;
    let connector = TlsConnector::from(Arc::new(tls::client(config.extra_ca.as_deref())?));
    Ok(Some(Security { connector, name }))
}
