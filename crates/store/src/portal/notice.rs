//! The notices of one mailbox, with what is needed to show them.

use std::collections::BTreeMap;

use encompass_core::calendar::london;
use encompass_core::id::{ChildId, ContactId, NotificationId, of};
use encompass_core::state::NotificationEnd;
use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use crate::db::{batch, row};
use crate::notification::Notification;
use crate::seal::SealingKey;
use crate::{Result, Tx};

/// How long after it was acknowledged a notification can be read again, so that it can be put on file.
const READ_AGAIN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most that are shown at once, those due first; what is answered makes room for the rest.
const SHOWN_MAX: i64 = 100;

/// One notification as a contact may see it.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The notification with its child.
    pub notification: Notification,
    /// The contact of the mailbox that may see it.
    pub contact: ContactId,
    /// Why it was closed, if it was.
    pub ended: Option<NotificationEnd>,
    /// What it says; `None` once the case was erased.
    pub case: Option<Case>,
}

/// The version of the incident that the setting was told, else the newest that names the child.
#[derive(Clone)]
pub struct Case {
    /// The event's data, as JSON.
    pub body: Zeroizing<Vec<u8>>,
    /// The police system's reference of the child.
    pub child_ref: Zeroizing<String>,
    /// When we received this version.
    pub version_received_at: Timestamp,
    /// When we first received the incident.
    pub received_at: Timestamp,
    /// What the police have said since of the incident; the desk deals with it, as somebody was told.
    pub since: Option<Since>,
    pub(super) key: SealingKey,
}

/// What a later version did to what a setting was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// It says something else, or no longer names the child.
    Corrected,
    /// It took the incident back.
    Withdrawn,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Case(personal data)")
    }
}

/// From a session's contact (`$1`) to what its mailbox may see: one person may be a contact of several settings, and
/// the mail that was proved is the same. `$2`: the day in London.
macro_rules! seen_by {
    ($end:literal) => {
        concat!(
            "SELECT n.id AS id, n.force_id AS force_id, n.state AS state, n.ended AS ended, n.due_at AS due_at, \
             c.id AS contact_id FROM contact me \
             JOIN contact c ON c.address_hash = me.address_hash AND c.channel = me.channel AND c.state = 'verified' \
             JOIN notification n ON n.setting_id = c.setting_id \
             JOIN contact_force f ON f.contact_id = c.id AND f.force_id = n.force_id \
             AND (f.eligible_from IS NULL OR f.eligible_from <= $2) \
             WHERE me.id = $1 AND me.state = 'verified' AND EXISTS (SELECT 1 FROM delivery_notification dn \
             JOIN delivery d ON d.id = dn.delivery_id JOIN contact t ON t.id = d.contact_id \
             WHERE dn.notification_id = n.id AND d.kind = 'notice' \
             AND (t.id = c.id OR t.channel = 'webhook' AND t.setting_id = c.setting_id)) ",
            $end
        )
    };
}

const OPEN: &str = seen_by!(
    "AND (n.state IN ('waiting', 'sent', 'opened') OR n.state = 'acknowledged' AND n.acknowledged_at > $3) \
     ORDER BY CASE WHEN n.state = 'acknowledged' THEN 1 ELSE 0 END, n.due_at, n.id LIMIT $4"
);
const ONE: &str = seen_by!("AND n.id = $3 AND (n.state <> 'acknowledged' OR n.acknowledged_at > $4)");

/// What the mailbox of `contact` may see at `now`.
pub(super) async fn visible(
    from: impl sqlx::Executor<'_, Database = sqlx::Any>,
    contact: ContactId,
    now: Timestamp,
) -> Result<Vec<AnyRow>> {
    let query = sqlx::query(OPEN).bind(contact.bytes().to_vec()).bind(london::date(now).to_string());
    Ok(query.bind(kept_since(now).as_microsecond()).bind(SHOWN_MAX).fetch_all(from).await?)
}

fn kept_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(READ_AGAIN_FOR).unwrap_or(Timestamp::MIN)
}

