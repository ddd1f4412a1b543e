//! Estimating the rates from incidents and a register, without knowing who is who but where people have said so.

use rustc_hash::FxHashMap;

use super::compare::Comparison;
use super::event::Event;
use super::known::{Known, Pin, pins};
use super::near::{LENGTHS, Near, length_class};
use super::parameters::{Parameters, Prior, Source};
use super::posterior::Posterior;
use super::rates::Rates;
use crate::alike::{Agreement, Birth, Family, Given, Home, Level, family, given};
use crate::person::Sought;
use crate::population::{Population, Query};

/// How the estimation went.
#[derive(Clone, Debug, PartialEq)]
pub struct Learning {
    /// What came out.
    pub parameters: Parameters,
    /// The largest change of a rate in the last round.
    pub last_change: f64,
}

/// Rounds after which estimation ends in any case.
const ROUNDS: u32 = 12;
/// A change of every rate smaller than this ends it.
const STILL: f64 = 2e-4;

/// Estimates the parameters by expectation-maximisation (Dempster, Laird, Rubin 1977; Winkler 1988 for linkage): who
/// is who is guessed with the rates so far, then the rates are counted anew under that guess.
///
/// `events` are the children of incidents, those of one event together; a few thousand suffice. Of `known` ones it is
/// not guessed who they are; without any, nobody's true identity enters.
pub fn learn(
    events: &[Vec<Sought>],
    known: &[Known],
    population: &Population,
    start: &Parameters,
) -> Learning {
    let mut parameters = start.clone();
    parameters.near = near(events, population, start);
    let mut gathered: Vec<Event> =
        events.iter().map(|children| Event::gather(children, population, &parameters)).collect();
    let pinned = pins(known, &gathered, population, &parameters);
    let mut last_change = f64::INFINITY;
    let mut rounds = 0;
    while rounds < ROUNDS && last_change > STILL {
        let mut counts = Counts::default();
        for (event, pins) in gathered.iter_mut().zip(&pinned) {
            event.weigh(&parameters);
            counts.add(event, &event.posterior(population, &parameters), pins, &parameters);
        }
        let next = counts.parameters(&parameters);
        last_change = change(&parameters, &next);
        parameters = next;
        rounds += 1;
    }
    let decisions = pinned.iter().map(|pins| pins.len() as u64).sum();
    parameters.source = Source {
        description: description(decisions).into(),
        decisions,
        children: population.len() as u64,
        incidents: events.iter().map(|event| event.len() as u64).sum(),
        rounds,
    };
    Learning { parameters, last_change }
}

const fn description(decisions: u64) -> &'static str {
    match decisions {
        0 => "expectation-maximisation over a register and its incidents, without labels",
        _ => "expectation-maximisation over a register and its incidents, some of them decided by people",
    }
}

fn change(a: &Parameters, b: &Parameters) -> f64 {
    let given = Given::ALL.iter().map(|level| (a.given.get(*level) - b.given.get(*level)).abs());
    let home = Home::ALL.iter().map(|level| (a.home.get(*level) - b.home.get(*level)).abs());
    given.chain(home).fold(0.0, f64::max)
}

/// Expected counts of levels among pairs that are the same child.
#[derive(Default)]
struct Counts {
    given: FxHashMap<usize, f64>,
    family: FxHashMap<usize, f64>,
    birth: FxHashMap<usize, f64>,
    home: FxHashMap<usize, f64>,
    same_sex: [f64; 2],
    exchanged: [f64; 2],
    families: [f64; 2],
    children: [f64; 2],
}

fn count<L: Level>(counts: &mut FxHashMap<usize, f64>, agreement: Agreement<L>, weight: f64) {
    *counts.entry(agreement.level.number()).or_insert(0.0) += weight;
}

fn rates<L: Level>(counts: &FxHashMap<usize, f64>, start: &Rates<L>) -> Rates<L> {
    let counted: Vec<f64> =
        (0..L::ALL.len()).map(|number| counts.get(&number).copied().unwrap_or(0.0)).collect();
    // A few observations of the rates so far steady levels that hardly occur.
    let steadied = L::ALL.iter().zip(&counted).map(|(level, count)| count + start.get(*level) * 2.0);
    Rates::of(&steadied.collect::<Vec<_>>())
}

impl Counts {
    fn add(&mut self, event: &Event, posterior: &Posterior, pins: &[Pin], parameters: &Parameters) {
        let of = |child: usize| pins.iter().find(|pin| pin.child == child);
        // Nobody is two children.
        let is_taken = |number: u32| pins.iter().filter_map(|pin| pin.is.as_ref()).any(|is| is.0 == number);
        for (child, weights) in posterior.children.iter().enumerate() {
            let tells_home = event.tells_home(child);
            if let Some(pin) = of(child) {
                let known = pin.is.iter();
                known.for_each(|(_, comparison)| self.add_pair(comparison, 1.0, tells_home, parameters));
                continue;
            }
            let free = weights.iter().filter(|(number, _)| !is_taken(**number));
            let total = posterior.none[child] + free.clone().map(|(_, weight)| weight).sum::<f64>();
            for (number, weight) in free.filter(|(_, weight)| **weight > total * 1e-4) {
                let comparison = event.compared[child].get(*number);
                self.add_pair(comparison, weight / total, tells_home, parameters);
            }
        }
        self.add_families(event, posterior);
    }

