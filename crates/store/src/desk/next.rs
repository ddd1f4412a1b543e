//! What a clock that is stepped by hand steps to.

use jiff::Timestamp;

use crate::db::row;
use crate::{Result, Store};

impl Store {
    /// The next time after `now` at which time alone makes something due: a delivery's try, a call to be asked for,
    /// a task's alert. `None` while only people and events bring work.
    ///
    /// # Errors
    /// As the database says.
    pub async fn next_due_at(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let select = "SELECT MIN(due.at) AS at FROM (SELECT MIN(next_at) AS at FROM delivery WHERE state = 'queued' \
             AND next_at > $1 UNION ALL SELECT MIN(call_at) AS at FROM notification WHERE call_at > $1 \
             AND state IN ('waiting', 'sent', 'opened') UNION ALL SELECT MIN(next_at) AS at FROM task \
             WHERE state <> 'settled' AND next_at > $1) due";
        let found = sqlx::query(select).bind(now.as_microsecond()).fetch_one(self.read()).await?;
        row::opt_instant(&found, "at")
    }
}
