//! Wake-ups: a commit tells the next service that there is work, so that nothing waits for a poll.

use sqlx::postgres::PgListener;
use tokio::sync::{Notify, watch};

use crate::db::{Backend, Db};
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
#[derive(Default)]
pub(crate) struct Wakes {
    places: [Notify; 5],
    published: watch::Sender<()>,
}

impl Wakes {
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
        for signal in Signal::ALL.into_iter().filter(|signal| signal.word() == notice.payload()) {
            wakes.raise(signal);
        }
    }
}

/// The statement that tells other replicas, within the transaction that makes the work.
pub(crate) const NOTIFY: &str = "SELECT pg_notify('encompass_wake', $1)";
