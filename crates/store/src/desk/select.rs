//! A `SELECT` whose text depends on who asks: pieces of our own literals, values always bound.

use encompass_core::id::{ChildId, IncidentId};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::db::{Value, row};
use crate::{Result, Scope, Store, Tx};

/// A statement that is being put together.
#[derive(Default)]
pub(crate) struct Select {
    sql: String,
    values: Vec<Value>,
}

impl Select {
    pub(crate) fn new(head: &'static str) -> Self {
        Self { sql: head.to_owned(), values: Vec::new() }
    }

    /// Adds a literal of this crate.
    pub(crate) fn add(&mut self, literal: &'static str) -> &mut Self {
        self.sql.push_str(literal);
        self
    }

    /// Adds a placeholder with its value.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.sql.push_str(&format!("${}", self.values.len()));
        self
    }

    /// Adds `(…)` with a placeholder for each word. No word: nothing is in it.
    fn list(&mut self, words: &[String]) {
        self.sql.push('(');
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                self.sql.push_str(", ");
            }
            self.bind(word.as_str());
        }
        if words.is_empty() {
            self.sql.push_str("NULL");
        }
        self.sql.push(')');
    }

    /// Adds that `column` is one of the scope's forces.
    pub(crate) fn of_forces(&mut self, column: &'static str, scope: &Scope) -> &mut Self {
        if let Some(forces) = scope.forces() {
            self.add(" AND ").add(column).add(" IN ");
            self.list(forces);
        }
        self
    }

    /// Adds that the row of `incident` is for this reader: of the scope's forces, and not restricted for others.
    pub(crate) fn of_incidents(&mut self, scope: &Scope) -> &mut Self {
        self.of_forces("incident.force_id", scope);
        if !scope.sees_restricted() {
            self.add(" AND incident.is_restricted = 0");
        }
        self
    }

    /// Adds that the row of `child`, joined to its `incident`, is for this reader: of its forces and areas, or handed
    /// over to one of its forces.
    pub(crate) fn of_children(&mut self, scope: &Scope) -> &mut Self {
        let Some(forces) = scope.forces() else { return self.of_own_children(scope) };
        self.add(" AND ((1 = 1").of_own_children(scope);
        self.add(
            ") OR (EXISTS (SELECT 1 FROM child_grant g WHERE g.child_id = child.id AND g.granted_to IN ",
        );
        self.list(forces);
        self.add(")");
        if !scope.sees_restricted() {
            self.add(" AND incident.is_restricted = 0 AND child.is_restricted = 0");
        }
        self.add("))")
    }

    /// The same without those that were handed over from another force.
    pub(crate) fn of_own_children(&mut self, scope: &Scope) -> &mut Self {
        if !scope.sees_restricted() {
            self.add(" AND child.is_restricted = 0");
        }
        self.of_incidents(scope).of_areas(scope)
    }

    /// Adds that the row of `child` lies in the scope's areas. The area of a child is that of a setting which it
    /// belongs to or belonged to, or of its home, as its tasks say; else that of its siblings. Where nobody knows an
    /// area yet the child is for the whole force, or those with areas alone would leave it to nobody.
    pub(crate) fn of_areas(&mut self, scope: &Scope) -> &mut Self {
        let Some(areas) = scope.areas() else { return self };
        self.add(" AND (").within_areas("child_id = child.id", areas).add(" OR (");
        self.without_area("child_id = child.id").add(" AND (");
        self.within_areas("incident_id = child.incident_id", areas).add(" OR (");
        self.without_area("incident_id = child.incident_id").add("))))")
    }

    fn within_areas(&mut self, whose: &'static str, areas: &[String]) -> &mut Self {
        self.add("EXISTS (SELECT 1 FROM notification WHERE ").add(whose).add(" AND authority IN ");
        self.list(areas);
        self.add(") OR EXISTS (SELECT 1 FROM task WHERE ").add(whose).add(" AND authority IN ");
        self.list(areas);
        self.add(")")
    }

    fn without_area(&mut self, whose: &'static str) -> &mut Self {
        self.add("NOT EXISTS (SELECT 1 FROM notification WHERE ").add(whose);
        self.add(" AND authority IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM task WHERE ").add(whose);
        self.add(" AND authority IS NOT NULL)")
    }

    /// Adds that the row of `task` is for this reader: by its own area, else by that of the incident's children, else,
    /// where it is about a child and nobody knows an area yet, as one of the force. A child that another force has handed
    /// over is in no area of this one.
    pub(crate) fn of_tasks(&mut self, scope: &Scope) -> &mut Self {
        self.of_forces("task.force_id", scope);
        if !scope.sees_restricted() {
            self.add(
                " AND NOT EXISTS (SELECT 1 FROM incident ri WHERE ri.id = task.incident_id AND ri.is_restricted = 1) \
                 AND NOT EXISTS (SELECT 1 FROM child rc WHERE rc.id = task.child_id AND rc.is_restricted = 1) \
                 AND (task.child_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM child ac \
                 WHERE ac.incident_id = task.incident_id AND ac.is_restricted = 1) OR EXISTS (SELECT 1 FROM child oc \
                 WHERE oc.incident_id = task.incident_id AND oc.is_restricted = 0))",
            );
        }
        if let Some(areas) = scope.areas() {
            self.add(" AND (task.kind = 'handed_over' OR task.authority IN ");
            self.list(areas);
            self.add(
                " OR (task.authority IS NULL AND EXISTS (SELECT 1 FROM notification sn \
                 WHERE sn.incident_id = task.incident_id AND sn.authority IN ",
            );
            self.list(areas);
            self.add(
                ")) OR (task.child_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM notification an \
                 WHERE an.incident_id = task.incident_id AND an.authority IS NOT NULL) AND NOT EXISTS (\
                 SELECT 1 FROM task kt WHERE kt.incident_id = task.incident_id AND kt.authority IS NOT NULL)))",
            );
        }
        self
    }

    pub(crate) async fn all(self, store: &Store) -> Result<Vec<AnyRow>> {
        self.rows(store.read()).await
    }

    /// The rows, as a connection or a pool has them.
    async fn rows(self, from: impl sqlx::Executor<'_, Database = sqlx::Any>) -> Result<Vec<AnyRow>> {
        let query = sqlx::query(AssertSqlSafe(self.sql));
        let query = self.values.into_iter().fold(query, |query, value| value.bind(query));
        Ok(query.fetch_all(from).await?)
    }

    pub(crate) async fn one(self, store: &Store) -> Result<Option<AnyRow>> {
        Ok(self.all(store).await?.into_iter().next())
    }

    /// The number in the column `n` of the one row.
    pub(crate) async fn count(self, store: &Store) -> Result<i64> {
        self.one(store).await?.map_or(Ok(0), |found| row::int(&found, "n"))
    }
}

