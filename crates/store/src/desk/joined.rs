//! Which entries of registers stand as one person.

use encompass_core::id::{EntryId, of};
use jiff::Timestamp;

use crate::db::{batch, row};
use crate::{Result, Scope, Store};

/// Two entries that are judged to be one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// One.
    pub one: EntryId,
    /// The other.
    pub other: EntryId,
    /// When it was judged.
    pub at: Timestamp,
    /// By whom, as in the audit log.
    pub by: String,
}

impl Store {
    /// Which of these entries, of registers that a force in scope may use, are judged to be one person.
    ///
    /// # Errors
    /// As the database says.
    pub async fn joined(&self, scope: &Scope, force: &str, entries: &[EntryId]) -> Result<Vec<Joined>> {
        if entries.len() < 2 || !scope.sees_force(force) {
            return Ok(Vec::new());
        }
        let wanted = entries.iter().map(|entry| (*entry).into()).collect();
        let select = "SELECT one_id, other_id, judged_at, judged_by FROM identity_judgement \
             WHERE ended_at IS NULL AND is_same = 1 AND one_id IN";
        let mut conn = self.read().acquire().await?;
        let rows = batch::within(&mut conn, select, wanted, "ORDER BY one_id, other_id").await?;
        let mut joined = Vec::new();
        for found in &rows {
            let (one, other) = (row::id::<of::Entry>(found, "one_id")?, row::id(found, "other_id")?);
            if entries.contains(&other) {
                let (at, by) = (row::instant(found, "judged_at")?, row::text(found, "judged_by")?);
                joined.push(Joined { one, other, at, by });
            }
        }
        joined.dedup();
        Ok(joined)
    }
}