    fn add_pair(&mut self, comparison: &Comparison, weight: f64, tells_home: bool, parameters: &Parameters) {
        let plain = comparison.plain_part(parameters);
        count(&mut self.given, comparison.given, weight * plain);
        count(&mut self.family, comparison.family, weight * plain);
        count(&mut self.birth, comparison.birth, weight);
        if tells_home {
            count(&mut self.home, comparison.home, weight);
        }
        if comparison.given.level.form() == Some(0) && comparison.family.level.form().is_some() {
            self.exchanged[0] += weight * (1.0 - plain);
            self.exchanged[1] += weight;
        }
        if let Some(sex) = comparison.sex {
            self.same_sex[0] += if sex.is_same { weight } else { 0.0 };
            self.same_sex[1] += weight;
        }
    }

    fn add_families(&mut self, event: &Event, posterior: &Posterior) {
        for (family, registered) in event.families.iter().zip(&posterior.registered) {
            self.families[0] += registered;
            self.families[1] += 1.0;
            for child in &family.children {
                let none = posterior.none[*child];
                let total = none + posterior.children[*child].values().sum::<f64>();
                // Not on the register although the family is.
                let unregistered = (none / total - (1.0 - registered)).max(0.0);
                self.children[0] += unregistered;
                self.children[1] += registered;
            }
        }
    }

    fn parameters(&self, before: &Parameters) -> Parameters {
        let part = |counts: [f64; 2], before: f64| (counts[0] + before * 10.0) / (counts[1] + 10.0);
        Parameters {
            given: rates::<Given>(&self.given, &before.given),
            family: rates::<Family>(&self.family, &before.family),
            birth: rates::<Birth>(&self.birth, &before.birth),
            home: rates::<Home>(&self.home, &before.home),
            same_sex: part(self.same_sex, before.same_sex).clamp(0.5, 0.9999),
            exchanged: part(self.exchanged, before.exchanged).clamp(1e-5, 0.2),
            prior: Prior {
                registered_family: part(self.families, before.prior.registered_family).clamp(0.01, 0.995),
                unregistered_child: part(self.children, before.prior.unregistered_child).clamp(0.001, 0.5),
                ..before.prior
            },
            ..before.clone()
        }
    }
}

/// Names that are held against random children to see how often random names are close.
const NAMES: usize = 1_500;
const DRAWS: usize = 3_000;

/// Counts how often names of different children are close, by holding names of incidents against random children.
fn near(events: &[Vec<Sought>], population: &Population, start: &Parameters) -> Near {
    let mut near = Near { given: [[0.0; LENGTHS]; 4], family: [[0.0; LENGTHS]; 4] };
    let none = near.clone();
    let mut tried = [[0.0; LENGTHS]; 2];
    let end = population.end();
    if end == 0 {
        return start.near.clone();
    }
    let children: Vec<&Sought> = events.iter().flatten().collect();
    let step = (children.len() / NAMES).max(1);
    // A stride that shares no factor with the register's size walks over all of it evenly.
    let stride = (end / DRAWS).max(1) | 1;
    for (turn, child) in children.iter().step_by(step).enumerate() {
        let query = Query::new(child, population);
        for draw in 0..DRAWS.min(end) {
            let number = u32::try_from((turn * 7 + draw * stride) % end).expect("children are fewer");
            let record = population.record_at(number);
            let (names, total) = (population.names(), population.len() as f64);
            let agreement = given(&query.given, record, names, &none, total);
            tally(&mut near.given, &mut tried[0], agreement.level, query.given.length());
            let agreement = family(&query.family, record, names, &none, total);
            tally(&mut near.family, &mut tried[1], agreement.level, query.family.length());
        }
    }
    for (rows, tried) in [(&mut near.given, tried[0]), (&mut near.family, tried[1])] {
        for row in rows {
            row.iter_mut().zip(tried).for_each(|(count, tried)| *count = (*count + 0.5) / (tried + 1e3));
        }
    }
    near
}

trait Degree {
    fn degree(self) -> Option<usize>;
}

impl Degree for Given {
    fn degree(self) -> Option<usize> {
        [Self::CloseA, Self::CloseB, Self::CloseC, Self::OtherClose].iter().position(|level| *level == self)
    }
}

impl Degree for Family {
    fn degree(self) -> Option<usize> {
        [Self::CloseA, Self::CloseB, Self::CloseC, Self::HalfClose].iter().position(|level| *level == self)
    }
}

fn tally(rows: &mut [[f64; LENGTHS]; 4], tried: &mut [f64; LENGTHS], level: impl Degree, length: usize) {
    let class = length_class(length);
    tried[class] += 1.0;
    if let Some(degree) = level.degree() {
        rows[degree][class] += 1.0;
    }
}
