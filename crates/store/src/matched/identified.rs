//! Children of whom a person said who they are on a register.

use std::collections::HashMap;

use encompass_core::id::{ChildId, EntryId, RegisterId, of};

use super::{MatchVerdict, Origin};
use crate::db::row;
use crate::{Result, Scope, Store};

impl Store {
    /// The children of a force in scope of whom the desk or a reviewer said who they are on a register, or that they
    /// are nobody there. Left out are history, whose incidents are not here, and matches of which a reviewer said no
    /// more than that they are wrong; matches that nobody reviewed are no decisions at all.
    ///
    /// # Errors
    /// As the database says.
    pub async fn identified_children(
        &self,
        scope: &Scope,
        force: &str,
        register: RegisterId,
    ) -> Result<HashMap<ChildId, Option<EntryId>>> {
        if !scope.sees_force(force) {
            return Ok(HashMap::new());
        }
        let select = "SELECT c.case_id AS case_id, c.right_entry AS right_entry FROM match_case c \
             LEFT JOIN match_review r ON r.child_id = c.case_id WHERE c.force_id = $1 AND c.register_id = $2 \
             AND (c.origin = $3 OR (c.origin = $4 AND (c.right_entry IS NOT NULL OR r.verdict = $5)))";
        let query = sqlx::query(select).bind(force.to_owned()).bind(register.bytes().to_vec());
        let query = query
            .bind(Origin::Desk.as_str())
            .bind(Origin::Review.as_str())
            .bind(MatchVerdict::Nobody.as_str());
        let rows = query.fetch_all(self.read()).await?;
        rows.iter()
            .map(|found| Ok((row::id::<of::Child>(found, "case_id")?, row::opt_id(found, "right_entry")?)))
            .collect()
    }
}
