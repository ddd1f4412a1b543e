//! The children of one event who seem to be of one family, weighed together.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::compared::{Compared, NEGLIGIBLE};
use super::event::Event;
use super::household::{Household, MOST};
use super::parameters::Parameters;
use super::posterior::Posterior;
use super::scale::{PER_HOUSEHOLD, Scale, sum};
use super::sibling::{known_names, sibling};
use crate::person::Sought;
use crate::population::{Population, Query, Written, home_of};

/// Households that are weighed for one family.
const HOUSEHOLDS: usize = 12;

/// Children of an event who are weighed together, with the households that they may live in.
pub(super) struct Family {
    /// Their places in the event.
    pub children: Vec<usize>,
    /// Whether all are at one address, which then counts once.
    pub one_address: bool,
    /// Households that some of them may live in.
    households: Vec<Vec<u32>>,
}

impl Family {
    /// Finds the most likely households, and holds every child of the family against all who live there.
    pub fn gather(
        children: Vec<usize>,
        sought: &[Sought],
        queries: &[Query],
        compared: &mut [Compared],
        population: &Population,
        parameters: &Parameters,
    ) -> Self {
        let address = |child: usize| (&sought[child].address, &sought[child].postcode);
        let one_address = children.iter().all(|child| address(*child) == address(children[0]));
        let mut family = Self { children, one_address, households: Vec::new() };
        for writing in family.likely_homes(compared, population) {
            family.add_household(writing, queries, compared, population, parameters);
        }
        family
    }

    /// One writing of a child for each home that some of them may live in, the likeliest first.
    fn likely_homes(&self, compared: &[Compared], population: &Population) -> Vec<u32> {
        let mut best: HashMap<u64, (f64, u32), FxBuildHasher> = HashMap::default();
        for pair in self.children.iter().flat_map(|child| &compared[*child].0) {
            let home = best.entry(home_of(population, pair.writing)).or_insert((0.0, pair.writing));
            home.0 += pair.weight;
        }
        let mut best: Vec<(f64, u32)> = best.into_values().collect();
        best.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let least = best.first().map_or(0.0, |best| best.0 * NEGLIGIBLE);
        best.truncate(HOUSEHOLDS);
        best.into_iter().filter(|(weight, _)| *weight >= least).map(|(_, writing)| writing).collect()
    }

    fn add_household(
        &mut self,
        writing: u32,
        queries: &[Query],
        compared: &mut [Compared],
        population: &Population,
        parameters: &Parameters,
    ) {
        let number = population.child_of(writing);
        if self.households.iter().any(|known| known.contains(&number)) {
            return;
        }
        let mut members = Vec::new();
        population.household(writing, &mut members);
        for child in &self.children {
            compared[*child].add(&members, &queries[*child], population, parameters);
        }
        members.iter_mut().for_each(|member| *member = population.child_of(*member));
        members.dedup();
        if members.len() > MOST {
            let fit = |member: &u32| -> f64 {
                let compared = self.children.iter().map(|child| &compared[*child]);
                compared.map(|compared| compared.get(*member).person(parameters)).sum()
            };
            members.sort_by(|a, b| fit(b).total_cmp(&fit(a)));
            members.truncate(MOST);
        }
        self.households.push(members);
    }

    /// Adds the probability of every outcome, with the parameters of the last weighing.
    pub fn weigh(
        &self,
        event: &Event,
        population: &Population,
        parameters: &Parameters,
        posterior: &mut Posterior,
    ) {
        let scale = Scale::new(event, self, population, parameters);
        let mut registered = 0.0;
        for members in &self.households {
            let written = self.written(members, event, population);
            let household = self.household(members, written, event, &scale, parameters);
            let shares = household.shares();
            for (place, (fits, none)) in shares.fits.iter().zip(&shares.none).enumerate() {
                let child = self.children[place];
                for (member, weight) in members.iter().zip(fits) {
                    posterior.add(child, *member, *weight);
                }
                let outside = scale.outside(place, members, written);
                let part = sum(outside.clone()) / household.none[place].max(f64::MIN_POSITIVE);
                posterior.none[child] += none * (1.0 - part);
                posterior.spread(child, none * part, outside);
            }
            let of_first = shares.fits.first().map_or(0.0, |fits| fits.iter().sum());
            registered += shares.none.first().copied().unwrap_or_default() + of_first;
        }
        let unregistered = self.no_household(&scale, parameters, posterior);
        posterior.registered.push(registered / (registered + unregistered));
    }

    /// The family has nobody on the register: its children are not, or stand there each by themselves. Says with which
    /// weight.
    fn no_household(&self, scale: &Scale, parameters: &Parameters, posterior: &mut Posterior) -> f64 {
        let elsewhere = parameters.prior.elsewhere;
        // By the scale all the children's weights are 1.
        let total = 1.0 - parameters.prior.registered_family;
        for (place, child) in self.children.iter().enumerate() {
            let part = elsewhere * sum(scale.alone(place));
            posterior.none[*child] += total * (1.0 - part);
            posterior.spread(*child, total * part, scale.alone(place));
        }
        total
    }

    /// What the register has of a household's address.
    fn written(&self, members: &[u32], event: &Event, population: &Population) -> Written {
        let first = members.first().map(|first| event.compared[self.children[0]].pair(*first).writing);
        first.map_or(Written::Nothing, |writing| population.record_at(writing).written())
    }

    fn household(
        &self,
        members: &[u32],
        written: Written,
        event: &Event,
        scale: &Scale,
        parameters: &Parameters,
    ) -> Household {
        let prior = &parameters.prior;
        // Who has no address on the register stands there alone, and is one of a family.
        let count = if written == Written::Nothing { PER_HOUSEHOLD } else { members.len() as f64 };
        let each = prior.registered_child() / count;
        let compared = self.children.iter().map(|child| &event.compared[*child]);
        let address = compared.clone().next().filter(|_| self.one_address).and_then(|compared| {
            let weights = members.iter().map(|member| compared.get(*member).home(parameters));
            weights.max_by(f64::total_cmp)
        });
        let mut household = Household {
            weight: prior.registered_family / scale.households * address.unwrap_or(1.0),
            fits: Vec::new(),
            none: Vec::new(),
        };
        for (place, compared) in compared.enumerate() {
            let is_told = self.is_told(place, event);
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
            household.fits.push(fits.map(|fit| fit * scale.of(place)).collect());
            let sibling = sibling(members.iter().map(|member| compared.get(*member)), is_told, parameters);
            let home = members.iter().map(home).fold(0.0, f64::max);
            let unregistered = prior.unregistered_child * sibling * home * scale.of(place);
            household.none.push(unregistered + sum(scale.outside(place, members, written)));
        }
        household
    }

    /// Whether the family name has been counted for a child before: brothers and sisters mostly share it.
    fn is_told(&self, place: usize, event: &Event) -> bool {
        let name = |child: usize| &event.queries[child].family.joined;
        self.children[..place].iter().any(|other| name(*other) == name(self.children[place]))
    }
}
