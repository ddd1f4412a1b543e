//! Held children who were looked at again, because a register says something else than before.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::ChildId;
use encompass_core::state::{ChildState, Hold};
use encompass_store::Tx;
use encompass_store::child::Child;
use encompass_store::resolution::Decision;
use encompass_store::resolve::{Case, Versions};
use jiff::Timestamp;

use super::write::Sorted;
use super::{Error, Resolver};
use crate::Evidence;

/// Whether it was held before for a reason of the rules.
pub(super) fn was_held(child: &Child) -> bool {
    child.state == ChildState::Held && child.hold.is_some_and(|hold| hold != Hold::Unresolved)
}

/// What the registers of each force are when its children begin to be looked for.
pub(super) type Looked = BTreeMap<String, Versions>;

impl Resolver {
    /// The versions of the registers of these cases.
    pub(super) async fn versions(&self, cases: &[Case]) -> Result<Looked, Error> {
        let mut looked = Looked::new();
        for case in cases {
            if !looked.contains_key(&case.force) {
                looked.insert(case.force.clone(), self.store.registers_read(&case.force).await?);
            }
        }
        Ok(looked)
    }
}

/// The forces whose registers are others by now: another version, one more, one less, or one that has been joined.
pub(super) async fn changed(tx: &mut Tx, looked: Looked) -> Result<BTreeSet<String>, Error> {
    let mut changed = BTreeSet::new();
    for (force, versions) in looked {
        if tx.current_registers(&force).await? != versions {
            changed.insert(force);
        }
    }
    Ok(changed)
}

impl Sorted {
    /// The children that are held by what registers said that say something else by now: a load has not marked them, for
    /// they were being decided on.
    pub(super) fn behind(&self, changed: &BTreeSet<String>) -> Vec<ChildId> {
        let held = self.decisions.iter().filter(|decision| decision.hold.is_some());
        held.filter(|decision| changed.contains(&decision.child.force))
            .map(|decision| decision.child.id)
            .collect()
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
