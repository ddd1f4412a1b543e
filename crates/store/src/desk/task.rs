//! Reading tasks.

use encompass_core::id::{ChildId, ContactId, IncidentId, NotificationId, RefusedId, SettingId, TaskId};
use encompass_core::state::{TaskKind, TaskState};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use super::select::{Paged, Select, paged};
use crate::db::row;
use crate::{Error, Result, Scope, Store};

/// A task, without anything personal.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The force whose case it is; empty for the installation's own.
    pub force: String,
    /// What is asked.
    pub kind: TaskKind,
    /// The police reference of its incident, where it has one.
    pub reference: Option<String>,
    /// The area, where one is known.
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
    /// A word of ours that says more.
    pub detail: String,
    /// What it is about.
    pub subject: String,
    /// Until when it must be settled.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: TaskState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When somebody took it.
    pub claimed_at: Option<Timestamp>,
    /// Who took it, as in the audit log.
    pub claimed_by: Option<String>,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// Who settled it, as in the audit log.
    pub settled_by: Option<String>,
    /// How, in a word of ours.
    pub settled_how: Option<String>,
    /// How many alerts went out about it.
    pub alerts: i64,
}

/// A task with the note of who settled it, opened.
pub struct SettledTask {
    /// The task.
    pub task: Task,
    /// What the person wrote.
    pub note: Option<Zeroizing<String>>,
}

const TASKS: &str = "SELECT task.*, (SELECT incident.reference FROM incident WHERE incident.id = task.incident_id) \
     AS reference FROM task ";

impl Store {
    /// One page of the tasks in scope that are not settled, by due time.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks(&self, scope: &Scope, page: u32) -> Result<Paged<Task>> {
        let mut select = Select::new(TASKS);
        select.add("WHERE task.state <> 'settled'").of_tasks(scope);
        select.add(" ORDER BY task.due_at, task.id");
        paged(&mut select, page);
        let rows = select.all(self).await?.iter().map(from_row).collect::<Result<Vec<_>>>()?;
        Ok(Paged::cut(rows, page))
    }

    /// A task.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not in scope.
    pub async fn task(&self, scope: &Scope, id: TaskId) -> Result<Task> {
        let mut select = Select::new(TASKS);
        select.add("WHERE task.id = ").bind(id).of_tasks(scope);
        from_row(&select.one(self).await?.ok_or(Error::NotFound)?)
    }

    /// A task with its note. The caller writes the view to the audit log.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not in scope; [`Error::Sealed`] when its case was erased.
    pub async fn open_task(&self, scope: &Scope, id: TaskId) -> Result<SettledTask> {
        let mut select = Select::new(TASKS);
        select.add("WHERE task.id = ").bind(id).of_tasks(scope);
        let found = select.one(self).await?.ok_or(Error::NotFound)?;
        let task = from_row(&found)?;
        let note = match row::opt_bytes(&found, "sealed_note")? {
            None => None,
            Some(sealed) => {
                let key = crate::task_settle::note_key(self, task.incident, task.refused).await?;
                Some(key.open_text(&crate::task_settle::note_place(id), &sealed)?)
            }
        };
        Ok(SettledTask { task, note })
    }

    /// The tasks in scope about one incident, oldest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tasks_of_incident(&self, scope: &Scope, incident: IncidentId) -> Result<Vec<Task>> {
        let mut select = Select::new(TASKS);
        select.add("WHERE task.incident_id = ").bind(incident).of_tasks(scope);
        select.add(" ORDER BY task.opened_at, task.id LIMIT 500");
        select.all(self).await?.iter().map(from_row).collect()
    }

    /// The installation's own unsettled tasks, which belong to no force and no case.
    ///
    /// # Errors
    /// As the database says.
    pub async fn installation_tasks(&self, page: u32) -> Result<Paged<Task>> {
        let mut select = Select::new(TASKS);
        select.add("WHERE task.state <> 'settled' AND task.force_id = '' ORDER BY task.due_at, task.id");
        paged(&mut select, page);
        let rows = select.all(self).await?.iter().map(from_row).collect::<Result<Vec<_>>>()?;
        Ok(Paged::cut(rows, page))
    }

    /// One of the installation's own tasks.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it belongs to a force.
    pub async fn installation_task(&self, id: TaskId) -> Result<Task> {
        let mut select = Select::new(TASKS);
        select.add("WHERE task.force_id = '' AND task.id = ").bind(id);
        from_row(&select.one(self).await?.ok_or(Error::NotFound)?)
    }
}

fn from_row(found: &AnyRow) -> Result<Task> {
    Ok(Task {
        id: row::id(found, "id")?,
        force: row::text(found, "force_id")?,
        kind: row::word(found, "kind")?,
        reference: row::opt_text(found, "reference")?,
        authority: row::opt_text(found, "authority")?,
        incident: row::opt_id(found, "incident_id")?,
        child: row::opt_id(found, "child_id")?,
        notification: row::opt_id(found, "notification_id")?,
        setting: row::opt_id(found, "setting_id")?,
        contact: row::opt_id(found, "contact_id")?,
        refused: row::opt_id(found, "refused_id")?,
        detail: row::text(found, "detail")?,
        subject: row::text(found, "subject")?,
        due_at: row::instant(found, "due_at")?,
        state: row::word(found, "state")?,
        opened_at: row::instant(found, "opened_at")?,
        claimed_at: row::opt_instant(found, "claimed_at")?,
        claimed_by: row::opt_text(found, "claimed_by")?,
        settled_at: row::opt_instant(found, "settled_at")?,
        settled_by: row::opt_text(found, "settled_by")?,
        settled_how: row::opt_text(found, "settled_how")?,
        alerts: row::int(found, "alerts")?,
    })
}
