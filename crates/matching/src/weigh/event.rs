//! The children of one event, answered together.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::compared::{Compared, NEGLIGIBLE};
use super::household::{Household, MOST};
use super::parameters::Parameters;
use super::posterior::Posterior;
use super::scale::{PER_HOUSEHOLD, Scale, sum};
use super::sibling::{known_names, sibling};
use crate::person::Sought;
use crate::population::{Number, Population, Query, Reach, Written, home_of};

/// What is answered for one child.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The best candidates, best first, five at most.
    pub candidates: Vec<Candidate>,
    /// Probability that the child is none of the register.
    pub none: f64,
    /// Probability that it is one of the register who is not among the candidates.
    pub others: f64,
}

/// A child of the register that the child looked for may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Who.
    pub number: Number,
    /// Natural logarithm of the odds that it is this child, over every other candidate and none.
    pub score: f64,
    /// Probability that it is this child.
    pub probability: f64,
}

/// Answers the children of one event together: distinct children, in one household as far as they seem to be.
pub fn answer(children: &[Sought], population: &Population, parameters: &Parameters) -> Vec<Answer> {
    let (distinct, places) = distinct(children);
    let event = Event::gather(&distinct, population, parameters);
    let answers = answers(&event, population, parameters);
    places.into_iter().map(|place| answers[place].clone()).collect()
}

/// The children of an event, one that is written twice alike once, and where each stands among them.
pub(super) fn distinct(children: &[Sought]) -> (Vec<Sought>, Vec<usize>) {
    let mut distinct: Vec<Sought> = Vec::with_capacity(children.len());
    let mut place = |child: &Sought| {
        distinct.iter().position(|other| other == child).unwrap_or_else(|| {
            distinct.push(child.clone());
            distinct.len() - 1
        })
    };
    let places = children.iter().map(&mut place).collect();
    (distinct, places)
}

pub(super) fn answers(event: &Event, population: &Population, parameters: &Parameters) -> Vec<Answer> {
    let posterior = event.posterior(population, parameters);
    (0..event.queries.len()).map(|child| posterior.answer(child, event)).collect()
}

/// Households that are weighed for one event.
const HOUSEHOLDS: usize = 12;

/// The children of an event with everything they were held against.
pub(super) struct Event {
    pub queries: Vec<Query>,
    /// For each child, the children of the register it was compared with, by their numbers.
    pub compared: Vec<Compared>,
    /// Households that some child of the event may live in.
    pub households: Vec<Vec<u32>>,
    /// Whether all are at one address, which then counts once.
    pub one_address: bool,
}

impl Event {
    pub fn gather(children: &[Sought], population: &Population, parameters: &Parameters) -> Self {
        let queries: Vec<Query> = children.iter().map(|child| Query::new(child, population)).collect();
        let first = children.first().map(|child| (&child.address, &child.postcode));
        let one_address = children.iter().all(|child| Some((&child.address, &child.postcode)) == first);
        let mut event = Self { compared: Vec::new(), households: Vec::new(), one_address, queries };
        let mut found = Vec::new();
        for query in &event.queries {
            let mut compared = Compared::default();
            let strong = STRONG * population.len() as f64;
            for reach in [Reach::Near, Reach::Far, Reach::Farthest] {
                population.search(query, reach, &mut found);
                if compared.add(&found, query, population, parameters) > strong || compared.has_namesake() {
                    break;
                }
            }
            compared.prune();
            event.compared.push(compared);
        }
        event.find_households(population, parameters);
        event
    }

    /// The most likely households, and every child of the event held against all who live there.
    fn find_households(&mut self, population: &Population, parameters: &Parameters) {
        let mut best: HashMap<u64, (f64, u32), FxBuildHasher> = HashMap::default();
        for compared in &self.compared {
            for pair in &compared.0 {
                let home = best.entry(home_of(population, pair.writing)).or_insert((0.0, pair.writing));
                home.0 += pair.weight;
            }
        }
        let mut best: Vec<(f64, u32)> = best.into_values().collect();
        best.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let least = best.first().map_or(0.0, |best| best.0 * NEGLIGIBLE);
        best.truncate(HOUSEHOLDS);
        let mut members = Vec::new();
        for (_, writing) in best.into_iter().filter(|(weight, _)| *weight >= least) {
            let number = population.child_of(writing);
            if self.households.iter().any(|known| known.contains(&number)) {
                continue;
            }
            population.household(writing, &mut members);
            for (query, compared) in self.queries.iter().zip(&mut self.compared) {
                compared.add(&members, query, population, parameters);
            }
            members.iter_mut().for_each(|member| *member = population.child_of(*member));
            members.dedup();
            self.households.push(self.fittest(&members, parameters));
        }
    }

