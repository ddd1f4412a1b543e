//! The children of one event, answered together.

use super::compared::Compared;
use super::family::Family;
use super::parameters::Parameters;
use super::posterior::Posterior;
use super::together::together;
use crate::person::Sought;
use crate::population::{Number, Population, Query, Reach};

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
    /// Whether a first name speaks for it.
    pub is_named: bool,
}

/// Answers the children of one event together: distinct children, those of a family in one household as far as they seem
/// to be.
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

/// The children of an event with everything they were held against.
pub(super) struct Event {
    pub queries: Vec<Query>,
    /// For each child, the children of the register it was compared with, by their numbers.
    pub compared: Vec<Compared>,
    /// Who of them is weighed together.
    pub families: Vec<Family>,
}

impl Event {
    pub fn gather(children: &[Sought], population: &Population, parameters: &Parameters) -> Self {
        let queries: Vec<Query> = children.iter().map(|child| Query::new(child, population)).collect();
        let mut compared: Vec<Compared> =
            queries.iter().map(|query| look(query, population, parameters)).collect();
        let families = together(&queries, &compared, population)
            .into_iter()
            .map(|family| Family::gather(family, children, &queries, &mut compared, population, parameters));
        let families = families.collect();
        Self { queries, compared, families }
    }

    /// Whether a child's address is news: a family's one address is told by its first child.
    pub fn tells_home(&self, child: usize) -> bool {
        let family = self.families.iter().find(|family| family.children.contains(&child));
        family.is_none_or(|family| !family.one_address || family.children[0] == child)
    }

    /// Weighs all comparisons anew with other parameters.
    pub fn weigh(&mut self, parameters: &Parameters) {
        self.compared.iter_mut().for_each(|compared| compared.weigh(parameters));
    }

    /// The probability of every outcome, with the parameters of the last weighing.
    pub fn posterior(&self, population: &Population, parameters: &Parameters) -> Posterior {
        let mut posterior = Posterior::new(self);
        for family in &self.families {
            family.weigh(self, population, parameters, &mut posterior);
        }
        posterior
    }
}

fn look(query: &Query, population: &Population, parameters: &Parameters) -> Compared {
    let (mut compared, mut found) = (Compared::default(), Vec::new());
    let strong = STRONG * population.len() as f64;
    for reach in [Reach::Near, Reach::Far, Reach::Farthest] {
        population.search(query, reach, &mut found);
        if compared.add(&found, query, population, parameters) > strong || compared.has_namesake() {
            break;
        }
    }
    compared.prune();
    compared
}

/// Odds, against one child of the register drawn at random, over which a search need go no further.
const STRONG: f64 = 1e5;
