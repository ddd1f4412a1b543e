//! Held children, the most urgent first. Nothing personal: names are shown only on opening one child.

use encompass_core::id::TaskId;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::select::{Paged, Select, paged};
use crate::child::Child;
use crate::db::row;
use crate::{Result, Scope, Store};

/// One held child in the list.
#[derive(Clone, Debug)]
pub struct HeldChild {
    /// The child.
    pub child: Child,
    /// Whether it is of an exercise.
    pub is_exercise: bool,
    /// Whether the case or the child is for named people only.
    pub is_restricted: bool,
    /// The area of its home or setting, where one is known.
    pub authority: Option<String>,
    /// The task about it.
    pub task: Option<TaskId>,
    /// Who took the task.
    pub claimed_by: Option<String>,
    /// When the force was asked, while it has not answered.
    pub asked_at: Option<Timestamp>,
    /// Since when it is there.
    pub created_at: Timestamp,
}

impl Store {
    /// One page of the held children in scope that wait for a person, by due time. One at whom the resolver is to look
    /// again waits for a person until it has looked.
    ///
    /// # Errors
    /// As the database says.
    pub async fn held_children(&self, scope: &Scope, page: u32) -> Result<Paged<HeldChild>> {
        let mut select = Select::new(
            "SELECT child.id AS id, child.force_id AS force_id, child.incident_id AS incident_id, \
             incident.reference AS reference, child.place AS place, child.state AS state, child.hold AS hold, \
             child.reason AS reason, child.named_in AS named_in, child.known_at AS known_at, child.due_at AS due_at, \
             child.created_at AS received_at, child.is_provisional AS is_provisional, child.told_at AS told_at, child.created_at AS created_at, \
             child.is_restricted AS is_restricted, incident.is_exercise AS is_exercise, \
             incident.is_restricted AS is_restricted_case, task.id AS task_id, \
             task.authority AS authority, task.claimed_by AS claimed_by, \
             CASE WHEN task.detail = 'asked' THEN (SELECT MAX(a.at) FROM audit_log a \
             WHERE a.incident_id = child.incident_id AND a.action = 'force.asked' AND a.subject = task.subject) END AS asked_at \
             FROM child JOIN incident ON incident.id = child.incident_id LEFT JOIN task ON task.child_id = child.id \
             AND task.kind = 'hold' AND task.state <> 'settled' \
             WHERE child.state = 'held' AND (child.wants_resolver = 0 OR child.hold <> 'unresolved')",
        );
        select.of_children(scope).add(" ORDER BY child.due_at, child.id");
        paged(&mut select, page);
        let rows = select.all(self).await?.iter().map(held).collect::<Result<Vec<_>>>()?;
        Ok(Paged::cut(rows, page))
    }
}

impl Store {
    /// How many held children wait for a person in the forces and areas of the reader, who may not see them because they
    /// are for named people only.
    ///
    /// # Errors
    /// As the database says.
    pub async fn held_for_named_people(&self, scope: &Scope) -> Result<i64> {
        if scope.sees_restricted() {
            return Ok(0);
        }
        let mut select = Select::new(
            "SELECT COUNT(*) AS n FROM child JOIN incident ON incident.id = child.incident_id \
             WHERE child.state = 'held' AND (child.wants_resolver = 0 OR child.hold <> 'unresolved') \
             AND (child.is_restricted = 1 OR incident.is_restricted = 1)",
        );
        select.of_children(&scope.of_named_people());
        select.count(self).await
    }
}

fn held(found: &AnyRow) -> Result<HeldChild> {
    let child = Child::from_row(found)?;
    Ok(HeldChild {
        is_exercise: row::flag(found, "is_exercise")?,
        is_restricted: child.is_restricted || row::flag(found, "is_restricted_case")?,
        child,
        authority: row::opt_text(found, "authority")?,
        task: row::opt_id(found, "task_id")?,
        claimed_by: row::opt_text(found, "claimed_by")?,
        asked_at: row::opt_instant(found, "asked_at")?,
        created_at: row::instant(found, "created_at")?,
    })
}