    fn fittest(&self, members: &[u32], parameters: &Parameters) -> Vec<u32> {
        let mut members = members.to_vec();
        if members.len() > MOST {
            let fit = |member: &u32| -> f64 {
                self.compared.iter().map(|compared| compared.get(*member).person(parameters)).sum()
            };
            members.sort_by(|a, b| fit(b).total_cmp(&fit(a)));
            members.truncate(MOST);
        }
        members
    }

    /// Weighs all comparisons anew with other parameters.
    pub fn weigh(&mut self, parameters: &Parameters) {
        self.compared.iter_mut().for_each(|compared| compared.weigh(parameters));
    }

    /// The probability of every outcome, with the parameters of the last weighing.
    pub fn posterior(&self, population: &Population, parameters: &Parameters) -> Posterior {
        let scale = Scale::new(self, population, parameters);
        let mut posterior = Posterior::new(self);
        for members in &self.households {
            let written = self.written(members, population);
            let household = self.household(members, written, &scale, parameters);
            let shares = household.shares();
            for (child, (fits, none)) in shares.fits.iter().zip(&shares.none).enumerate() {
                for (member, weight) in members.iter().zip(fits) {
                    posterior.add(child, *member, *weight);
                }
                let outside = scale.outside(child, members, written);
                let part = sum(outside.clone()) / household.none[child].max(f64::MIN_POSITIVE);
                posterior.none[child] += none * (1.0 - part);
                Scale::spread(child, none * part, outside, &mut posterior);
            }
            let of_first = shares.fits.first().map_or(0.0, |fits| fits.iter().sum());
            posterior.households.push(shares.none.first().copied().unwrap_or_default() + of_first);
        }
        self.no_household(&scale, parameters, &mut posterior);
        posterior
    }

    /// The family has nobody on the register: its children are not, or stand there each by themselves.
    fn no_household(&self, scale: &Scale, parameters: &Parameters, posterior: &mut Posterior) {
        let elsewhere = parameters.prior.elsewhere;
        let alone: Vec<f64> = (0..self.queries.len()).map(|child| sum(scale.alone(child))).collect();
        let weights: Vec<f64> = alone.iter().map(|alone| (1.0 - elsewhere) + elsewhere * alone).collect();
        let total = (1.0 - parameters.prior.registered_family) * weights.iter().product::<f64>();
        for (child, weight) in weights.iter().enumerate() {
            let part = elsewhere * alone[child] / weight;
            posterior.none[child] += total * (1.0 - part);
            Scale::spread(child, total * part, scale.alone(child), posterior);
        }
        posterior.no_household = total;
    }

    /// What the register has of a household's address.
    fn written(&self, members: &[u32], population: &Population) -> Written {
        let first = members.first().map(|first| self.compared[0].pair(*first).writing);
        first.map_or(Written::Nothing, |writing| population.record_at(writing).written())
    }

    fn household(
        &self,
        members: &[u32],
        written: Written,
        scale: &Scale,
        parameters: &Parameters,
    ) -> Household {
        let prior = &parameters.prior;
        // Who has no address on the register stands there alone, and is one of a family.
        let family = if written == Written::Nothing { PER_HOUSEHOLD } else { members.len() as f64 };
        let each = prior.registered_child() / family;
        let address = self.compared.first().filter(|_| self.one_address).and_then(|compared| {
            let weights = members.iter().map(|member| compared.get(*member).home(parameters));
            weights.max_by(f64::total_cmp)
        });
        let mut household = Household {
            weight: prior.registered_family / scale.households * address.unwrap_or(1.0),
            fits: Vec::new(),
            none: Vec::new(),
        };
        for (child, compared) in self.compared.iter().enumerate() {
            let is_told = self.is_told(child);
            let home =
                |member: &u32| if self.one_address { 1.0 } else { compared.get(*member).home(parameters) };
            let fits = members.iter().map(|member| {
                let comparison = compared.get(*member);
                let names =
                    if is_told { known_names(comparison, parameters) } else { comparison.names(parameters) };
                each * names
                    * comparison.birth(parameters)
                    * comparison.sex(parameters)
                    * comparison.identifiers()
                    * home(member)
            });
            household.fits.push(fits.collect());
            let sibling = sibling(members.iter().map(|member| compared.get(*member)), is_told, parameters);
            let home = members.iter().map(home).fold(0.0, f64::max);
            household.none.push(
                prior.unregistered_child * sibling * home + sum(scale.outside(child, members, written)),
            );
        }
        household
    }

    /// Whether the family name has been counted for a child before: brothers and sisters mostly share it.
    fn is_told(&self, child: usize) -> bool {
        let name = &self.queries[child].family.joined;
        self.queries[..child].iter().any(|other| other.family.joined == *name)
    }
}

/// Odds, against one child of the register drawn at random, over which a search need go no further.
const STRONG: f64 = 1e5;