impl Tx {
    /// All that waits for the mailbox of `contact`, those due first, then what was acknowledged lately. The caller
    /// writes down what it shows with [`Tx::viewed`](crate::Tx::viewed).
    ///
    /// # Errors
    /// As the database says.
    pub async fn notices_of(&mut self, contact: ContactId, now: Timestamp) -> Result<Vec<Notice>> {
        let rows = visible(&mut *self.conn(), contact, now).await?;
        self.noticed(&rows).await
    }

    /// One notice of the mailbox, also a closed one; `None` for what it may not see.
    ///
    /// # Errors
    /// As the database says.
    pub async fn notice_of(
        &mut self,
        contact: ContactId,
        id: NotificationId,
        now: Timestamp,
    ) -> Result<Option<Notice>> {
        let query = sqlx::query(ONE).bind(contact.bytes().to_vec()).bind(london::date(now).to_string());
        let query = query.bind(id.bytes().to_vec()).bind(kept_since(now).as_microsecond());
        let rows = query.fetch_all(self.conn()).await?;
        Ok(self.noticed(&rows).await?.pop())
    }

    /// Notifications (`id`, `contact_id`, `ended`) with their cases, in the order of `rows`.
    pub(super) async fn noticed(&mut self, rows: &[AnyRow]) -> Result<Vec<Notice>> {
        let mut ids = Vec::with_capacity(rows.len());
        for found in rows {
            ids.push(row::id::<of::Notification>(found, "id")?);
        }
        let known = self.notifications(&ids).await?;
        let mut cases = self.cases_of(&known).await?;
        let mut known: BTreeMap<NotificationId, Notification> =
            known.into_iter().map(|n| (n.id, n)).collect();
        let mut notices = Vec::with_capacity(rows.len());
        for (found, id) in rows.iter().zip(ids) {
            let Some(notification) = known.remove(&id) else { continue };
            notices.push(Notice {
                contact: row::id(found, "contact_id")?,
                ended: row::opt_word(found, "ended")?,
                case: cases.remove(&notification.id),
                notification,
            });
        }
        Ok(notices)
    }

    async fn cases_of(&mut self, notifications: &[Notification]) -> Result<BTreeMap<NotificationId, Case>> {
        let select = "SELECT n.id AS id, child.id AS child_id, child.incident_id AS incident_id, child.sealed_ref AS sealed_ref, \
             incident.wrapped_key AS wrapped_key, incident.received_at AS received_at, incident.is_withdrawn AS is_withdrawn, \
             incident.latest_version AS latest_version, version.version AS version, \
             version.sealed_body AS sealed_body, version.received_at AS version_received_at \
             FROM notification n JOIN child ON child.id = n.child_id JOIN incident ON incident.id = child.incident_id \
             JOIN incident_version version ON version.incident_id = child.incident_id \
             AND version.version = COALESCE(n.version_told, child.named_in) \
             WHERE incident.wrapped_key IS NOT NULL AND n.id IN";
        let ids = notifications.iter().map(|n| n.id.into()).collect();
        let found = batch::within(self.conn(), select, ids, "").await?;
        found.iter().map(|found| Ok((row::id(found, "id")?, self.case(found)?))).collect()
    }

    fn case(&self, found: &AnyRow) -> Result<Case> {
        let incident = row::id(found, "incident_id")?;
        let child: ChildId = row::id(found, "child_id")?;
        let key = self.keys().unwrap(&incident.bytes(), row::opt_bytes(found, "wrapped_key")?.as_deref())?;
        let version = row::int(found, "version")?;
        let body = crate::incident::body_place(incident, version);
        let since = match row::int(found, "latest_version")? > version {
            true if row::flag(found, "is_withdrawn")? => Some(Since::Withdrawn),
            true => Some(Since::Corrected),
            false => None,
        };
        Ok(Case {
            since,
            body: key.open(&body, &row::bytes(found, "sealed_body")?)?,
            child_ref: key
                .open_text(&crate::incident::child_place(child), &row::bytes(found, "sealed_ref")?)?,
            version_received_at: row::instant(found, "version_received_at")?,
            received_at: row::instant(found, "received_at")?,
            key,
        })
    }
}
