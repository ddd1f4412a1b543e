//! Where an incident stands, for the force's own system: states, moments and ids, nothing personal.

use encompass_core::id::{ChildId, IncidentId, NotificationId};
use encompass_core::state::{ChildState, Hold, NotificationEnd, NotificationState, Reason, SettingKind};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::child::{Child, select_child};
use crate::db::row;
use crate::{Result, Store};

/// Where an incident stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its id.
    pub id: IncidentId,
    /// The highest version.
    pub version: i64,
    /// Whether that took it back.
    pub is_withdrawn: bool,
    /// When it first reached us.
    pub received_at: Timestamp,
    /// How many events about it there have been.
    pub sequence: i64,
    /// Its children, in their places.
    pub children: Vec<ChildStanding>,
}

/// Where a child stands.
#[derive(Clone, Debug)]
pub struct ChildStanding {
    /// The child's id.
    pub id: ChildId,
    /// Its state.
    pub state: ChildState,
    /// Why it is held, if it is.
    pub hold: Option<Hold>,
    /// Why it was closed, if it was.
    pub reason: Option<Reason>,
    /// By when a setting must have been told.
    pub due_at: Timestamp,
    /// Whether that is provisional, for want of a setting.
    pub is_provisional: bool,
    /// When a setting was first told.
    pub told_at: Option<Timestamp>,
    /// Its notifications, the oldest first.
    pub notifications: Vec<NotificationStanding>,
}

/// Where a notification stands.
#[derive(Clone, Debug)]
pub struct NotificationStanding {
    /// The notification's id.
    pub id: NotificationId,
    /// The kind of setting.
    pub setting_kind: SettingKind,
    /// Its state.
    pub state: NotificationState,
    /// Why it ended without the setting being told, if it did.
    pub ended: Option<NotificationEnd>,
    /// By when the setting must have been told.
    pub due_at: Timestamp,
    /// When it was first sent.
    pub sent_at: Option<Timestamp>,
    /// When the setting was shown the content.
    pub opened_at: Option<Timestamp>,
    /// When a named person there said that they have it.
    pub acknowledged_at: Option<Timestamp>,
}

impl Store {
    /// Where a force's own incident stands; `None` when it never came, or was erased. It is found by force and reference
    /// together, so no other force's incident can be asked for.
    ///
    /// # Errors
    /// As the database says.
    pub async fn standing(&self, force: &str, reference: &str) -> Result<Option<Standing>> {
        let select = "SELECT id, latest_version, is_withdrawn, received_at, event_sequence FROM incident \
             WHERE reference_hash = $1 AND erased_at IS NULL";
        let hash = self.identity().reference(force, reference).to_vec();
        let Some(found) = sqlx::query(select).bind(hash).fetch_optional(self.read()).await? else {
            return Ok(None);
        };
        let id = row::id(&found, "id")?;
        Ok(Some(Standing {
            id,
            version: row::int(&found, "latest_version")?,
            is_withdrawn: row::flag(&found, "is_withdrawn")?,
            received_at: row::instant(&found, "received_at")?,
            sequence: row::int(&found, "event_sequence")?,
            children: self.standing_children(id).await?,
        }))
    }

    async fn standing_children(&self, incident: IncidentId) -> Result<Vec<ChildStanding>> {
        let select = select_child!("WHERE child.incident_id = $1 ORDER BY child.place, child.id");
        let rows = sqlx::query(select).bind(incident.bytes().to_vec()).fetch_all(self.read()).await?;
        let mut children =
            rows.iter().map(|found| Ok(child(&Child::from_row(found)?))).collect::<Result<Vec<_>>>()?;
        let select = "SELECT id, child_id, setting_kind, state, ended, due_at, sent_at, opened_at, acknowledged_at \
             FROM notification WHERE incident_id = $1 ORDER BY created_at, id";
        for found in &sqlx::query(select).bind(incident.bytes().to_vec()).fetch_all(self.read()).await? {
            let of: ChildId = row::id(found, "child_id")?;
            if let Some(child) = children.iter_mut().find(|child| child.id == of) {
                child.notifications.push(notification(found)?);
            }
        }
        Ok(children)
    }
}

const fn child(child: &Child) -> ChildStanding {
    ChildStanding {
        id: child.id,
        state: child.state,
        hold: child.hold,
        reason: child.reason,
        due_at: child.due_at,
        is_provisional: child.is_provisional,
        told_at: child.told_at,
        notifications: Vec::new(),
    }
}

fn notification(found: &AnyRow) -> Result<NotificationStanding> {
    Ok(NotificationStanding {
        id: row::id(found, "id")?,
        setting_kind: row::word(found, "setting_kind")?,
        state: row::word(found, "state")?,
        ended: row::opt_word(found, "ended")?,
        due_at: row::instant(found, "due_at")?,
        sent_at: row::opt_instant(found, "sent_at")?,
        opened_at: row::opt_instant(found, "opened_at")?,
        acknowledged_at: row::opt_instant(found, "acknowledged_at")?,
    })
}
