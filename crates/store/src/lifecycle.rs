//! Changes of state, told to the force by lifecycle events: who is in which state since when, no personal data.

use encompass_core::event::{Body, Case, Changed, Outgoing};
use encompass_core::id::{ChildId, EventId, IncidentId, NotificationId};
use encompass_core::state::SettingKind;
use jiff::Timestamp;

use crate::Tx;

/// One child or notification that went from one state to another.
#[derive(Clone, Debug)]
pub struct Change {
    /// The force whose incident it is.
    pub force: String,
    /// The police reference; `None` once the incident is erased.
    pub reference: Option<String>,
    /// The incident.
    pub incident: IncidentId,
    /// The child.
    pub child: ChildId,
    /// The notification, unless the child itself changed.
    pub notification: Option<NotificationId>,
    /// The kind of setting of the notification.
    pub setting_kind: Option<SettingKind>,
    /// The state before; `None` when it is new.
    pub before: Option<&'static str>,
    /// The state since.
    pub after: &'static str,
    /// When.
    pub at: Timestamp,
    /// When the setting must have been told.
    pub due_at: Timestamp,
    /// Why, in a word of ours.
    pub reason: Option<&'static str>,
}

impl Tx {
    /// Tells the force of a change.
    pub fn changed(&mut self, change: Change) {
        let (force, incident, at) = (change.force.clone(), change.incident, change.at);
        self.emit_about_incident(&force, incident, at, move |sequence, id| change.event(sequence, id));
    }
}

impl Change {
    fn event(self, sequence: i64, id: EventId) -> Outgoing {
        let body = Body::Changed(Changed {
            case: case(self.force, self.reference, self.incident, sequence),
            child: self.child.uuid(),
            notification: self.notification.map(|id| id.uuid()),
            setting_kind: self.setting_kind.map(SettingKind::as_str),
            before: self.before,
            after: self.after,
            due_at: Some(self.due_at),
            reason: self.reason,
        });
        Outgoing::new(id.uuid(), self.at, body)
    }
}

/// The incident that an event is about. An erased one has no reference left.
pub(crate) fn case(force: String, reference: Option<String>, incident: IncidentId, sequence: i64) -> Case {
    Case {
        force,
        reference: reference.unwrap_or_default(),
        incident: incident.uuid(),
        sequence: u64::try_from(sequence).expect("sequences begin at one"),
    }
}
