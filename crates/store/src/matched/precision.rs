//! How many matches that were sent without a person were right, as reviewers say, by force and register.

use encompass_core::id::{RegisterId, of};

use crate::db::row;
use crate::desk::Select;
use crate::{Result, Scope, Store};

/// What reviewers said of the matches of a force on a register that were sent without a person, since a named person last
/// said how far that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The force.
    pub force: String,
    /// The register.
    pub register: RegisterId,
    /// Matches that were judged right or wrong.
    pub judged: u64,
    /// Right ones among those.
    pub right: u64,
}

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
    /// How many drawn matches were judged, and when the last: what [`live_precision`](Self::live_precision) changes with.
    ///
    /// # Errors
    /// As the database says.
    pub async fn matches_judged(&self) -> Result<(i64, i64)> {
        let select = "SELECT COUNT(*) AS n, COALESCE(MAX(reviewed_at), 0) AS newest FROM match_review \
             WHERE verdict IS NOT NULL";
        let found = sqlx::query(select).fetch_one(self.read()).await?;
        Ok((row::int(&found, "n")?, row::int(&found, "newest")?))
    }

    /// The live precision of each force in scope on each register, by the matches that were drawn for review, whatever sent
    /// them: exact agreement, what is earned, or a threshold set by hand. A match counts for the registers that it rested
    /// on.
    ///
    /// # Errors
    /// As the database says.
    pub async fn live_precision(&self, scope: &Scope) -> Result<Vec<Live>> {
        let mut select = Select::new(
            "SELECT c.force_id AS force_id, c.register_id AS register_id, COUNT(*) AS judged, \
             COUNT(CASE WHEN m.verdict = 'right' THEN 1 END) AS correct FROM match_review m \
             JOIN resolution r ON r.id = m.resolution_id JOIN register_force f ON f.force_id = m.force_id \
             JOIN match_case c ON c.force_id = f.force_id AND c.register_id = f.register_id AND c.case_id = m.child_id \
             WHERE m.verdict IN ('right', 'wrong', 'nobody') AND c.origin = 'review' \
             AND r.decided_at > COALESCE((SELECT MAX(a.set_at) FROM automatic a WHERE a.force_id = c.force_id \
             AND a.register_id = c.register_id AND a.set_by NOT LIKE 'service:%'), 0)",
        );
        select.of_forces("c.force_id", scope);
        select.add(" GROUP BY c.force_id, c.register_id ORDER BY c.force_id, c.register_id");
        let rows = select.all(self).await?;
        let count = |found, column| -> Result<u64> {
            Ok(u64::try_from(row::int(found, column)?).unwrap_or_default())
        };
        let live = rows.iter().map(|found| {
            Ok(Live {
                force: row::text(found, "force_id")?,
                register: row::id::<of::Register>(found, "register_id")?,
                judged: count(found, "judged")?,
                right: count(found, "correct")?,
            })
        });
        live.collect()
    }

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
