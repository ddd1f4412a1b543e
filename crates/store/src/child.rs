//! Children: each in exactly one state, finished or with a next time.

use encompass_core::id::{ChildId, IncidentId, NotificationId};
use encompass_core::state::{
    ChildState, Hold, NotificationEnd, NotificationState, Reason, SettingKind, TaskKind,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::db::{batch, row};
use crate::lifecycle::Change;
use crate::{Actor, Backend, Result, Tx, audit_log, delivery, task};

/// A child, without anything personal.
#[derive(Clone, Debug)]
pub struct Child {
    /// Its id.
    pub id: ChildId,
    /// The force of its incident.
    pub force: String,
    /// Its incident.
    pub incident: IncidentId,
    /// The incident's police reference.
    pub reference: Option<String>,
    /// Its place in the incident's list.
    pub place: i64,
    /// Where it stands.
    pub state: ChildState,
    /// Why it is held, if it is.
    pub hold: Option<Hold>,
    /// Why it was closed, if it was.
    pub reason: Option<Reason>,
    /// The newest version that names it.
    pub named_in: i64,
    /// When the force knew.
    pub known_at: Timestamp,
    /// When the first version that names it reached us.
    pub received_at: Timestamp,
    /// When a setting must have been told.
    pub due_at: Timestamp,
    /// Whether that is provisional, for want of a setting.
    pub is_provisional: bool,
    /// When a setting was first told of it that has not sent it back.
    pub told_at: Option<Timestamp>,
    /// Whether it is for named people only by the word of a register, as the resolver last found it.
    pub is_restricted: bool,
}

/// A `SELECT` of what [`Child::from_row`] reads, with its end.
macro_rules! select_child {
    ($end:literal) => {
        concat!(
            "SELECT child.id AS id, child.force_id AS force_id, child.incident_id AS incident_id, \
             incident.reference AS reference, child.place AS place, child.state AS state, child.hold AS hold, \
             child.reason AS reason, child.named_in AS named_in, child.known_at AS known_at, \
             child.created_at AS received_at, \
             child.due_at AS due_at, child.is_provisional AS is_provisional, child.told_at AS told_at, \
             child.is_restricted AS is_restricted \
             FROM child JOIN incident ON incident.id = child.incident_id ",
            $end
        )
    };
}
pub(crate) use select_child;

impl Child {
    pub(crate) fn from_row(found: &AnyRow) -> Result<Self> {
        Ok(Self {
            id: row::id(found, "id")?,
            force: row::text(found, "force_id")?,
            incident: row::id(found, "incident_id")?,
            reference: row::opt_text(found, "reference")?,
            place: row::int(found, "place")?,
            state: row::word(found, "state")?,
            hold: row::opt_word(found, "hold")?,
            reason: row::opt_word(found, "reason")?,
            named_in: row::int(found, "named_in")?,
            known_at: row::instant(found, "known_at")?,
            received_at: row::instant(found, "received_at")?,
            due_at: row::instant(found, "due_at")?,
            is_provisional: row::flag(found, "is_provisional")?,
            told_at: row::opt_instant(found, "told_at")?,
            is_restricted: row::flag(found, "is_restricted")?,
        })
    }

    pub(crate) fn changed(&self, after: ChildState, at: Timestamp, reason: Option<&'static str>) -> Change {
        Change {
            force: self.force.clone(),
            reference: self.reference.clone(),
            incident: self.incident,
            child: self.id,
            notification: None,
            setting_kind: None,
            before: Some(self.state.as_str()),
            after: after.as_str(),
            at,
            due_at: self.due_at,
            reason,
        }
    }
}

impl Tx {
    /// Reads children, locked until the transaction ends.
    pub async fn children(&mut self, ids: &[ChildId]) -> Result<Vec<Child>> {
        let for_update = match self.backend() {
            Backend::Sqlite => "",
            Backend::Postgres => "FOR UPDATE OF child",
        };
        let values = ids.iter().map(|id| (*id).into()).collect();
        let rows = batch::within(self.conn(), select_child!("WHERE child.id IN"), values, for_update).await?;
        rows.iter().map(Child::from_row).collect()
    }

    /// Closes children with a reason. Their notifications that nobody was told of are closed with them,
    /// what is unsent is stopped, its links are closed, and their tasks are settled. A child of whom a
    /// setting was told stays notified, unless it is held again: what was told can't be taken back by closing.
    ///
    /// The caller makes sure that a reason which needs a named person has one.
    pub async fn close_children(
        &mut self,
        children: &[Child],
        reason: Reason,
        by: &Actor,
        at: Timestamp,
    ) -> Result<()> {
        let ids: Vec<ChildId> = children.iter().map(|child| child.id).collect();
        let end = match reason {
            Reason::Withdrawn => NotificationEnd::Withdrawn,
            Reason::Exercise | Reason::History => NotificationEnd::Corrected,
            Reason::NotAChild
            | Reason::Duplicate
            | Reason::NoSetting
            | Reason::HandedOver
            | Reason::Unsafe
            | Reason::Other => NotificationEnd::ByPerson,
        };
        self.end_notifications(children, end, at).await?;
        let is_open = |child: &&Child| child.told_at.is_none() || child.state == ChildState::Held;
        let open: Vec<&Child> = children.iter().filter(is_open).collect();
        let rows = open
            .iter()
            .map(|child| vec![child.id.into(), reason.as_str().into(), at.into(), by.to_string().into()])
            .collect();
        let update = "UPDATE child SET state = 'closed', reason = v.reason, hold = NULL, wants_resolver = 0, \
             next_at = NULL, closed_at = v.at, closed_by = v.by FROM v WHERE child.id = v.id \
             RETURNING child.id AS id";
        batch::with(self.conn(), "id, reason, at, by", rows, update).await?;
        task::settle_about_children(
            self.conn(),
            &ids,
            &[TaskKind::Hold, TaskKind::Call],
            reason.as_str(),
            at,
        )
        .await?;
        for child in open {
            self.changed(child.changed(ChildState::Closed, at, Some(reason.as_str())));
            let subject = format!("child:{}", child.id);
            let entry = audit_log::Entry::new(&child.force, at, by.clone(), "child.closed", subject);
            self.audit(entry.of(child.incident).because(reason.as_str()));
        }
        Ok(())
    }

    /// Ends the notifications of these children that nobody was told of, and stops what carries only such.
    pub(crate) async fn end_notifications(
        &mut self,
        children: &[Child],
        end: NotificationEnd,
        at: Timestamp,
    ) -> Result<()> {
        let rows =
            children.iter().map(|child| vec![child.id.into(), end.as_str().into(), at.into()]).collect();
        let update = "UPDATE notification SET state = 'closed', ended = v.ended, closed_at = v.at, next_at = NULL, \
             call_at = NULL FROM v WHERE notification.child_id = v.id AND notification.told_at IS NULL \
             AND notification.state <> 'closed' RETURNING notification.id AS id, notification.child_id AS child_id, \
             notification.setting_kind AS setting_kind, notification.due_at AS due_at, \
             notification.sent_at AS sent_at";
        let ended = batch::with(self.conn(), "id, ended, at", rows, update).await?;
        let mut ids = Vec::with_capacity(ended.len());
        for found in &ended {
            let id: NotificationId = row::id(found, "id")?;
            ids.push(id);
            let child_id: ChildId = row::id(found, "child_id")?;
            let child = children
                .iter()
                .find(|child| child.id == child_id)
                .expect("only these children were asked for");
            let before = match row::opt_instant(found, "sent_at")? {
                Some(_) => NotificationState::Sent,
                None => NotificationState::Waiting,
            };
            let kind: SettingKind = row::word(found, "setting_kind")?;
            let mut change = child.changed(child.state, at, Some(end.as_str()));
            change.notification = Some(id);
            change.setting_kind = Some(kind);
            change.before = Some(before.as_str());
            change.after = NotificationState::Closed.as_str();
            change.due_at = row::instant(found, "due_at")?;
            self.changed(change);
        }
        delivery::stop_idle(self, &ids).await
    }
}
