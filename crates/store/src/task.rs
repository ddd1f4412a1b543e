//! Tasks: anything a person at the desk is asked to do, with a clock.
//!
//! The same work is asked for once: a task has a subject, and only one task of a kind is open about it.
//! A new task wants an alert at once ([`Signal::Tasks`]); who is alerted when is the plan's business.

use encompass_core::id::{ChildId, ContactId, IncidentId, NotificationId, RefusedId, SettingId, TaskId};
use encompass_core::state::{TaskKind, TaskState};
use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::db::{Value, batch, row};
use crate::{Result, Signal, Tx};

/// A task to be opened.
#[derive(Clone, Debug)]
pub struct New {
    /// The force whose case it is; empty for the installation's own.
    pub force: String,
    /// What is asked.
    pub kind: TaskKind,
    /// What it is about, so that it is asked once.
    pub subject: String,
    /// The area it belongs to, where one is known.
    pub authority: Option<String>,
    /// The incident.
    pub incident: Option<IncidentId>,
    /// The child.
    pub child: Option<ChildId>,
    /// The notification.
    pub notification: Option<NotificationId>,
    /// The setting.
    pub setting: Option<SettingId>,
    /// The contact.
    pub contact: Option<ContactId>,
    /// The refused message.
    pub refused: Option<RefusedId>,
    /// A word of ours that says more, such as a hold's or an outcome class; never personal data.
    pub detail: String,
    /// Until when it must be settled.
    pub due_at: Timestamp,
}

impl New {
    /// A task about one subject, to which the caller adds what it knows.
    pub fn about(force: &str, kind: TaskKind, subject: String, due_at: Timestamp) -> Self {
        Self {
            force: force.to_owned(),
            kind,
            subject,
            authority: None,
            incident: None,
            child: None,
            notification: None,
            setting: None,
            contact: None,
            refused: None,
            detail: String::new(),
            due_at,
        }
    }

    fn row(self, opened_at: Timestamp) -> Vec<Value> {
        vec![
            TaskId::new(uuid::Uuid::now_v7()).into(),
            self.force.into(),
            self.kind.as_str().into(),
            self.subject.into(),
            self.authority.into(),
            self.incident.into(),
            self.child.into(),
            self.notification.into(),
            self.setting.into(),
            self.contact.into(),
            self.refused.into(),
            self.detail.into(),
            self.due_at.into(),
            "open".into(),
            opened_at.into(),
            opened_at.into(),
            0_i64.into(),
        ]
    }
}

impl Tx {
    /// Opens tasks; one that is open about the same subject already is left as it is.
    pub async fn open_tasks(&mut self, tasks: Vec<New>, at: Timestamp) -> Result<()> {
        if tasks.is_empty() {
            return Ok(());
        }
        let head = "INSERT INTO task (id, force_id, kind, subject, authority, incident_id, child_id, notification_id, \
             setting_id, contact_id, refused_id, detail, due_at, state, opened_at, next_at, alerts)";
        let rows = tasks.into_iter().map(|task| task.row(at)).collect();
        let opened = batch::insert(self.conn(), head, rows, "ON CONFLICT DO NOTHING").await?;
        if opened > 0 {
            self.wake(Signal::Tasks);
        }
        Ok(())
    }
}

/// Settles the open tasks about these children, because what they asked for is no longer needed.
pub(crate) async fn settle_about_children(
    conn: &mut AnyConnection,
    children: &[ChildId],
    kinds: &[TaskKind],
    how: &'static str,
    at: Timestamp,
) -> Result<()> {
    let rows = children
        .iter()
        .flat_map(|child| {
            kinds.iter().map(move |kind| {
                vec![(*child).into(), kind.as_str().into(), at.into(), "service".into(), how.into()]
            })
        })
        .collect();
    let update = "UPDATE task SET state = 'settled', settled_at = v.at, settled_by = v.by, settled_how = v.how, \
         next_at = NULL FROM v WHERE task.child_id = v.id AND task.kind = v.kind AND task.state <> 'settled' \
         RETURNING task.id AS id";
    batch::with(conn, "id, kind, at, by, how", rows, update).await?;
    Ok(())
}

/// Settles the open tasks of one kind about these notifications.
pub(crate) async fn settle_about_notifications(
    conn: &mut AnyConnection,
    notifications: &[NotificationId],
    kind: TaskKind,
    how: &'static str,
    at: Timestamp,
) -> Result<()> {
    let rows = notifications
        .iter()
        .map(|id| vec![(*id).into(), kind.as_str().into(), at.into(), "service".into(), how.into()])
        .collect();
    let update = "UPDATE task SET state = 'settled', settled_at = v.at, settled_by = v.by, settled_how = v.how, \
         next_at = NULL FROM v WHERE task.notification_id = v.id AND task.kind = v.kind AND task.state <> 'settled' \
         RETURNING task.id AS id";
    batch::with(conn, "id, kind, at, by, how", rows, update).await?;
    Ok(())
}

/// A task whose next alert is due.
#[derive(Clone, Debug)]
pub struct Alerting {
    /// The task.
    pub id: TaskId,
    /// Its force.
    pub force: String,
    /// What is asked.
    pub kind: TaskKind,
    /// Until when it must be settled.
    pub due_at: Timestamp,
    /// Whether somebody claimed it, and the claim lapsed.
    pub is_claimed: bool,
    /// How many alerts went out since it was opened, claimed or given back.
    pub alerts: usize,
}

impl Tx {
    /// Tasks that nobody claimed, or settled after claiming, and whose next alert is due, locked until the
    /// transaction ends.
    pub async fn alerting_tasks(&mut self, now: Timestamp, most: i64) -> Result<Vec<Alerting>> {
        let select = "SELECT id, force_id, kind, state, due_at, alerts FROM task WHERE state <> 'settled' \
             AND next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at LIMIT $2";
        let select = format!("{select}{}", self.backend().skip_locked());
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(now.as_microsecond()).bind(most);
        let rows = query.fetch_all(self.conn()).await?;
        rows.iter()
            .map(|found| {
                Ok(Alerting {
                    id: row::id(found, "id")?,
                    force: row::text(found, "force_id")?,
                    kind: row::word(found, "kind")?,
                    due_at: row::instant(found, "due_at")?,
                    is_claimed: row::word::<TaskState>(found, "state")? == TaskState::Claimed,
                    alerts: usize::try_from(row::int(found, "alerts")?).unwrap_or(0),
                })
            })
            .collect()
    }

    /// Counts an alert of each task and sets when the next one is due, if any.
    pub async fn tasks_alerted(&mut self, alerted: &[(TaskId, Option<Timestamp>)]) -> Result<()> {
        let rows = alerted.iter().map(|(id, next_at)| vec![(*id).into(), (*next_at).into()]).collect();
        let update = "UPDATE task SET alerts = alerts + 1, next_at = v.next_at FROM v WHERE task.id = v.id \
             RETURNING task.id AS id";
        batch::with(self.conn(), "id, next_at", rows, update).await?;
        Ok(())
    }
}
