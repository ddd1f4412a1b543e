//! Children that are looked at again, because a correction came before anybody was told.

use encompass_core::id::SettingId;
use encompass_core::state::{ChildState, Hold, NotificationEnd, TaskKind};
use jiff::Timestamp;

use super::due::Redue;
use crate::child::Child;
use crate::db::batch;
use crate::incident::Due;
use crate::{Actor, Result, Tx, audit_log, task};

/// A child that still belongs to the settings that are owed a notification.
pub struct Kept {
    /// The child.
    pub child: Child,
    /// The version that says so.
    pub version: i64,
    /// When the force knew, by that version.
    pub known_at: Timestamp,
    /// The due time and the time of the call for each setting.
    pub dues: Vec<(SettingId, Due, Timestamp)>,
    /// Whether a person is asked to look at the correction, because it was a person who decided before it.
    pub asks: bool,
}

impl Tx {
    /// Leaves notifications as they are, but for their due times where those are others now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn keep(&mut self, kept: Vec<Kept>, by: &Actor, at: Timestamp) -> Result<()> {
        let ids: Vec<Child> = kept.iter().map(|kept| kept.child.clone()).collect();
        let (mut dues, mut tasks) = (Vec::new(), Vec::new());
        for kept in kept {
            let child = kept.child;
            tasks.extend(kept.asks.then(|| corrected_task(&child, kept.version, at)));
            let subject = format!("child:{}", child.id);
            let entry = audit_log::Entry::new(&child.force, at, by.clone(), "child.kept", subject);
            self.audit(
                entry.of(child.incident).because(format!("same settings by version {}", kept.version)),
            );
            let earliest = kept.dues.iter().map(|(_, due, _)| due).min_by_key(|due| due.at).cloned();
            let earliest = earliest.filter(|due| due.at != child.due_at || kept.known_at != child.known_at);
            dues.extend(earliest.map(|due| Redue::of_child(&child, kept.known_at, due)));
            dues.extend(kept.dues.into_iter().map(|(setting, due, call_at)| {
                let notification = self.identity().notification(child.id, setting);
                Redue {
                    notification: Some((notification, call_at)),
                    ..Redue::of_child(&child, kept.known_at, due)
                }
            }));
        }
        self.looked_at(&ids).await?;
        self.open_tasks(tasks, at).await?;
        self.set_dues(dues, at).await
    }

    /// Stops what is owed and not told, and holds the children again: who decides next sees nothing under way.
    ///
    /// # Errors
    /// As the database says.
    pub async fn reopen(&mut self, children: &[Child], at: Timestamp) -> Result<()> {
        self.end_notifications(children, NotificationEnd::Corrected, at).await?;
        let rows = children.iter().map(|child| vec![child.id.into()]).collect();
        let update = "UPDATE child SET state = 'held', hold = 'unresolved', is_provisional = 1, next_at = due_at \
             FROM v WHERE child.id = v.id RETURNING child.id AS id";
        batch::with(self.conn(), "id", rows, update).await?;
        for child in children {
            self.changed(child.changed(ChildState::Held, at, Some(Hold::Unresolved.as_str())));
        }
        Ok(())
    }

    /// Passes over children who are with somebody else by now, who is asked to pass the correction on.
    ///
    /// # Errors
    /// As the database says.
    pub async fn pass_over(&mut self, children: &[Child], at: Timestamp) -> Result<()> {
        self.looked_at(children).await?;
        let handed_over = children.iter().filter(|child| child.state == ChildState::HandedOver);
        let tasks = handed_over.map(|child| corrected_task(child, child.named_in, at));
        self.open_tasks(tasks.collect(), at).await
    }

    /// Holds children of whom nothing can be read any more, without a resolution: there is no key to seal one with.
    ///
    /// # Errors
    /// As the database says.
    pub async fn hold_unreadable(&mut self, children: &[Child], by: &Actor, at: Timestamp) -> Result<()> {
        const HOLD: Hold = Hold::NothingToLookUp;
        let rows = children.iter().map(|child| vec![child.id.into(), HOLD.as_str().into()]).collect();
        let update = "UPDATE child SET hold = v.hold, wants_resolver = 0, next_at = due_at FROM v \
             WHERE child.id = v.id RETURNING child.id AS id";
        batch::with(self.conn(), "id, hold", rows, update).await?;
        let mut tasks = Vec::with_capacity(children.len());
        for child in children {
            let subject = format!("child:{}", child.id);
            let entry = audit_log::Entry::new(&child.force, at, by.clone(), "child.held", subject.clone());
            self.audit(entry.of(child.incident).because("can't be read"));
            tasks.push(task::New {
                incident: Some(child.incident),
                child: Some(child.id),
                detail: HOLD.as_str().into(),
                ..task::New::about(&child.force, TaskKind::Hold, subject, child.due_at)
            });
        }
        self.open_tasks(tasks, at).await
    }

    /// The resolver has nothing more to do for these children.
    async fn looked_at(&mut self, children: &[Child]) -> Result<()> {
        let rows = children.iter().map(|child| vec![child.id.into()]).collect();
        let update = "UPDATE child SET wants_resolver = 0, hold = NULL, \
             next_at = CASE WHEN state = 'notified' THEN due_at ELSE NULL END FROM v WHERE child.id = v.id \
             RETURNING child.id AS id";
        batch::with(self.conn(), "id", rows, update).await?;
        Ok(())
    }
}

/// A person is asked to look at a correction, with both versions.
fn corrected_task(child: &Child, version: i64, at: Timestamp) -> task::New {
    task::New {
        incident: Some(child.incident),
        child: Some(child.id),
        detail: child.state.as_str().into(),
        ..task::New::about(
            &child.force,
            TaskKind::Corrected,
            format!("child:{}:{version}", child.id),
            child.due_at.max(at),
        )
    }
}
