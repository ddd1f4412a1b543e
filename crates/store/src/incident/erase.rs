//! Erasing a case: its key goes, and with it everything that was sealed under it. Rows stay, so that figures keep their
//! denominators, and so does the keyed hash of force and reference, so that a replay makes nothing new.

use encompass_core::id::{ChildId, IncidentId};
use encompass_core::state::{ChildState, NotificationEnd};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::child::Child;
use crate::db::{batch, row};
use crate::{Actor, Error, Result, Tx, audit_log, delivery};

impl Tx {
    /// Erases an incident that is known by force and police reference.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, or it was erased. [`Error::Changed`] while something of it is owed: a child
    /// is held, or a setting has still to be told; a person closes that first.
    pub async fn erase_incident(
        &mut self,
        force: &str,
        reference: &str,
        reason: &'static str,
        by: &Actor,
        at: Timestamp,
    ) -> Result<IncidentId> {
        let hash = self.identity().reference(force, reference);
        let erase = "UPDATE incident SET wrapped_key = NULL, reference = NULL, traceparent = NULL, erased_at = $2 \
             WHERE reference_hash = $1 AND erased_at IS NULL AND wrapped_key IS NOT NULL RETURNING id";
        let query = sqlx::query(erase).bind(hash.to_vec()).bind(at.as_microsecond());
        let erased = query.fetch_optional(self.conn()).await?.ok_or(Error::NotFound)?;
        let id = row::id(&erased, "id")?;
        self.end_what_was_told(id, at).await?;
        let settle = "UPDATE task SET state = 'settled', settled_at = $2, settled_by = $3, settled_how = 'erased', \
             next_at = NULL WHERE incident_id = $1 AND state <> 'settled'";
        let query = sqlx::query(settle).bind(id.bytes().to_vec()).bind(at.as_microsecond());
        query.bind(by.to_string()).execute(self.conn()).await?;
        self.forget_reference(id).await?;
        let entry = audit_log::Entry::new(force, at, by.clone(), "incident.erased", format!("incident:{id}"));
        self.audit(entry.of(id).because(reason));
        Ok(id)
    }

    /// Closes the notifications that a setting was shown and nobody acknowledged, and every link.
    async fn end_what_was_told(&mut self, id: IncidentId, at: Timestamp) -> Result<()> {
        let select = "SELECT child.id AS id FROM child WHERE child.incident_id = $1";
        let rows = sqlx::query(select).bind(id.bytes().to_vec()).fetch_all(self.conn()).await?;
        let ids = rows.iter().map(|found| row::id(found, "id")).collect::<Result<Vec<ChildId>>>()?;
        let children = self.children(&ids).await?;
        let open = "SELECT notification.id AS id, notification.told_at AS told_at FROM notification \
             WHERE incident_id = $1 AND state IN ('waiting', 'sent', 'opened')";
        let open = sqlx::query(open).bind(id.bytes().to_vec()).fetch_all(self.conn()).await?;
        let is_owed =
            |found: &sqlx::any::AnyRow| row::opt_instant(found, "told_at").is_ok_and(|told| told.is_none());
        if children.iter().any(|child| child.state == ChildState::Held) || open.iter().any(is_owed) {
            return Err(Error::Changed);
        }
        let told = open.iter().map(|found| row::id(found, "id")).collect::<Result<Vec<_>>>()?;
        for notification in self.notifications(&told).await? {
            let change = notification.changed(
                encompass_core::state::NotificationState::Closed,
                at,
                Some(NotificationEnd::ByPerson.as_str()),
            );
            self.changed(change);
        }
        let rows = told.iter().map(|id| vec![(*id).into(), at.into()]).collect();
        let update = "UPDATE notification SET state = 'closed', ended = 'by_person', closed_at = v.at, next_at = NULL, \
             call_at = NULL FROM v WHERE notification.id = v.id RETURNING notification.id AS id";
        batch::with(self.conn(), "id, at", rows, update).await?;
        delivery::stop_idle(self, &told).await?;
        let close = "UPDATE delivery SET link_hash = NULL, next_at = NULL, \
             state = CASE WHEN state = 'queued' THEN 'stopped' ELSE state END WHERE incident_id = $1";
        sqlx::query(close).bind(id.bytes().to_vec()).execute(self.conn()).await?;
        self.settle_finished(&children.iter().filter(is_notified).cloned().collect::<Vec<_>>()).await
    }

    /// Takes the police reference out of events that are kept for readers.
    async fn forget_reference(&mut self, id: IncidentId) -> Result<()> {
        let select = "SELECT force_id, number, body FROM outbox WHERE subject_id = $1";
        let events = sqlx::query(select).bind(id.bytes().to_vec()).fetch_all(self.conn()).await?;
        let mut rows = Vec::with_capacity(events.len());
        for found in &events {
            let mut body: Json = serde_json::from_str(&row::text(found, "body")?)
                .map_err(|_| Error::Corrupt("body".to_owned()))?;
            body["data"]["reference"] = Json::String(String::new());
            let (force, number) = (row::text(found, "force_id")?, row::int(found, "number")?);
            rows.push(vec![force.into(), number.into(), body.to_string().into()]);
        }
        let update = "UPDATE outbox SET body = v.body FROM v WHERE outbox.force_id = v.force \
             AND outbox.number = v.number RETURNING outbox.number AS number";
        batch::with(self.conn(), "force, number, body", rows, update).await?;
        Ok(())
    }
}

fn is_notified(child: &&Child) -> bool {
    child.state == ChildState::Notified
}
