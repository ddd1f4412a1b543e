//! How many matches that were sent without a person were right, as reviewers say, by force and register.

use encompass_core::id::{RegisterId, of};

use crate::db::row;
use crate::desk::Select;
use crate::{Result, Scope, Store};

/// What is known of the matches of a force on a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precision {
    /// The force.
    pub force: String,
    /// The register.
    pub register: RegisterId,
    /// What the register is called.
    pub source: String,
    /// Decided cases of all origins.
    pub decided: u64,
    /// Matches that were reviewed.
    pub reviewed: u64,
    /// Right ones among those.
    pub right: u64,
}

impl Store {
    /// The registers that the forces in scope may use, each with what reviewers said of its matches.
    ///
    /// # Errors
    /// As the database says.
    pub async fn match_precision(&self, scope: &Scope) -> Result<Vec<Precision>> {
        let mut select = Select::new(
            "SELECT f.force_id AS force_id, r.id AS id, r.source AS source, COUNT(c.case_id) AS decided, \
             COUNT(CASE WHEN c.origin = 'review' THEN 1 END) AS reviewed, \
             COUNT(CASE WHEN c.origin = 'review' AND c.is_right = 1 THEN 1 END) AS correct FROM register r \
             JOIN register_force f ON f.register_id = r.id \
             LEFT JOIN match_case c ON c.force_id = f.force_id AND c.register_id = r.id WHERE 1 = 1",
        );
        select.of_forces("f.force_id", scope);
        select.add(" GROUP BY f.force_id, r.id, r.source ORDER BY f.force_id, r.source");
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| {
                let count = |column| -> Result<u64> {
                    Ok(u64::try_from(row::int(found, column)?).unwrap_or_default())
                };
                Ok(Precision {
                    force: row::text(found, "force_id")?,
                    register: row::id::<of::Register>(found, "id")?,
                    source: row::text(found, "source")?,
                    decided: count("decided")?,
                    reviewed: count("reviewed")?,
                    right: count("correct")?,
                })
            })
            .collect()
    }
}