/// Whether a child is its own force's reader's, in a transaction that has it locked.
pub(crate) async fn is_own_child(tx: &mut Tx, scope: &Scope, child: ChildId) -> Result<bool> {
    let mut select = Select::new(
        "SELECT child.id AS id FROM child JOIN incident ON incident.id = child.incident_id WHERE child.id = ",
    );
    select.bind(child).of_own_children(scope);
    Ok(!select.rows(tx.conn()).await?.is_empty())
}

/// Adds `LIMIT … OFFSET …` for one page and one row more, which tells whether there is a next page.
pub(crate) fn paged(select: &mut Select, page: u32) {
    let offset = i64::from(page) * PAGE_ROWS;
    select.add(" LIMIT ").bind(PAGE_ROWS + 1).add(" OFFSET ").bind(offset);
}

/// Rows of one page.
pub(crate) const PAGE_ROWS: i64 = 50;

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// The page, from 0.
    pub page: u32,
    /// Whether another page follows.
    pub has_next: bool,
}

impl<T> Paged<T> {
    pub(crate) fn cut(mut rows: Vec<T>, page: u32) -> Self {
        let most = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
        let has_next = rows.len() > most;
        rows.truncate(most);
        Self { rows, page, has_next }
    }
}

impl Store {
    /// Whether an incident is for this reader: any of its children, or all of it where no area limits the reader of its
    /// force and not every child is for named people only.
    pub(crate) async fn sees_incident(&self, scope: &Scope, incident: IncidentId) -> Result<bool> {
        let mut select = Select::new("SELECT COUNT(*) AS n FROM incident WHERE incident.id = ");
        select.bind(incident);
        select.of_incidents(scope);
        if !scope.sees_restricted() {
            select.add(
                " AND (NOT EXISTS (SELECT 1 FROM child ac WHERE ac.incident_id = incident.id AND ac.is_restricted = 1) \
                 OR EXISTS (SELECT 1 FROM child oc WHERE oc.incident_id = incident.id AND oc.is_restricted = 0))",
            );
        }
        if scope.areas().is_none() && select.count(self).await? > 0 {
            return Ok(true);
        }
        let mut select = Select::new(
            "SELECT COUNT(*) AS n FROM child JOIN incident ON incident.id = child.incident_id \
             WHERE child.incident_id = ",
        );
        select.bind(incident).of_children(scope);
        Ok(select.count(self).await? > 0)
    }
}
