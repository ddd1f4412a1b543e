//! Leases that ended without a result: we were cut off, so what happened is unknown.

use jiff::Timestamp;

use super::stop::is_owed;
use crate::db::{batch, row};
use crate::{Result, Signal, Store};

impl Store {
    /// Takes back deliveries whose lease ended before `machine`: the attempt becomes `unknown`, is counted, and
    /// is repeated under the same Message-ID, unless nobody is owed it any more. Says how many.
    pub async fn expire_leases(&self, now: Timestamp, machine: Timestamp) -> Result<usize> {
        let mut tx = self.begin().await?;
        let update = concat!(
            "UPDATE delivery SET state = CASE WHEN ",
            is_owed!(),
            " THEN 'queued' ELSE 'stopped' END, next_at = CASE WHEN ",
            is_owed!(),
            " THEN $1 END, unknowns = unknowns + 1, lease_until = NULL, lease_by = NULL, last_class = 'unknown' \
             WHERE state = 'sending' AND lease_until < $2 RETURNING id, claim"
        );
        let rows = sqlx::query(update)
            .bind(now.as_microsecond())
            .bind(machine.as_microsecond())
            .fetch_all(tx.conn())
            .await?;
        let ended = rows
            .iter()
            .map(|found| {
                let id = row::id::<encompass_core::id::of::Delivery>(found, "id")?;
                Ok(vec![id.into(), row::int(found, "claim")?.into(), now.into()])
            })
            .collect::<Result<Vec<_>>>()?;
        let count = ended.len();
        let update = "UPDATE attempt SET state = 'unknown', ended_at = v.at FROM v \
             WHERE attempt.delivery_id = v.id AND attempt.claim = v.claim AND attempt.state = 'started' \
             RETURNING attempt.claim AS claim";
        batch::with(tx.conn(), "id, claim, at", ended, update).await?;
        if count > 0 {
            tx.wake(Signal::Notifier);
            tx.commit().await?;
        }
        Ok(count)
    }
}
