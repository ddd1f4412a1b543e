//! Who else looks at a child now.

use encompass_core::id::{ChildId, IncidentId};
use jiff::Timestamp;

use super::select::Select;
use crate::db::row;
use crate::{Result, Scope, Store};

/// Somebody who opened a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looker {
    /// Who, as in the audit log.
    pub by: String,
    /// When they opened it first since.
    pub since: Timestamp,
}

impl Store {
    /// The staff besides the reader who opened a child since a moment, as the audit log has it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn others_looking(
        &self,
        scope: &Scope,
        (incident, child): (IncidentId, ChildId),
        since: Timestamp,
    ) -> Result<Vec<Looker>> {
        let mut select = Select::new(
            "SELECT actor, MIN(at) AS since FROM audit_log WHERE action = 'child.viewed' AND incident_id = ",
        );
        select.bind(incident).add(" AND subject = ").bind(format!("child:{child}"));
        select.add(" AND at >= ").bind(since).add(" AND actor LIKE 'staff:%' AND actor <> ");
        select.bind(scope.actor.to_string()).add(" GROUP BY actor ORDER BY since, actor");
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| Ok(Looker { by: row::text(found, "actor")?, since: row::instant(found, "since")? }))
            .collect()
    }
}
