//! Checkpoints of SQLite's write-ahead log beside the writer: a commit that copied the log's pages back itself would hold
//! up every other for as long as writing them took.

use std::time::Duration;

use tokio::time::sleep;

use super::{Backend, Db};
use crate::Result;

/// How long the log is let grow between two checkpoints: a page that many commits change is copied back once.
const EVERY: Duration = Duration::from_secs(2);

impl Db {
    /// Copies back, until it is dropped, what no reader needs in the log any more. A checkpoint of this kind waits for
    /// nobody, and nobody waits for it.
    pub(crate) async fn make_checkpoints(&self) -> Result<()> {
        if self.backend() == Backend::Postgres {
            return std::future::pending().await;
        }
        loop {
            sleep(EVERY).await;
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(self.read()).await?;
        }
    }
}
