//! Wake-ups: a commit tells the next service that there is work, so that nothing waits for a poll.

use sqlx::postgres::PgListener;
use tokio::sync::{Notify, watch};

use crate::db::{Backend, Db};
use crate::seal::random;
use crate::{Error, Result};

/// The PostgreSQL channel over which replicas wake each other.
const CHANNEL: &str = "encompass_wake";

/// Who is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Children wait for the resolver.
    Resolver,
    /// Deliveries wait for the notifier.
    Notifier,
    /// Lifecycle events wait to be published.
    Outbox,
    /// Tasks were opened or settled.
    Tasks,
    /// Lifecycle events were published: all who wait for them look, not one.
    Published,
}

impl Signal {
    const ALL: [Self; 5] = [Self::Resolver, Self::Notifier, Self::Outbox, Self::Tasks, Self::Published];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Resolver => "resolver",
            Self::Notifier => "notifier",
            Self::Outbox => "outbox",
            Self::Tasks => "tasks",
            Self::Published => "published",
        }
    }
}

/// One waiting place per signal.
pub(crate) struct Wakes {
    places: [Notify; 5],
    published: watch::Sender<()>,
    /// Names this process to others, and what comes back from ourselves.
    own: String,
}

impl Default for Wakes {
    fn default() -> Self {
        Self {
            places: Default::default(),
            published: watch::Sender::default(),
            own: uuid::Uuid::from_bytes(random()).to_string(),
        }
    }
}

impl Wakes {
    /// What tells other replicas: who says it, and what they are to look at.
    pub(crate) fn notice(&self, signals: &[Signal]) -> String {
        signals.iter().fold(self.own.clone(), |notice, signal| notice + " " + signal.word())
    }

    fn heard(&self, notice: &str) {
        let (from, words) = notice.split_once(' ').unwrap_or_default();
        if from == self.own {
            return;
        }
        for signal in Signal::ALL {
            if words.split(' ').any(|word| word == signal.word()) {
                self.raise(signal);
            }
        }
    }

    pub(crate) fn raise(&self, signal: Signal) {
        if signal == Signal::Published {
            self.published.send_replace(());
        }
        self.places[signal as usize].notify_one();
    }

    pub(crate) async fn wait(&self, signal: Signal) {
        self.places[signal as usize].notified().await;
    }

    pub(crate) fn follow_published(&self) -> watch::Receiver<()> {
        self.published.subscribe()
    }
}

/// Passes on what other replicas notify.
pub(crate) async fn relay(db: &Db, wakes: &Wakes) -> Result<()> {
    if db.backend() == Backend::Sqlite {
        return std::future::pending().await;
    }
    let mut listener = PgListener::connect(db.url()).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let Some(notice) = listener.try_recv().await? else {
            return Err(Error::Unavailable("the wake-up connection was lost"));
        };
        wakes.heard(notice.payload());
    }
}

/// The statement that tells other replicas, within the transaction that makes the work.
pub(crate) const NOTIFY: &str = "SELECT pg_notify('encompass_wake', $1)";
