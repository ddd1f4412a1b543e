//! Each child by itself, whatever the household.

use super::compared::Compared;
use super::event::Event;
use super::posterior::Posterior;
use crate::population::Population;

/// Weights of single children and the size of the register.
pub(super) struct Scale {
    pub households: f64,
    /// For each child, the weight of being each candidate regardless of the household, by rising number.
    weights: Vec<Vec<(u32, f64)>>,
}

/// Children of the register for each household: about what censuses find.
const PER_HOUSEHOLD: f64 = 1.8;

impl Scale {
    pub fn new(event: &Event, population: &Population) -> Self {
        let total = (population.len() as f64).max(1.0);
        let weights =
            |compared: &Compared| compared.0.iter().map(|pair| (pair.number, pair.weight / total)).collect();
        Self {
            weights: event.compared.iter().map(weights).collect(),
            households: (total / PER_HOUSEHOLD).max(1.0),
        }
    }

    /// The weight of a child being any candidate but those of a household.
    pub fn alone(&self, child: usize, but: &[u32]) -> f64 {
        self.weights[child].iter().filter(|(number, _)| !but.contains(number)).map(|(_, weight)| weight).sum()
    }

    /// Candidates of a child that fit another child of the event better: nobody is two children.
    pub fn fitter_elsewhere(&self, child: usize) -> Vec<u32> {
        let of = |weights: &[(u32, f64)], number| {
            weights.binary_search_by_key(&number, |(number, _)| *number).map_or(0.0, |place| weights[place].1)
        };
        let is_fitter = |number: u32, weight: f64| {
            let others = self.weights.iter().enumerate().filter(|(other, _)| *other != child);
            others
                .map(|(other, weights)| (of(weights, number), child.cmp(&other)))
                .any(|(theirs, order)| theirs > weight || (theirs >= weight && order.is_gt()))
        };
        self.weights[child]
            .iter()
            .filter(|(number, weight)| is_fitter(*number, *weight))
            .map(|(n, _)| *n)
            .collect()
    }

    /// Divides a weight among all candidates of a child, but those of a household, by their own weights.
    pub fn spread(&self, child: usize, weight: f64, but: &[u32], posterior: &mut Posterior) {
        let alone = self.alone(child, but);
        if weight <= 0.0 || alone <= 0.0 {
            return;
        }
        for (number, own) in self.weights[child].iter().filter(|(number, _)| !but.contains(number)) {
            posterior.add(child, *number, weight * own / alone);
        }
    }
}
