//! Held children who were looked at again, because a register says something else than before.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::{ChildId, LoadId};
use encompass_core::state::{ChildState, Hold};
use encompass_store::Tx;
use encompass_store::child::Child;
use encompass_store::resolution::Decision;
use jiff::Timestamp;

use super::Error;
use super::write::Sorted;
use crate::Evidence;

/// Whether it was held before for a reason of the rules.
pub(super) fn was_held(child: &Child) -> bool {
    child.state == ChildState::Held && child.hold.is_some_and(|hold| hold != Hold::Unresolved)
}

impl Sorted {
    /// The children that are held by versions of registers of which one is current no longer: a load that became current
    /// since they were looked for has not marked them, for they were being decided on.
    pub(super) async fn behind(&self, tx: &mut Tx) -> Result<Vec<ChildId>, Error> {
        let mut current: BTreeMap<&str, BTreeSet<LoadId>> = BTreeMap::new();
        let mut behind = Vec::new();
        for decision in self.decisions.iter().filter(|decision| decision.hold.is_some()) {
            let force = decision.child.force.as_str();
            if !current.contains_key(force) {
                current.insert(force, tx.current_registers(force).await?);
            }
            let Ok(evidence) = serde_json::from_slice::<Evidence>(&decision.evidence) else { continue };
            let mut searched = evidence.matching.searched.iter().map(|searched| searched.load);
            if searched.any(|load| !current[force].contains(&load)) {
                behind.push(decision.child.id);
            }
        }
        Ok(behind)
    }

    /// Takes out the decisions that say the same as the one before them, beside which their evidence is kept: whoever looks at the
    /// child goes on with what they see, and a register that is loaded every hour leaves no trail of decisions that decided
    /// nothing. Says whose.
    pub(super) async fn leave_the_same(
        &mut self,
        tx: &mut Tx,
        now: Timestamp,
    ) -> Result<BTreeSet<ChildId>, Error> {
        let again = self.decisions.iter().filter(|one| was_held(&one.child) && one.hold == one.child.hold);
        let ids: Vec<ChildId> = again.map(|decision| decision.child.id).collect();
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let before: BTreeMap<ChildId, Evidence> = tx
            .open_dues(&ids)
            .await?
            .into_iter()
            .filter_map(|open| Some((open.child.id, serde_json::from_slice(&open.evidence?).ok()?)))
            .collect();
        let is_same = |decision: &Decision| {
            let new = serde_json::from_slice::<Evidence>(&decision.evidence).ok();
            before.get(&decision.child.id).zip(new).is_some_and(|(before, new)| new.says_the_same(before))
        };
        let (same, other): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.decisions).into_iter().partition(is_same);
        self.decisions = other;
        let children = same.iter().map(|decision| decision.child.id).collect();
        tx.stay_held(same, now).await?;
        Ok(children)
    }
}
