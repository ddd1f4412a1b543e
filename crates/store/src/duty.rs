//! Duties: what one replica does at a time, such as publishing events. Held by a lease on the machine's clock.

use jiff::{SignedDuration, Timestamp};

use crate::db::row;
use crate::{Error, Result, Store, Tx};

impl Store {
    /// Takes a duty, or keeps it: `true` while `holder` has it until `machine` plus `lease`.
    pub async fn take_duty(
        &self,
        name: &'static str,
        holder: &str,
        machine: Timestamp,
        lease: SignedDuration,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let take = "INSERT INTO duty (name, holder, until, beat_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, \
             beat_at = excluded.beat_at WHERE duty.holder = excluded.holder OR duty.until <= excluded.beat_at";
        let until = machine.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let taken = sqlx::query(take)
            .bind(name)
            .bind(holder.to_owned())
            .bind(until.as_microsecond())
            .bind(machine.as_microsecond())
            .execute(tx.conn())
            .await?;
        tx.commit().await?;
        Ok(taken.rows_affected() > 0)
    }

    /// Lets a duty go, so that another replica need not wait for the lease to end.
    pub async fn release_duty(&self, name: &'static str, holder: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE duty SET until = 0 WHERE name = $1 AND holder = $2")
            .bind(name)
            .bind(holder.to_owned())
            .execute(tx.conn())
            .await?;
        tx.commit().await
    }

    /// Whether somebody has a duty, at `machine` (the machine's clock).
    pub async fn duty_is_held(&self, name: &'static str, machine: Timestamp) -> Result<bool> {
        let select = "SELECT 1 AS held FROM duty WHERE name = $1 AND until > $2";
        let query = sqlx::query(select).bind(name).bind(machine.as_microsecond());
        Ok(query.fetch_optional(self.read()).await?.is_some())
    }

    /// When a duty's holder last showed that it lives, on the machine's clock.
    pub async fn duty_beat(&self, name: &'static str) -> Result<Option<Timestamp>> {
        let select = "SELECT beat_at FROM duty WHERE name = $1";
        let found = sqlx::query(select).bind(name).fetch_optional(self.read()).await?;
        found.map(|found| row::instant(&found, "beat_at")).transpose()
    }
}

impl Tx {
    /// Makes this transaction the holder's own: nobody else can take the duty before it has ended.
    ///
    /// # Errors
    /// [`Error::Changed`] when the duty is not held any more: drop the transaction.
    pub async fn hold_duty(&mut self, name: &'static str, holder: &str, machine: Timestamp) -> Result<()> {
        let hold = "UPDATE duty SET beat_at = $3 WHERE name = $1 AND holder = $2 AND until > $3";
        let held = sqlx::query(hold)
            .bind(name)
            .bind(holder.to_owned())
            .bind(machine.as_microsecond())
            .execute(self.conn())
            .await?;
        if held.rows_affected() == 0 { Err(Error::Changed) } else { Ok(()) }
    }
}
