//! The watchdog's own sign of life.

use jiff::{SignedDuration, Timestamp};

use crate::{Result, Store};

/// The duty's name. Every replica of the watchdog looks for itself; the last one to have done so is its holder.
pub const DUTY: &str = "watchdog";

/// Writes that the watchdog has looked, at `machine` (the machine's clock), and will again within `every`.
///
/// # Errors
/// As the database says.
pub async fn beat(store: &Store, replica: &str, machine: Timestamp, every: SignedDuration) -> Result<()> {
    let mut tx = store.begin().await?;
    let upsert = "INSERT INTO duty (name, holder, until, beat_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) \
         DO UPDATE SET holder = excluded.holder, until = excluded.until, beat_at = excluded.beat_at";
    let until = machine.saturating_add(every).unwrap_or(Timestamp::MAX);
    sqlx::query(upsert)
        .bind(DUTY)
        .bind(replica.to_owned())
        .bind(until.as_microsecond())
        .bind(machine.as_microsecond())
        .execute(tx.conn())
        .await?;
    tx.commit().await
}
