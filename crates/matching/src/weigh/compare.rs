//! One child looked for held against one child of the register.

use super::near::Near;
use super::parameters::Parameters;
use crate::alike::{Agreement, Birth, Family, Given, Home, birth, family, given, home};
use crate::population::{Population, Query, Record, sex_share};

/// How each field agrees.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comparison {
    pub given: Agreement<Given>,
    pub family: Agreement<Family>,
    /// The same with first and family name exchanged, where that agrees better.
    pub exchanged: Option<(Agreement<Given>, Agreement<Family>)>,
    pub birth: Agreement<Birth>,
    /// Days between the birth dates, where both are whole.
    pub days_apart: Option<i32>,
    pub home: Agreement<Home>,
    /// The sex, where it is known on both sides.
    pub sex: Option<SameSex>,
    /// How many identifiers agree, less those that differ.
    pub identifiers: i8,
    /// How much more frequent the names are together than by themselves; 1 where they do not both agree.
    pub lift: f64,
}

/// How the sex agrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SameSex {
    pub is_same: bool,
    /// How probable the typed one is for a child of that name.
    pub chance: f64,
}

impl Comparison {
    pub fn new(query: &Query, number: u32, population: &Population, near: &Near) -> Self {
        let record = population.record_at(number);
        let (names, total) = (population.names(), population.len() as f64);
        let given = given(&query.given, record, names, near, total);
        let family = family(&query.family, record, names, near, total);
        let share = |year| population.year_share(year);
        let born = record.born();
        let exchanged = exchanged(query, record, population, near, (given.level, family.level));
        let is_both = given.level.is_positive() && family.level.is_positive();
        Self {
            lift: if is_both || exchanged.is_some() { population.lift(record) } else { 1.0 },
            exchanged,
            sex: sex(query, record, population, given.level),
            given,
            family,
            birth: birth(query.born, query.age, query.on, born, &share),
            days_apart: days_apart(query, record),
            home: home(&query.address, record, population),
            identifiers: identifier(query.upn, record.upn) + identifier(query.nhs, record.nhs),
        }
    }

    /// The weight of names, birth date, sex and identifiers, as odds (not logarithmic).
    pub fn person(&self, parameters: &Parameters) -> f64 {
        self.names(parameters) * self.birth(parameters) * self.sex(parameters) * self.identifiers()
    }

    /// The weight of all fields.
    pub fn whole(&self, parameters: &Parameters) -> f64 {
        self.person(parameters) * self.home(parameters)
    }

    pub fn names(&self, parameters: &Parameters) -> f64 {
        let each = self.given(parameters) * self.family(parameters) * self.together();
        (1.0 - parameters.exchanged) * each + self.exchanged(parameters)
    }

    /// What both names together are worth less than each by itself, where both agree.
    pub fn together(&self) -> f64 {
        let both = self.given.level.is_positive() && self.family.level.is_positive();
        if both { 1.0 / self.lift } else { 1.0 }
    }

    pub fn given(&self, parameters: &Parameters) -> f64 {
        parameters.given.get(self.given.level) / f64::from(self.given.chance)
    }

    pub fn family(&self, parameters: &Parameters) -> f64 {
        parameters.family.get(self.family.level) / f64::from(self.family.chance)
    }

    pub fn exchanged(&self, parameters: &Parameters) -> f64 {
        self.exchanged.map_or(0.0, |(given, family)| {
            parameters.exchanged * parameters.given.get(given.level) / f64::from(given.chance)
                * parameters.family.get(family.level)
                / f64::from(family.chance)
                / self.lift
        })
    }

    pub fn birth(&self, parameters: &Parameters) -> f64 {
        parameters.birth.get(self.birth.level) / f64::from(self.birth.chance)
    }

    pub fn home(&self, parameters: &Parameters) -> f64 {
        parameters.home.get(self.home.level) / f64::from(self.home.chance)
    }

    pub fn sex(&self, parameters: &Parameters) -> f64 {
        match self.sex {
            None => 1.0,
            Some(SameSex { is_same: true, chance }) => parameters.same_sex / chance,
            Some(SameSex { is_same: false, chance }) => (1.0 - parameters.same_sex) / chance,
        }
    }

    pub fn identifiers(&self) -> f64 {
        IDENTIFIER.powi(i32::from(self.identifiers))
    }

    /// The part of the names' weight with names in their places, 1 where they are not exchanged.
    pub fn plain_part(&self, parameters: &Parameters) -> f64 {
        1.0 - self.exchanged(parameters) / self.names(parameters)
    }

    /// Whether names and birth date are all as on the register.
    pub fn is_namesake(&self) -> bool {
        self.given.level <= Given::Preferred
            && self.family.level <= Family::Particle
            && self.birth.level == Birth::Exact
    }

    /// Whether the first name, in its place or exchanged, speaks for the same child.
    pub fn has_forename(&self) -> bool {
        self.given.level.is_positive() || self.exchanged.is_some_and(|(given, _)| given.level.is_positive())
    }
}

/// What an identifier with a check digit is worth: a slip that gives another child's valid one is rarer than this.
const IDENTIFIER: f64 = 1e6;

fn identifier(typed: u32, known: u32) -> i8 {
    match (typed, known) {
        (0, _) | (_, 0) => 0,
        _ if typed == known => 1,
        _ => -1,
    }
}

fn sex(query: &Query, record: &Record, population: &Population, given: Given) -> Option<SameSex> {
    let (typed, known) = query.sex.zip(record.sex())?;
    // A name that agrees has told the sex already.
    let of_name = given.is_positive() && !matches!(given, Given::Initial | Given::InitialOther);
    let chance = if of_name { sex_share(population.names(), record.given, typed) } else { 0.5 };
    Some(SameSex { is_same: typed == known, chance: chance.clamp(0.01, 1.0) })
}

fn days_apart(query: &Query, record: &Record) -> Option<i32> {
    let crate::person::Born::Day(day) = query.born else { return None };
    let known = record.born()?;
    day.since(known).ok().map(|span| span.get_days().abs())
}

/// Names are exchanged only where both then agree in some way and at least one did not before.
fn exchanged(
    query: &Query,
    record: &Record,
    population: &Population,
    near: &Near,
    plain: (Given, Family),
) -> Option<(Agreement<Given>, Agreement<Family>)> {
    let agrees = plain.0.is_positive() && plain.1 != Family::Different;
    if agrees || query.given.is_empty() || query.family.is_empty() || query.family.is_initial() {
        return None;
    }
    let (names, total) = (population.names(), population.len() as f64);
    let family = family(&query.given, record, names, near, total);
    if matches!(family.level, Family::Different | Family::Missing) {
        return None;
    }
    let given = given(&query.family, record, names, near, total);
    given.level.is_positive().then_some((given, family))
}
