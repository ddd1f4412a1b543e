//! The probability of every outcome of an event.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::event::{Answer, Candidate, Event};
use super::explain::log;
use crate::population::Number;

/// Candidates that are given to a person.
const SHOWN: usize = 5;

/// Weights of all outcomes, not divided by their sum.
pub(super) struct Posterior {
    pub children: Vec<HashMap<u32, f64, FxBuildHasher>>,
    pub none: Vec<f64>,
    pub households: Vec<f64>,
    pub no_household: f64,
}

impl Posterior {
    pub fn new(event: &Event) -> Self {
        let count = event.queries.len();
        Self {
            children: vec![HashMap::default(); count],
            none: vec![0.0; count],
            households: Vec::new(),
            no_household: 0.0,
        }
    }

    pub fn add(&mut self, child: usize, number: u32, weight: f64) {
        *self.children[child].entry(number).or_insert(0.0) += weight;
    }

    pub fn answer(&self, child: usize, event: &Event) -> Answer {
        let mut weights: Vec<(u32, f64)> = self.children[child].iter().map(|(n, w)| (*n, *w)).collect();
        weights.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let smaller: f64 = weights.iter().skip(SHOWN).map(|(_, weight)| weight).sum();
        let total =
            smaller + self.none[child] + weights.iter().take(SHOWN).map(|(_, weight)| weight).sum::<f64>();
        let shown = &weights[..weights.len().min(SHOWN)];
        let candidates = shown.iter().enumerate().map(|(place, (number, weight))| {
            let others: f64 = shown
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place)
                .map(|(_, (_, weight))| weight)
                .sum();
            let odds = log(weight / (others + smaller + self.none[child]));
            let is_named = event.compared[child].get(*number).has_forename();
            let score = if is_named { odds } else { unnamed(odds) };
            Candidate { number: Number(*number), score, probability: weight / total }
        });
        Answer { candidates: candidates.collect(), none: self.none[child] / total, others: smaller / total }
    }
}

/// Without a first name that agrees no candidate scores higher, whatever else agrees: it may be a twin.
const UNNAMED: f64 = -4.0;

/// The score of such a candidate: the likelier of two stays the first.
fn unnamed(odds: f64) -> f64 {
    if odds <= UNNAMED { odds - 1.0 } else { UNNAMED - 1.0 / (1.0 + odds - UNNAMED) }
}

#[cfg(test)]
mod tests {
    use super::unnamed;

    #[test]
    fn without_a_first_name_candidates_keep_their_order_and_stay_low() {
        let odds = [f64::NEG_INFINITY, -30.0, -4.1, -4.0, -3.9, 0.0, 12.0, 40.0, f64::INFINITY];
        let scores = odds.map(unnamed);
        assert!(scores.is_sorted_by(|a, b| a < b), "{scores:?}");
        assert!(scores.iter().all(|score| *score <= -4.0));
    }
}
