//! The children of the register that one child was held against.

use super::compare::Comparison;
use super::parameters::Parameters;
use crate::population::{Population, Query};

/// A household this much less likely than the best is not looked at.
pub(super) const NEGLIGIBLE: f64 = 1e-12;

/// Children of the register that one child was held against, by number, each in the writing that fits best.
#[derive(Default)]
pub(super) struct Compared(pub Vec<Pair>);

/// One of them.
pub(super) struct Pair {
    pub number: u32,
    /// The number of the writing.
    pub writing: u32,
    /// The weight of all fields with the parameters of the last weighing.
    pub weight: f64,
    pub comparison: Comparison,
}

impl Compared {
    /// Compares those that were not yet, and says how well the best of all fits. The numbers of writings rise.
    pub fn add(
        &mut self,
        writings: &[u32],
        query: &Query,
        population: &Population,
        parameters: &Parameters,
    ) -> f64 {
        let known = self.0.len();
        for writing in writings {
            let number = population.child_of(*writing);
            let place = self.place(number, known);
            if place.is_some() && population.writings(number).len() == 1 {
                continue;
            }
            let comparison = Comparison::new(query, *writing, population, &parameters.near);
            let pair = Pair { number, writing: *writing, weight: comparison.whole(parameters), comparison };
            match place {
                Some(place) if self.0[place].weight >= pair.weight => {}
                Some(place) => self.0[place] = pair,
                None => self.0.push(pair),
            }
        }
        if known < self.0.len() {
            self.0.sort_unstable_by_key(|pair| pair.number);
        }
        self.best()
    }

    /// Where a child stands: among those known, in their order, or as the last of the others.
    fn place(&self, number: u32, known: usize) -> Option<usize> {
        let (before, new) = self.0.split_at(known);
        let is_last = new.last().is_some_and(|pair| pair.number == number);
        let last = || is_last.then(|| self.0.len() - 1);
        before.binary_search_by_key(&number, |pair| pair.number).ok().or_else(last)
    }

    /// Whether somebody has the very names and birth date: nobody whom a wider search finds would fit better.
    pub fn has_namesake(&self) -> bool {
        self.0.iter().any(|pair| pair.comparison.is_namesake())
    }

    /// How well the best of all fits.
    pub fn best(&self) -> f64 {
        self.0.iter().map(|pair| pair.weight).fold(0.0, f64::max)
    }

    /// Forgets those whose weight beside the best is nothing.
    pub fn prune(&mut self) {
        let least = self.best() * NEGLIGIBLE;
        self.0.retain(|pair| pair.weight >= least);
    }

    /// Weighs all anew with other parameters.
    pub fn weigh(&mut self, parameters: &Parameters) {
        self.0.iter_mut().for_each(|pair| pair.weight = pair.comparison.whole(parameters));
    }

    /// A comparison that was made.
    pub fn get(&self, number: u32) -> &Comparison {
        &self.pair(number).comparison
    }

    /// A child that was compared.
    pub fn pair(&self, number: u32) -> &Pair {
        let place = self.0.binary_search_by_key(&number, |pair| pair.number);
        &self.0[place.expect("every member of a household was compared")]
    }
}
