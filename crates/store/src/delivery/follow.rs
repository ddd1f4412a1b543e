//! What is asked of people about deliveries that were given up.

use std::collections::BTreeMap;

use encompass_core::id::{ContactId, DeliveryId};
use encompass_core::plan::Class;
use encompass_core::state::{DeliveryKind, TaskKind};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::record::Ended;
use crate::db::{batch, row};
use crate::{Result, Tx, task};

/// A delivery that was given up.
struct GivenUp {
    id: DeliveryId,
    kind: DeliveryKind,
    /// `None` when we could not make an attempt of it ourselves.
    class: Option<Class>,
    force: String,
    contact: Option<Contact>,
    due_at: Option<Timestamp>,
    at: Timestamp,
}

/// The contact that it went to.
struct Contact {
    id: ContactId,
    setting: Option<encompass_core::id::SettingId>,
    is_verified: bool,
}

impl Tx {
    /// A delivery that was given up leaves nobody alone with it: a notice becomes a call, an address that was refused
    /// asks for a better one, and alerts that reach nobody or what can't be sent at all stand on the desk's list.
    pub(super) async fn follow_up(
        &mut self,
        failed: &[&Ended],
        kinds: &BTreeMap<DeliveryId, DeliveryKind>,
    ) -> Result<()> {
        let Some(at) = failed.iter().map(|end| end.at).max() else { return Ok(()) };
        self.ask_to_call(failed).await?;
        let given_up = self.given_up(failed, kinds).await?;
        self.mark_bad(&given_up).await?;
        self.open_tasks(given_up.iter().filter_map(GivenUp::task).collect(), at).await
    }

    /// Unless another delivery is still on its way, a person telephones at once.
    async fn ask_to_call(&mut self, failed: &[&Ended]) -> Result<()> {
        let rows = failed.iter().map(|end| vec![end.delivery.into(), end.at.into()]).collect();
        let update = "UPDATE notification SET call_at = v.at, next_at = v.at \
             FROM v JOIN delivery_notification ON delivery_notification.delivery_id = v.id \
             WHERE notification.id = delivery_notification.notification_id \
             AND notification.state IN ('waiting', 'sent') AND notification.call_at IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM delivery_notification other JOIN delivery ON delivery.id = other.delivery_id \
             WHERE other.notification_id = notification.id AND delivery.state IN ('queued', 'sending', 'accepted')) \
             RETURNING notification.id AS id";
        batch::with(self.conn(), "id, at", rows, update).await?;
        Ok(())
    }

    async fn given_up(
        &mut self,
        failed: &[&Ended],
        kinds: &BTreeMap<DeliveryId, DeliveryKind>,
    ) -> Result<Vec<GivenUp>> {
        let rows = failed.iter().map(|end| vec![end.delivery.into()]).collect();
        let select = "SELECT delivery.id AS id, delivery.force_id AS force_id, delivery.due_at AS due_at, \
             contact.id AS contact_id, contact.setting_id AS setting_id, contact.state AS contact_state \
             FROM v JOIN delivery ON delivery.id = v.id LEFT JOIN contact ON contact.id = delivery.contact_id \
             AND contact.state IN ('verified', 'unverified')";
        let found = batch::with(self.conn(), "id", rows, select).await?;
        let ends: BTreeMap<DeliveryId, &Ended> = failed.iter().map(|end| (end.delivery, *end)).collect();
        found.iter().map(|found| given_up(found, &ends, kinds)).collect()
    }

    /// A contact whose address was refused is used no more.
    async fn mark_bad(&mut self, given_up: &[GivenUp]) -> Result<()> {
        let bad = given_up.iter().filter(|one| one.is_bad_address());
        let bad =
            bad.filter_map(|one| Some((one.contact.as_ref().filter(|contact| contact.is_verified)?, one.at)));
        let rows = bad.map(|(contact, at)| vec![contact.id.into(), at.into()]).collect();
        let update = "UPDATE contact SET state = 'bad', changed_at = v.at FROM v WHERE contact.id = v.id \
             RETURNING contact.id AS id";
        batch::with(self.conn(), "id, at", rows, update).await?;
        Ok(())
    }
}

fn given_up(
    found: &AnyRow,
    ends: &BTreeMap<DeliveryId, &Ended>,
    kinds: &BTreeMap<DeliveryId, DeliveryKind>,
) -> Result<GivenUp> {
    let id: DeliveryId = row::id(found, "id")?;
    let contact = row::opt_id(found, "contact_id")?;
    let is_verified = row::opt_text(found, "contact_state")?.is_some_and(|state| state == "verified");
    let setting = row::opt_id(found, "setting_id")?;
    Ok(GivenUp {
        id,
        kind: kinds[&id],
        class: ends[&id].class,
        force: row::text(found, "force_id")?,
        contact: contact.map(|id| Contact { id, setting, is_verified }),
        due_at: row::opt_instant(found, "due_at")?,
        at: ends[&id].at,
    })
}

impl GivenUp {
    fn is_bad_address(&self) -> bool {
        self.class.is_some_and(|class| !class.is_worth_retrying())
    }

    /// What is asked. Calls are asked for by the notifications that a notice carries.
    fn task(&self) -> Option<task::New> {
        let due_at = self.due_at.unwrap_or(self.at).max(self.at);
        let about = |kind, subject| task::New::about(&self.force, kind, subject, due_at);
        if self.class.is_none() {
            let stuck = about(TaskKind::Stuck, format!("delivery:{}", self.id));
            return Some(task::New { detail: "cannot_be_sent".into(), ..stuck });
        }
        let contact = self.contact.as_ref();
        let contact = contact.filter(|_| self.is_bad_address() || self.kind == DeliveryKind::Verification);
        if let Some(contact) = contact {
            let bad = about(TaskKind::BadContact, format!("contact:{}", contact.id));
            let detail = if contact.is_verified { "bad_address" } else { "verification_failed" };
            return Some(task::New {
                contact: Some(contact.id),
                setting: contact.setting,
                detail: detail.into(),
                ..bad
            });
        }
        (self.kind == DeliveryKind::Alert).then(|| {
            // Once for a force: its own alerts fail as well.
            let stuck = about(TaskKind::Stuck, format!("alerts:{}", self.force));
            task::New { detail: "alerts_reach_nobody".into(), ..stuck }
        })
    }
}
