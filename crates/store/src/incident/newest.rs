//! A force's newest incidents, for whoever works something out from many of them.

use encompass_core::id::{IncidentId, of};

use crate::db::row;
use crate::{Result, Scope, Store};

impl Store {
    /// The newest incidents of a force in scope that are neither exercises nor erased, `most` at most.
    ///
    /// # Errors
    /// As the database says.
    pub async fn newest_incidents(&self, scope: &Scope, force: &str, most: i64) -> Result<Vec<IncidentId>> {
        if !scope.sees_force(force) {
            return Ok(Vec::new());
        }
        let select = "SELECT id FROM incident WHERE force_id = $1 AND is_exercise = 0 AND erased_at IS NULL \
             ORDER BY received_at DESC LIMIT $2";
        let query = sqlx::query(select).bind(force.to_owned()).bind(most);
        let rows = query.fetch_all(self.read()).await?;
        rows.iter().map(|found| row::id::<of::Incident>(found, "id")).collect()
    }
}
