//! Claiming deliveries into a lease. The claim's commit raises the claim number and writes the attempt as
//! started, with its Message-ID; no transaction is open while it is sent.

use encompass_core::id::{ContactId, DeliveryId, IncidentId, TaskId};
use encompass_core::state::{Channel, DeliveryKind};
use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::body::{Body, NoBody, place};
use crate::db::{batch, row};
use crate::seal::SealingKey;
use crate::{Result, Store};

/// A delivery that this replica may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// The delivery.
    pub id: DeliveryId,
    /// Under which claim: a result is recorded only under it.
    pub claim: i64,
    /// When the lease ends, on the machine's clock.
    pub lease_until: Timestamp,
    /// The force.
    pub force: String,
    /// What it carries.
    pub kind: DeliveryKind,
    /// How it is sent.
    pub channel: Channel,
    /// The incident of a notice.
    pub incident: Option<IncidentId>,
    /// The contact it goes to.
    pub contact: Option<ContactId>,
    /// The task of an alert.
    pub task: Option<TaskId>,
    /// The local part of its Message-ID and its webhook id.
    pub message_id: String,
    /// What its template is filled with. One that can't be opened is its own misfortune: the others go.
    pub body: Result<Body, NoBody>,
    /// When the earliest of its notifications must have been told.
    pub due_at: Option<Timestamp>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// Attempts, this one included.
    pub attempts: i64,
    /// How many notifications it carries.
    pub notifications: i64,
}

impl Store {
    /// Claims up to `most` deliveries that are due at `now` (domain time), codes first, for `lease` from
    /// `machine` (the machine's clock).
    pub async fn claim_deliveries(
        &self,
        replica: &str,
        most: i64,
        now: Timestamp,
        machine: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<Claimed>> {
        let mut tx = self.begin().await?;
        let update = format!(
            "UPDATE delivery SET state = 'sending', claim = claim + 1, attempts = attempts + 1, lease_until = $1, \
             lease_by = $2 WHERE id IN (SELECT id FROM delivery WHERE state = 'queued' AND next_at <= $3 \
             ORDER BY priority, next_at LIMIT $4{}) RETURNING id, claim, force_id, kind, channel, incident_id, contact_id, task_id, message_id, \
             sealed_body, due_at, created_at, attempts, priority, next_at, \
             (SELECT wrapped_key FROM incident WHERE incident.id = delivery.incident_id) AS wrapped_key, \
             (SELECT COUNT(*) FROM delivery_notification WHERE delivery_id = delivery.id) AS notifications",
            self.backend().skip_locked()
        );
        let until = machine.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let rows = sqlx::query(AssertSqlSafe(update))
            .bind(until.as_microsecond())
            .bind(replica.to_owned())
            .bind(now.as_microsecond())
            .bind(most)
            .fetch_all(tx.conn())
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let rows = in_order(rows)?;
        let attempts = rows
            .iter()
            .map(|found| {
                Ok(vec![
                    row::id::<encompass_core::id::of::Delivery>(found, "id")?.into(),
                    row::int(found, "claim")?.into(),
                    row::text(found, "force_id")?.into(),
                    "started".into(),
                    now.into(),
                ])
            })
            .collect::<Result<_>>()?;
        let head = "INSERT INTO attempt (delivery_id, claim, force_id, state, started_at)";
        batch::insert(tx.conn(), head, attempts, "").await?;
        tx.commit().await?;
        rows.iter().map(|found| self.claimed(found, until)).collect()
    }

    fn claimed(&self, found: &AnyRow, lease_until: Timestamp) -> Result<Claimed> {
        let id: DeliveryId = row::id(found, "id")?;
        let incident: Option<IncidentId> = row::opt_id(found, "incident_id")?;
        let sealed = row::bytes(found, "sealed_body")?;
        let key = match (incident, row::opt_bytes(found, "wrapped_key")?) {
            (None, _) => Ok(self.keys().directory().clone()),
            (Some(_), None) => Err(NoBody::Erased),
            (Some(incident), Some(wrapped)) => {
                self.keys().unwrap(&incident.bytes(), Some(&wrapped)).map_err(|_| NoBody::Unreadable)
            }
        };
        let open = |key: SealingKey| key.open_json(&place(id), &sealed).map_err(|_| NoBody::Unreadable);
        Ok(Claimed {
            id,
            claim: row::int(found, "claim")?,
            lease_until,
            force: row::text(found, "force_id")?,
            kind: row::word(found, "kind")?,
            channel: row::word(found, "channel")?,
            incident,
            contact: row::opt_id(found, "contact_id")?,
            task: row::opt_id(found, "task_id")?,
            message_id: row::text(found, "message_id")?,
            body: key.and_then(open),
            due_at: row::opt_instant(found, "due_at")?,
            created_at: row::instant(found, "created_at")?,
            attempts: row::int(found, "attempts")?,
            notifications: row::int(found, "notifications")?,
        })
    }
}

/// What an update returns comes in any order: a code goes before the mails that were claimed with it.
fn in_order(rows: Vec<AnyRow>) -> Result<Vec<AnyRow>> {
    let mut placed = Vec::with_capacity(rows.len());
    for found in rows {
        placed.push(((row::int(&found, "priority")?, row::int(&found, "next_at")?), found));
    }
    placed.sort_by_key(|(place, _)| *place);
    Ok(placed.into_iter().map(|(_, found)| found).collect())
}
