//! The probability of every outcome of an event.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::event::{Answer, Candidate, Event};
use super::explain::log;
use super::scale::sum;
use crate::population::Number;

/// Candidates that are given to a person.
const SHOWN: usize = 5;

/// Weights of all outcomes, not divided by their sum.
pub(super) struct Posterior {
    pub children: Vec<HashMap<u32, f64, FxBuildHasher>>,
    pub none: Vec<f64>,
    /// For each family of the event, the probability that some of it are on the register.
    pub registered: Vec<f64>,
}

impl Posterior {
    pub fn new(event: &Event) -> Self {
        let count = event.queries.len();
        Self { children: vec![HashMap::default(); count], none: vec![0.0; count], registered: Vec::new() }
    }

    pub fn add(&mut self, child: usize, number: u32, weight: f64) {
        *self.children[child].entry(number).or_insert(0.0) += weight;
    }

    /// Divides a child's weight among candidates by their own weights.
    pub fn spread(&mut self, child: usize, weight: f64, among: impl Iterator<Item = (u32, f64)> + Clone) {
        let total = sum(among.clone());
        if weight <= 0.0 || total <= 0.0 {
            return;
        }
        for (number, own) in among {
            self.add(child, number, weight * own / total);
        }
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
            let odds = weight / (others + smaller + self.none[child]);
            let is_named = event.compared[child].get(*number).has_forename();
            let score = log(if is_named { odds } else { unnamed(odds) });
            Candidate { number: Number(*number), score, probability: weight / total, is_named }
        });
        Answer { candidates: candidates.collect(), none: self.none[child] / total, others: smaller / total }
    }
}

/// How often somebody else of the household is meant at least, where no first name says who.
const TWIN_AT_LEAST: f64 = 1e-3;

/// The odds of such a candidate: whatever else agrees, it may be a twin.
fn unnamed(odds: f64) -> f64 {
    1.0 / (1.0 / odds + TWIN_AT_LEAST)
}
