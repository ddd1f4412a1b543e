//! What a person's word about the candidates shows of their scores: decided cases, a register each.

use encompass_core::id::{ChildId, EntryId};
use encompass_matching::{Evidence, Weighed};
use encompass_store::matched::{Case, Origin};
use encompass_store::resolve::Said;

use super::evidence::score;

/// A case for each register whose best candidate has a score and was shown; none where the person said nothing.
/// A register of which no entry was ticked counts as one that the child is not on: the page says so.
pub(crate) fn cases(
    evidence: &Evidence,
    shown: &[&Weighed],
    said: &Said,
    origin: Origin,
    (force, child): (&str, ChildId),
) -> Vec<Case> {
    if *said == Said::Nothing {
        return Vec::new();
    }
    let ticked: Vec<EntryId> = said.entries().collect();
    let case = |searched: &encompass_matching::Searched| {
        let best = best(evidence, searched.register)?;
        let of_register = |one: &&&Weighed| one.register == searched.register;
        shown.iter().find(|one| one.entry == best.entry)?;
        let right = shown.iter().filter(of_register).find(|one| ticked.contains(&one.entry));
        Some(Case {
            force: force.to_owned(),
            register: searched.register,
            id: child.bytes(),
            origin,
            score: score(best),
            is_right: ticked.contains(&best.entry),
            right: right.map(|one| one.entry),
            parameters: searched.parameters.clone(),
        })
    };
    evidence.searched.iter().filter_map(case).collect()
}

/// The candidate of a register with the highest score, of those that have one.
pub(crate) fn best(evidence: &Evidence, register: encompass_core::id::RegisterId) -> Option<&Weighed> {
    let scored = evidence.candidates.iter().filter(|one| one.register == register && one.scored.is_some());
    scored.max_by(|a, b| score(a).total_cmp(&score(b)))
}
