//! Each child by itself, whatever the household.

use super::compared::{Compared, Pair};
use super::event::Event;
use super::family::Family;
use super::parameters::{Parameters, Prior};
use crate::population::{Population, Written};

/// Weights of single children and the size of the register.
pub(super) struct Scale {
    pub households: f64,
    /// For each child, the weight of being each candidate regardless of the household, by rising number.
    weights: Vec<Vec<(u32, f64)>>,
    /// The same with the address counted for each child.
    fits: Vec<Vec<(u32, f64)>>,
    /// What the register has of each candidate's address.
    written: Vec<Vec<Written>>,
    /// For each child, candidates that fit another child of the event better: nobody is two children.
    taken: Vec<Vec<u32>>,
    /// What everything that is weighed for a child is multiplied by.
    of: Vec<f64>,
    prior: Prior,
}

/// Children of the register for each household: about what censuses find.
pub(super) const PER_HOUSEHOLD: f64 = 1.8;

impl Scale {
    pub fn new(event: &Event, family: &Family, population: &Population, parameters: &Parameters) -> Self {
        let total = (population.len() as f64).max(1.0);
        let whole = |compared: &Compared| -> Vec<(u32, f64)> {
            compared.0.iter().map(|pair| (pair.number, pair.weight / total)).collect()
        };
        // The family's one address is told by its first child: for the others it is no news.
        let later = |compared: &Compared| -> Vec<(u32, f64)> {
            let known = |pair: &Pair| pair.weight / pair.comparison.home(parameters).max(1.0);
            compared.0.iter().map(|pair| (pair.number, known(pair) / total)).collect()
        };
        let written = |compared: &Compared| -> Vec<Written> {
            compared.0.iter().map(|pair| population.record_at(pair.writing).written()).collect()
        };
        let compared = || family.children.iter().map(|child| &event.compared[*child]);
        let weights = compared().enumerate().map(|(place, compared)| match place {
            0 => whole(compared),
            _ if family.one_address => later(compared),
            _ => whole(compared),
        });
        let mut scale = Self {
            weights: weights.collect(),
            fits: compared().map(whole).collect(),
            written: compared().map(written).collect(),
            taken: Vec::new(),
            of: vec![1.0; family.children.len()],
            households: (total / PER_HOUSEHOLD).max(1.0),
            prior: parameters.prior,
        };
        scale.taken = (0..scale.of.len()).map(|place| scale.fitter_elsewhere(place)).collect();
        (0..scale.of.len()).for_each(|place| scale.even(place));
        scale
    }

    /// What everything that is weighed for a child is multiplied by.
    pub fn of(&self, place: usize) -> f64 {
        self.of[place]
    }

    /// Scales a child's weights so that it weighs 1 where its family has nobody on the register: the weights of many
    /// children are multiplied with each other, and stay numbers.
    fn even(&mut self, place: usize) {
        let elsewhere = self.prior.elsewhere;
        let of = 1.0 / ((1.0 - elsewhere) + elsewhere * sum(self.alone(place)));
        self.of[place] = of;
        for weights in [&mut self.weights[place], &mut self.fits[place]] {
            weights.iter_mut().for_each(|(_, weight)| *weight *= of);
        }
    }

    /// The weights of a child being each candidate of nobody's household.
    pub fn alone(&self, child: usize) -> impl Iterator<Item = (u32, f64)> + Clone {
        let taken = &self.taken[child];
        self.weights[child].iter().filter(|(number, _)| !taken.contains(number)).copied()
    }

    /// The weights of a child being each candidate outside a household of which the register has that much of an address:
    /// one who lives elsewhere, or one who lives there and can't be told by the address, for the register writes it
    /// otherwise or not at all.
    pub fn outside(
        &self,
        child: usize,
        members: &[u32],
        written: Written,
    ) -> impl Iterator<Item = (u32, f64)> + Clone {
        let Prior { elsewhere, .. } = self.prior;
        let each = self.weights[child].iter().zip(&self.fits[child]).zip(&self.written[child]);
        each.filter(|((own, _), _)| !members.contains(&own.0)).map(move |((own, fit), theirs)| {
            let is_astray =
                (*theirs == Written::Nothing || *theirs != written) && !self.taken[child].contains(&own.0);
            let astray = if is_astray { self.prior.registered_child() * fit.1 } else { 0.0 };
            (own.0, elsewhere * own.1 + astray)
        })
    }

    /// Candidates of a child that fit another child of the event better.
    fn fitter_elsewhere(&self, child: usize) -> Vec<u32> {
        let of = |weights: &[(u32, f64)], number| {
            weights.binary_search_by_key(&number, |(number, _)| *number).map_or(0.0, |place| weights[place].1)
        };
        let is_fitter = |number: u32, weight: f64| {
            let others = self.fits.iter().enumerate().filter(|(other, _)| *other != child);
            others
                .map(|(other, weights)| (of(weights, number), child.cmp(&other)))
                .any(|(theirs, order)| theirs > weight || (theirs >= weight && order.is_gt()))
        };
        self.fits[child]
            .iter()
            .filter(|(number, weight)| is_fitter(*number, *weight))
            .map(|(n, _)| *n)
            .collect()
    }
}

pub(super) fn sum(weights: impl Iterator<Item = (u32, f64)>) -> f64 {
    weights.map(|(_, weight)| weight).sum()
}
