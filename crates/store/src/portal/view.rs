//! Writing down who was shown what.

use encompass_core::id::IncidentId;
use encompass_core::state::TaskKind;
use jiff::Timestamp;

use super::notice::Notice;
use super::session::Reader;
use crate::audit_log::Entry;
use crate::{Actor, Result, Tx, task};

/// What was done in view of a child's data, under the name of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Name and birth date were shown, with the question whether the child is there.
    Identified,
    /// What the profile allows was shown.
    Disclosed,
    /// The reader said "I have it".
    Acknowledged,
    /// The reader said that the child is not there, or has left.
    NotHere,
}

impl View {
    const fn action(self) -> &'static str {
        match self {
            Self::Identified => "child.identified",
            Self::Disclosed => "child.viewed",
            Self::Acknowledged => "reader.acknowledged",
            Self::NotHere => "reader.not_here",
        }
    }
}

/// Where the person that a case was shown to is sealed, with the case's key.
pub fn shown_to_place(incident: IncidentId) -> String {
    format!("audit_log.shown_to {incident}")
}

impl Tx {
    /// Writes down what `reader` was shown or said of a notice. `detail` says under which profile and version.
    pub fn viewed(
        &mut self,
        notice: &Notice,
        view: View,
        by: &Actor,
        reader: &Reader,
        detail: &str,
        now: Timestamp,
    ) {
        let child = &notice.notification.child;
        let subject = format!("notification:{}", notice.notification.id);
        let mut entry = Entry::new(&child.force, now, by.clone(), view.action(), subject);
        let sealed = |case: &super::Case| case.key.seal_json(&shown_to_place(child.incident), reader);
        entry.shown_to = notice.case.as_ref().map(sealed);
        self.audit(entry.of(child.incident).because(detail));
    }

    /// Asks the desk to look at free text that was kept back from a setting.
    ///
    /// # Errors
    /// As the database says.
    pub async fn withheld(&mut self, notice: &Notice, fields: &str, now: Timestamp) -> Result<()> {
        let notification = &notice.notification;
        let task = task::New {
            authority: notification.authority.clone(),
            incident: Some(notification.child.incident),
            child: Some(notification.child.id),
            notification: Some(notification.id),
            setting: Some(notification.setting),
            detail: fields.to_owned(),
            ..task::New::about(
                &notification.child.force,
                TaskKind::Withheld,
                format!("notification:{}", notification.id),
                notification.due_at.max(now),
            )
        };
        self.open_tasks(vec![task], now).await
    }
}
