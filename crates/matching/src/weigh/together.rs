//! Which children of an event may be brothers and sisters.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::compared::{Compared, Pair};
use crate::population::{Population, Query, home_of};

/// More children than this are no family; what lists of them say is weighed in parts.
const MOST: usize = 30;
/// A home that fits a child so much worse than the best says nothing of who its family is.
const LEAST: f64 = 1e-3;

/// Odds against everybody else of the register from which a child is somebody without its family's help.
const CLEAR: f64 = 100.0;

/// The children of an event in families: who shares the sound of a family name, an address as typed, or a likely home on
/// the register. Where this leaves several of whom one at most has a child that is clear by itself, they are one: police
/// name brothers and sisters together, and who is hard to find is hard to link. Else what is known of one family says
/// nothing of the other.
pub(super) fn together(queries: &[Query], compared: &[Compared], population: &Population) -> Vec<Vec<usize>> {
    let mut families = Families((0..queries.len()).collect());
    if queries.len() > 1 {
        families.join(queries, |query| query.family_sounds());
        families.join(queries, |query| query.typed_home().into_iter().collect());
        families.join(compared, |compared| homes(compared, population));
        let is_clear = |child: usize| compared[child].best() > CLEAR * population.len() as f64;
        let clear = (0..queries.len()).filter(|child| is_clear(*child)).map(|child| families.first(child));
        if clear.collect::<BTreeSet<usize>>().len() < 2 {
            families.0.fill(0);
        }
    }
    families.listed()
}

fn homes(compared: &Compared, population: &Population) -> Vec<u64> {
    let least = compared.best() * LEAST;
    let likely = compared.0.iter().filter(|pair: &&Pair| pair.weight >= least);
    likely.map(|pair| home_of(population, pair.writing)).collect()
}

/// For each child another of its family, itself for the first.
struct Families(Vec<usize>);

impl Families {
    /// Makes one family of all children that have a sign in common.
    fn join<T, S: Hash + Eq>(&mut self, children: &[T], signs: impl Fn(&T) -> Vec<S>) {
        let mut seen = HashMap::new();
        for (child, one) in children.iter().enumerate() {
            for sign in signs(one) {
                let other = *seen.entry(sign).or_insert(child);
                let (first, second) = (self.first(child), self.first(other));
                self.0[first.max(second)] = first.min(second);
            }
        }
    }

    fn first(&self, mut child: usize) -> usize {
        while self.0[child] != child {
            child = self.0[child];
        }
        child
    }

    fn listed(&self) -> Vec<Vec<usize>> {
        let mut listed: Vec<Vec<usize>> = vec![Vec::new(); self.0.len()];
        (0..self.0.len()).for_each(|child| listed[self.first(child)].push(child));
        let whole = listed.iter().filter(|family| !family.is_empty());
        whole.flat_map(|family| family.chunks(MOST).map(<[usize]>::to_vec)).collect()
    }
}
