//! Cases that the force decided before this service: children as officers wrote them, and who they were.

use std::collections::HashSet;

use crate::county::County;
use crate::names::misspelt;
use crate::people::{Child, Household};
use crate::random::Random;

/// The registers, by their places in [`County::sources`], on which the force decided cases before: those of the two
/// councils' schools. On the others nothing but exact agreement with the officer's setting or a number is sent at first.
pub const DECIDED_ON: [usize; 2] = [0, 1];

/// A child as an officer wrote it, and who it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Decided {
    /// Which of the cases; children of one household named together share it.
    pub event: usize,
    /// As written.
    pub given: String,
    /// As written.
    pub family: String,
    /// As far as it was known: `YYYY-MM-DD`, `YYYY-MM` or empty.
    pub birth_date: String,
    /// True for a girl.
    pub female: bool,
    /// As written; empty where it was not known.
    pub postcode: String,
    /// As written; empty where it was not known.
    pub address: String,
    /// The child in [`County::children`].
    pub child: usize,
}

impl std::fmt::Debug for Decided {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decided")
            .field("event", &self.event)
            .field("child", &self.child)
            .finish_non_exhaustive()
    }
}

/// Decided cases of at least so many children, household by household: those of whom some child is on the register of
/// the source with that place in [`County::sources`]. Three in four are written as they are recorded.
#[must_use]
pub fn history(county: &County, source: usize, children: usize, seed: u64) -> Vec<Decided> {
    let mut random = Random::keyed(seed, "history");
    let listed = on_register(county, source);
    let is_listed = |household: &&Household| household.children.iter().any(|child| listed.contains(child));
    let households: Vec<&Household> = county.households.iter().filter(is_listed).collect();
    let mut decided = Vec::with_capacity(children);
    let mut event = 0;
    while decided.len() < children && !households.is_empty() {
        let household = households[random.below(households.len())];
        for &child in &household.children {
            decided.push(written(&mut random, event, &county.children[child], household));
        }
        event += 1;
    }
    decided
}

/// The children on a register, as far as it takes them: those without a birth date there are set aside.
pub(crate) fn on_register(county: &County, source: usize) -> HashSet<usize> {
    let entries = county.entries.iter().filter(|entry| entry.source == source);
    entries.map(|entry| entry.child).filter(|child| county.children[*child].dated).collect()
}

fn written(random: &mut Random, event: usize, child: &Child, household: &Household) -> Decided {
    let mut decided = Decided {
        event,
        given: child.given.clone(),
        family: child.family.clone(),
        birth_date: child.birth_date.to_string(),
        female: child.female,
        postcode: household.home.postcode.clone(),
        address: household.home.line.clone(),
        child: child.index,
    };
    match random.below(20) {
        0 | 1 => decided.given = misspelt(random, &child.given),
        2 => decided.family = misspelt(random, &child.family),
        3 => decided.birth_date.truncate("2020-01".len()),
        4 => decided.postcode.clear(),
        _ => {}
    }
    decided
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::Size;

    #[test]
    fn one_seed_gives_one_history_of_families_that_the_register_knows() {
        let county = County::generate(3, Size::default(), date(2026, 4, 27));
        let cases = history(&county, 0, 500, 3);
        assert_eq!(cases, history(&county, 0, 500, 3));
        assert_ne!(cases, history(&county, 0, 500, 4));
        let listed = on_register(&county, 0);
        let on = cases.iter().filter(|case| listed.contains(&case.child)).count();
        assert!(
            (250..cases.len()).contains(&on),
            "most are on it, and some of their brothers and sisters are not: {on}"
        );
        let as_recorded = cases.iter().filter(|case| case.given == county.children[case.child].given).count();
        assert!(as_recorded < cases.len() && as_recorded > cases.len() / 2);
    }
}
