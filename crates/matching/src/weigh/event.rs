//! The children of one event, answered together.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::compare::Comparison;
use super::household::{Household, MOST};
use super::parameters::Parameters;
use crate::alike::{Birth, Family, Given};
use crate::person::Sought;
use crate::population::{Number, Population, Query, Reach, home_of};

/// What is answered for one child.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The best candidates, best first, five at most.
    pub candidates: Vec<Candidate>,
    /// Probability that the child is none of the register.
    pub none: f64,
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

/// Candidates that are given to a person.
const SHOWN: usize = 5;
/// Households that are weighed for one event.
const HOUSEHOLDS: usize = 24;

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
            population.search(query, Reach::Near, &mut found);
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
                let home = best.entry(home_of(population, pair.number)).or_insert((0.0, pair.number));
                home.0 += pair.weight;
            }
        }
        let mut best: Vec<(f64, u32)> = best.into_values().collect();
        best.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let least = best.first().map_or(0.0, |best| best.0 * NEGLIGIBLE);
        best.truncate(HOUSEHOLDS);
        let mut members = Vec::new();
        for (_, number) in best.into_iter().filter(|(weight, _)| *weight >= least) {
            if self.households.iter().any(|known| known.contains(&number)) {
                continue;
            }
            population.household(number, &mut members);
            for (query, compared) in self.queries.iter().zip(&mut self.compared) {
                compared.add(&members, query, population, parameters);
            }
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
        let scale = Scale::new(self, population);
        let mut posterior = Posterior::new(self);
        for members in &self.households {
            let household = self.household(members, &scale, parameters);
            let shares = household.shares();
            for (child, (fits, none)) in shares.fits.iter().zip(&shares.none).enumerate() {
                for (member, weight) in members.iter().zip(fits) {
                    posterior.add(child, *member, *weight);
                }
                let elsewhere = parameters.prior.elsewhere * scale.alone(child, members);
                let part = if household.none[child] > 0.0 { elsewhere / household.none[child] } else { 0.0 };
                posterior.none[child] += none * (1.0 - part);
                scale.spread(child, none * part, members, &mut posterior);
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
        let children = 0..self.queries.len();
        let taken: Vec<Vec<u32>> = children.clone().map(|child| scale.fitter_elsewhere(child)).collect();
        let alone: Vec<f64> = children.map(|child| scale.alone(child, &taken[child])).collect();
        let weights: Vec<f64> = alone.iter().map(|alone| (1.0 - elsewhere) + elsewhere * alone).collect();
        let total = (1.0 - parameters.prior.registered_family) * weights.iter().product::<f64>();
        for (child, weight) in weights.iter().enumerate() {
            let part = elsewhere * alone[child] / weight;
            posterior.none[child] += total * (1.0 - part);
            scale.spread(child, total * part, &taken[child], posterior);
        }
        posterior.no_household = total;
    }

    fn household(&self, members: &[u32], scale: &Scale, parameters: &Parameters) -> Household {
        let prior = &parameters.prior;
        let each = (1.0 - prior.unregistered_child - prior.elsewhere).max(0.01) / members.len() as f64;
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
                prior.unregistered_child * sibling * home + prior.elsewhere * scale.alone(child, members),
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

/// A household this much less likely than the best is not looked at.
const NEGLIGIBLE: f64 = 1e-12;

/// Children of the register that one child was held against, by number.
#[derive(Default)]
pub(super) struct Compared(Vec<Pair>);

/// One of them.
pub(super) struct Pair {
    pub number: u32,
    /// The weight of all fields with the parameters of the last weighing.
    pub weight: f64,
    pub comparison: Comparison,
}

impl Compared {
    /// Compares those that were not yet, and says how well the best of all fits. `numbers` rise.
    fn add(
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
    fn has_namesake(&self) -> bool {
        self.0.iter().any(|pair| pair.comparison.is_namesake())
    }

    fn best(&self) -> f64 {
        self.0.iter().map(|pair| pair.weight).fold(0.0, f64::max)
    }

    /// Forgets those whose weight beside the best is nothing.
    fn prune(&mut self) {
        let least = self.best() * NEGLIGIBLE;
        self.0.retain(|pair| pair.weight >= least);
    }

    /// Weighs all anew with other parameters.
    fn weigh(&mut self, parameters: &Parameters) {
        self.0.iter_mut().for_each(|pair| pair.weight = pair.comparison.whole(parameters));
    }

    /// A comparison that was made.
    pub fn get(&self, number: u32) -> &Comparison {
        let place = self.0.binary_search_by_key(&number, |pair| pair.number);
        &self.0[place.expect("every member of a household was compared")].comparison
    }
}

/// Names of a child whose family name has been counted for a brother or sister.
fn known_names(comparison: &Comparison, parameters: &Parameters) -> f64 {
    let family = if comparison.family.level == Family::Different { 0.15 } else { 1.0 };
    let plain = (1.0 - parameters.exchanged) * comparison.given(parameters) * family;
    plain + comparison.exchanged(parameters)
}

/// How well a child fits as a brother or sister, not on the register, of those who live there.
fn sibling<'a>(
    members: impl Iterator<Item = &'a Comparison> + Clone,
    is_told: bool,
    parameters: &Parameters,
) -> f64 {
    let family = members.clone().map(|member| match (is_told, member.family.level) {
        (true, Family::Different) => 0.15,
        (true, _) => 1.0,
        (false, _) => {
            let exchanged = member.exchanged.map_or(0.0, |(_, family)| {
                parameters.exchanged * parameters.family.get(family.level) / f64::from(family.chance)
            });
            0.9 * member.family(parameters) + 0.1 + exchanged
        }
    });
    let birth = members.clone().map(|member| sibling_birth(member, parameters));
    let is_named = members
        .clone()
        .any(|member| matches!(member.given.level, Given::Exact | Given::Full | Given::Preferred));
    // Nobody calls two children the same.
    let given = if is_named { 0.1 } else { 1.0 };
    family.fold(0.0, f64::max) * combine(birth) * given
}

/// The birth date against that of a brother or sister: the same day for twins, else most of a year apart.
fn sibling_birth(member: &Comparison, parameters: &Parameters) -> f64 {
    let twin = parameters.prior.twin;
    match (member.birth.level, member.days_apart) {
        (Birth::Exact | Birth::JanuaryExact, _) => twin * member.birth(parameters) + 0.05,
        (_, Some(days)) if days < 260 => twin * member.birth(parameters) + 0.1,
        (_, Some(_)) => 1.2,
        (Birth::Month, None) => twin * member.birth(parameters) + 0.2,
        _ => 1.0,
    }
}

/// A twin of one is a twin whatever the others are; otherwise the date has to go with all of them.
fn combine(births: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = births.clone().fold(0.0, f64::max);
    if most > 1.2 { most } else { births.fold(f64::INFINITY, f64::min) }
}

/// Weights of single children and the size of the register.
struct Scale {
    households: f64,
    /// For each child, the weight of being each candidate regardless of the household, by rising number.
    weights: Vec<Vec<(u32, f64)>>,
}

/// Children of the register for each household: about what censuses find.
const PER_HOUSEHOLD: f64 = 1.8;

impl Scale {
    fn new(event: &Event, population: &Population) -> Self {
        let total = (population.len() as f64).max(1.0);
        let weights =
            |compared: &Compared| compared.0.iter().map(|pair| (pair.number, pair.weight / total)).collect();
        Self {
            weights: event.compared.iter().map(weights).collect(),
            households: (total / PER_HOUSEHOLD).max(1.0),
        }
    }

    /// The weight of a child being any candidate but those of a household.
    fn alone(&self, child: usize, but: &[u32]) -> f64 {
        self.weights[child].iter().filter(|(number, _)| !but.contains(number)).map(|(_, weight)| weight).sum()
    }

    /// Candidates of a child that fit another child of the event better: nobody is two children.
    fn fitter_elsewhere(&self, child: usize) -> Vec<u32> {
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
    fn spread(&self, child: usize, weight: f64, but: &[u32], posterior: &mut Posterior) {
        let alone = self.alone(child, but);
        if weight <= 0.0 || alone <= 0.0 {
            return;
        }
        for (number, own) in self.weights[child].iter().filter(|(number, _)| !but.contains(number)) {
            posterior.add(child, *number, weight * own / alone);
        }
    }
}

/// Weights of all outcomes, not divided by their sum.
pub(super) struct Posterior {
    pub children: Vec<HashMap<u32, f64, FxBuildHasher>>,
    pub none: Vec<f64>,
    pub households: Vec<f64>,
    pub no_household: f64,
}

impl Posterior {
    fn new(event: &Event) -> Self {
        let count = event.queries.len();
        Self {
            children: vec![HashMap::default(); count],
            none: vec![0.0; count],
            households: Vec::new(),
            no_household: 0.0,
        }
    }

    fn add(&mut self, child: usize, number: u32, weight: f64) {
        *self.children[child].entry(number).or_insert(0.0) += weight;
    }

    fn answer(&self, child: usize, event: &Event) -> Answer {
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
            let odds = (weight / (others + smaller + self.none[child])).ln();
            let is_named = event.compared[child].get(*number).has_forename();
            let score = if is_named { odds } else { odds.min(UNNAMED) };
            Candidate { number: Number(*number), score, probability: weight / total }
        });
        Answer { candidates: candidates.collect(), none: self.none[child] / total }
    }
}

/// Without a first name that agrees no candidate scores higher, whatever else agrees: it may be a twin.
const UNNAMED: f64 = 0.0;
