//! The store: the only place with SQL.
//!
//! Between the services the store is the queue. SQLite is the embedded default for one machine,
//! PostgreSQL serves when several replicas share the work; the SQL is written once in what both share
//! and [`db`] is the seam. Every transaction ([`Tx`]) carries what must be durable together with its
//! rows: lifecycle events, audit rows and wake-ups for the next service.

pub mod account;
pub mod api_key;
pub mod audit_log;
pub mod child;
pub mod clock;
pub mod contact;
pub mod db;
pub mod delivery;
pub mod desk;
pub mod directory;
pub mod duty;
mod error;
pub mod incident;
pub mod lifecycle;
pub mod matched;
pub mod measure;
pub mod notification;
pub mod outbox;
pub mod portal;
pub mod position;
pub mod prior;
pub mod refused;
pub mod register;
pub mod resolution;
pub mod resolve;
pub mod sample;
pub mod scope;
pub mod seal;
pub mod tally;
pub mod task;
mod task_settle;
mod tx;
mod wake;
pub mod watch;

pub use clock::Clock;
pub use db::Backend;
pub use error::{Error, Result};
pub use scope::{Actor, Scope};
pub use tx::Tx;
pub use wake::Signal;

use std::sync::Arc;

use encompass_core::id::IdentityKey;

use crate::db::Db;
use crate::seal::Keys;
use crate::wake::Wakes;

/// An open store: connections, keys and wake-ups. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    db: Db,
    keys: Arc<Keys>,
    wakes: Arc<Wakes>,
    source: Arc<str>,
    directory: Arc<directory::Cache>,
}

impl Store {
    /// Opens the store at `options.url`, checks that `keys` are the ones that sealed it, and applies
    /// migrations that are missing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while the database can't be reached; [`Error::WrongKey`] when the store was
    /// sealed with another installation key.
    pub async fn open(options: &db::Options, keys: Keys) -> Result<Self> {
        let db = Db::connect(options).await?;
        db::migrate::run(&db).await?;
        let source = options.source.as_str().into();
        let store = Self {
            db,
            keys: Arc::new(keys),
            wakes: Arc::new(Wakes::default()),
            source,
            directory: Arc::default(),
        };
        store.check_key().await?;
        Ok(store)
    }

    /// Begins a transaction that may write. On SQLite there is one writer: this waits for its turn.
    pub async fn begin(&self) -> Result<Tx> {
        Tx::begin(self).await
    }

    /// The key from which identities are derived.
    pub fn identity(&self) -> &IdentityKey {
        self.keys.identity()
    }

    /// The installation's keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.db.backend()
    }

    /// What names this installation in the events that it publishes.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Connections for reading, outside any transaction.
    pub(crate) fn read(&self) -> &sqlx::AnyPool {
        self.db.read()
    }

    pub(crate) fn directory_cache(&self) -> &directory::Cache {
        &self.directory
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// Waits until `signal` is raised by a commit of this process or, on PostgreSQL, of another replica.
    /// Signals raised while nobody waits are kept, one deep.
    pub async fn woken(&self, signal: Signal) {
        self.wakes.wait(signal).await;
    }

    /// Changes whenever lifecycle events were published, from now on: for readers, of whom there may be several.
    pub fn follow_published(&self) -> tokio::sync::watch::Receiver<()> {
        self.wakes.follow_published()
    }

    /// Raises `signal` in this process only, such as when a clock was stepped.
    pub fn wake(&self, signal: Signal) {
        self.wakes.raise(signal);
    }

    /// On PostgreSQL, passes on the wake-ups of other replicas until it is dropped or the connection is
    /// lost; on SQLite there are no other replicas and it never returns.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the connection is lost: the caller waits and calls again.
    pub async fn relay_wakes(&self) -> Result<()> {
        wake::relay(&self.db, &self.wakes).await
    }

    /// On SQLite, keeps its log short beside the writer until it is dropped; PostgreSQL does so by itself, and it never
    /// returns. Where nobody runs it, a commit does that work now and then.
    ///
    /// # Errors
    /// As the database says: the caller waits and calls again.
    pub async fn make_checkpoints(&self) -> Result<()> {
        self.db.make_checkpoints().await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").fetch_one(self.read()).await?;
        Ok(())
    }

    /// Closes all connections, after the transactions that are open have ended.
    pub async fn close(&self) {
        self.db.close().await;
    }

    async fn check_key(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        let known =
            sqlx::query("SELECT key_check FROM installation WHERE id = 1").fetch_optional(tx.conn()).await?;
        match known {
            Some(row) if db::row::bytes(&row, "key_check")? == self.keys.check() => Ok(()),
            Some(_) => Err(Error::WrongKey),
            None => {
                let insert = "INSERT INTO installation (id, created_at, key_check) VALUES (1, $1, $2)";
                sqlx::query(insert).bind(0_i64).bind(self.keys.check()).execute(tx.conn()).await?;
                tx.commit().await
            }
        }
    }
}
