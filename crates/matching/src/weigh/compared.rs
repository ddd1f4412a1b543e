//! The children of the register that one child was held against.

use super::compare::Comparison;
use super::parameters::Parameters;
use crate::population::{Population, Query};

/// A household this much less likely than the best is not looked at.
pub(super) const NEGLIGIBLE: f64 = 1e-12;

/// Children of the register that one child was held against, by number.
#[derive(Default)]
pub(super) struct Compared(pub Vec<Pair>);

/// One of them.
pub(super) struct Pair {
    pub number: u32,
    /// The weight of all fields with the parameters of the last weighing.
    pub weight: f64,
    pub comparison: Comparison,
}

impl Compared {
    /// Compares those that were not yet, and says how well the best of all fits. `numbers` rise.
    pub fn add(
        &mut self,
        numbers: &[u32],
        query: &Query,
        population: &Population,
        parameters: &Parameters,
    ) -> f64 {
        let known = self.0.len();
        for number in numbers {
            if self.0[..known].binary_search_by_key(number, |pair| pair.number).is_err() {
                let comparison = Comparison::new(query, *number, population, &parameters.near);
                self.0.push(Pair { number: *number, weight: comparison.whole(parameters), comparison });
            }
        }
        if known < self.0.len() {
            self.0.sort_unstable_by_key(|pair| pair.number);
        }
        self.best()
    }

    /// Whether somebody has the very names and birth date: nobody whom a wider search finds would fit better.
    pub fn has_namesake(&self) -> bool {
        self.0.iter().any(|pair| pair.comparison.is_namesake())
    }

    fn best(&self) -> f64 {
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
        let place = self.0.binary_search_by_key(&number, |pair| pair.number);
        &self.0[place.expect("every member of a household was compared")].comparison
    }
}
