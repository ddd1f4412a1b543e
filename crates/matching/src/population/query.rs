//! A child as typed, in the register's form, and the keys to look it up by.

use jiff::civil::Date;

use super::hash;
use super::key::{Kind, key};
use super::names::Fact;
use super::people::{Population, house_hash, number_hash};
use super::probe::Probe;
use super::record::{Record, YEAR_ZERO, packed};
use crate::alike::group::GIVEN;
use crate::alike::{Address, family_words, given_words};
use crate::person::{Born, Sought, house, outward, postcode};
use crate::spelling::sound;

/// How far a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The keys that find most.
    Near,
    /// Those that find much of the rest: names exchanged, pet forms, names alone.
    Far,
    /// Dates with a slip, pet forms in the area, pet forms alone.
    Farthest,
}

/// A child that is looked for, each field brought into the register's form.
pub(crate) struct Query {
    pub given: Probe,
    pub family: Probe,
    pub born: Born,
    pub age: Option<u16>,
    pub on: Option<Date>,
    pub sex: Option<crate::person::Sex>,
    pub address: Address,
    pub upn: u32,
    pub nhs: u32,
}

impl Query {
    pub fn new(sought: &Sought, population: &Population) -> Self {
        let names = population.names();
        Self {
            given: Probe::new(given_words(&sought.forename), names),
            family: Probe::new(family_words(&sought.surname), names),
            born: sought.born,
            age: sought.age,
            on: sought.on,
            sex: sought.sex,
            address: address(sought, population),
            upn: number_hash(&sought.upn),
            nhs: number_hash(&sought.nhs_number),
        }
    }

    /// Whether a child of the register can be this one at all: so many of four rough signs speak for it (the home, the
    /// birth date, a first and a family name). A comparison costs far more than this.
    pub fn may_be(&self, record: &Record, signs: u8, population: &Population) -> bool {
        if (self.upn != 0 && self.upn == record.upn) || (self.nhs != 0 && self.nhs == record.nhs) {
            return true;
        }
        let home = self.address.place == Some(record.postcode) || self.address.street == Some(record.street);
        let seen = u8::from(home) + u8::from(self.is_born_like(record.born));
        seen >= signs || (seen + 2 >= signs && seen + self.like_names(record, population) >= signs)
    }

    /// The sounds of the family name and of its words.
    pub fn family_sounds(&self) -> Vec<u32> {
        sounds(&self.family)
    }

    /// One number for the address as typed, where it is more than an area.
    pub fn typed_home(&self) -> Option<u64> {
        let whole = self.address.postcode.as_ref().filter(|postcode| !postcode.is_outward);
        let street = self.address.house.as_ref().map(|house| (&house.street, &house.numbers));
        (whole.is_some() || street.is_some()).then(|| hash(&(whole.map(|postcode| &postcode.text), street)))
    }

    fn like_names(&self, record: &Record, population: &Population) -> u8 {
        let names = population.names();
        let (given, family) = (names.fact(record.given), names.fact(record.family));
        u8::from(self.is_like(given)) + u8::from(self.is_like(family))
    }

    fn is_like(&self, fact: &Fact) -> bool {
        let (given, family) = (&self.given.whole.fact, &self.family.whole.fact);
        fact.is_several
            || [given.sound, family.sound].contains(&fact.sound)
            || [given.initial, family.initial].contains(&fact.initial)
            || GIVEN.meet(given.given_set, fact.given_set)
    }

    fn is_born_like(&self, born: u32) -> bool {
        let year = i32::try_from(born >> 9).unwrap_or_default() - YEAR_ZERO;
        match (self.born, self.age, self.on) {
            (Born::Day(day), ..) => {
                let apart = packed(day) ^ born;
                [apart >> 9, apart >> 5 & 15, apart & 31].into_iter().filter(|part| *part == 0).count() > 1
                    || (apart >> 9 == 0 && u32::from(day.day().unsigned_abs()) == born >> 5 & 15)
            }
            (Born::Month(known, _) | Born::Year(known), ..) => (i32::from(known) - year).abs() <= 1,
            (Born::Unknown, Some(age), Some(on)) => {
                (-1..=2).contains(&(i32::from(on.year()) - i32::from(age) - year))
            }
            (Born::Unknown, ..) => true,
        }
    }

    /// Hands over every key that a search of this reach looks up.
    pub fn keys(&self, reach: Reach, found: &mut impl FnMut(Kind, u64)) {
        let mut look = |kind: Kind, parts: [u32; 3]| found(kind, key(kind, parts));
        match reach {
            Reach::Near => self.near(&mut look),
            Reach::Far => self.far(&mut look),
            Reach::Farthest => self.farthest(&mut look),
        }
    }

    fn near(&self, look: &mut impl FnMut(Kind, [u32; 3])) {
        if self.upn != 0 {
            look(Kind::Upn, [self.upn, 0, 0]);
        }
        if self.nhs != 0 {
            look(Kind::NhsNumber, [self.nhs, 0, 0]);
        }
        if let Some(place) = self.address.place {
            look(Kind::House, [place, self.address.numbers, 0]);
            look(Kind::Postcode, [place, 0, 0]);
        } else if let Some(street) = self.address.street {
            look(Kind::Line, [street, self.address.numbers, 0]);
        }
        let families = sounds(&self.family);
        let givens = sounds(&self.given);
        if let Born::Day(day) = self.born {
            families.iter().for_each(|sound| look(Kind::BornFamily, [packed(day), *sound, 0]));
            givens.iter().for_each(|sound| look(Kind::BornGiven, [packed(day), *sound, 0]));
        }
        let initial = self.initial();
        if let Some(area) = self.address.area {
            families.iter().for_each(|sound| look(Kind::AreaFamily, [area, *sound, initial]));
        }
        if let Some(month) = self.month() {
            families.iter().for_each(|sound| look(Kind::MonthFamily, [month, *sound, initial]));
        }
        if !matches!(self.born, Born::Day(_)) {
            self.full_names(&families, &givens, look);
        }
    }

    fn far(&self, look: &mut impl FnMut(Kind, [u32; 3])) {
        let families = sounds(&self.family);
        let givens = sounds(&self.given);
        if let Some(street) = self.address.street {
            look(Kind::Line, [street, self.address.numbers, 0]);
        }
        if let Born::Day(day) = self.born {
            let born = packed(day);
            if let Some(area) = self.address.area {
                look(Kind::BornArea, [born, area, 0]);
            }
            // Names exchanged.
            families.iter().for_each(|sound| look(Kind::BornGiven, [born, *sound, 0]));
            givens.iter().for_each(|sound| look(Kind::BornFamily, [born, *sound, 0]));
            self.expanded().iter().for_each(|sound| look(Kind::BornGiven, [born, *sound, 0]));
            self.initials().into_iter().for_each(|initial| {
                families.iter().for_each(|sound| look(Kind::MonthFamily, [born >> 5, *sound, initial]));
            });
        }
        if let Some(area) = self.address.area {
            for year in self.years() {
                givens.iter().for_each(|sound| look(Kind::AreaGiven, [area, *sound, year]));
            }
            self.initials().into_iter().for_each(|initial| {
                families.iter().for_each(|sound| look(Kind::AreaFamily, [area, *sound, initial]));
            });
        }
        self.full_names(&families, &givens, look);
    }

    fn farthest(&self, look: &mut impl FnMut(Kind, [u32; 3])) {
        let families = sounds(&self.family);
        let givens = sounds(&self.given);
        if let Born::Day(day) = self.born {
            for slip in slips(day) {
                families.iter().for_each(|sound| look(Kind::BornFamily, [packed(slip), *sound, 0]));
                givens.iter().for_each(|sound| look(Kind::BornGiven, [packed(slip), *sound, 0]));
            }
        }
        let expanded = self.expanded();
        if let Some(area) = self.address.area {
            for year in self.years() {
                expanded.iter().for_each(|sound| look(Kind::AreaGiven, [area, *sound, year]));
            }
        }
        self.full_names(&families, &expanded, look);
        self.full_names(&givens, &families, look);
    }

    /// The sounds of the names that the given name may stand for, without its own.
    fn expanded(&self) -> Vec<u32> {
        let own = sounds(&self.given);
        let mut expanded = Vec::new();
        for name in GIVEN.members(self.given.whole.fact.given_set).take(EXPANSIONS) {
            let sound = sound(name);
            if !own.contains(&sound) {
                push(&mut expanded, sound);
            }
        }
        expanded
    }

    fn full_names(&self, families: &[u32], givens: &[u32], look: &mut impl FnMut(Kind, [u32; 3])) {
        for family in families {
            givens.iter().for_each(|given| look(Kind::FullName, [*family, *given, 0]));
        }
    }

    fn initial(&self) -> u32 {
        u32::from(self.given.joined.as_bytes().first().copied().unwrap_or_default())
    }

    /// The initials of the names that the given name may stand for.
    fn initials(&self) -> Vec<u32> {
        let mut initials = Vec::new();
        for name in GIVEN.members(self.given.whole.fact.given_set) {
            push(&mut initials, u32::from(name.as_bytes()[0]));
        }
        initials
    }

    fn month(&self) -> Option<u32> {
        match self.born {
            Born::Day(day) => Some(packed(day) >> 5),
            Born::Month(year, month) => Date::new(year, month, 1).ok().map(|day| packed(day) >> 5),
            Born::Year(_) | Born::Unknown => None,
        }
    }

    /// The years of birth that are likely, packed.
    fn years(&self) -> Vec<u32> {
        let year = |year: i16| Date::new(year, 1, 1).ok().map(|day| packed(day) >> 9);
        let years = match (self.born, self.age, self.on) {
            (Born::Day(day), ..) => vec![day.year()],
            (Born::Month(year, _) | Born::Year(year), ..) => vec![year, year - 1, year + 1],
            (Born::Unknown, Some(age), Some(on)) => {
                let latest = i32::from(on.year()) - i32::from(age);
                [latest, latest - 1, latest + 1, latest - 2]
                    .into_iter()
                    .filter_map(|y| i16::try_from(y).ok())
                    .collect()
            }
            (Born::Unknown, ..) => Vec::new(),
        };
        years.into_iter().filter_map(year).collect()
    }
}

/// Names that a given name is taken to stand for, at most.
const EXPANSIONS: usize = 24;

/// The sounds of a name: all of it, and each of its words.
fn sounds(probe: &Probe) -> Vec<u32> {
    let mut sounds = Vec::with_capacity(4);
    push(&mut sounds, probe.whole.fact.sound);
    if probe.words.len() > 1 {
        probe.words.iter().take(4).for_each(|word| push(&mut sounds, word.fact.sound));
    }
    sounds
}

fn push(list: &mut Vec<u32>, value: u32) {
    if value != 0 && !list.contains(&value) {
        list.push(value);
    }
}

/// The dates that a slip may have turned into this one.
fn slips(day: Date) -> impl Iterator<Item = Date> {
    let (year, month, of_month) = (day.year(), day.month(), day.day());
    let swapped = Date::new(year, of_month, month).ok();
    let years =
        [-1, 1, -10, 10].into_iter().filter_map(move |step| Date::new(year + step, month, of_month).ok());
    let days = [-1, 1, -10, 10, -2, 2, 3, -3]
        .into_iter()
        .filter_map(move |step| Date::new(year, month, of_month + step).ok());
    let months = [-1, 1].into_iter().filter_map(move |step| Date::new(year, month + step, of_month).ok());
    swapped.into_iter().chain(years).chain(days).chain(months).filter(move |slip| *slip != day)
}

fn address(sought: &Sought, population: &Population) -> Address {
    let postcode = postcode(&sought.postcode);
    let house = house(&sought.address);
    let text = postcode.as_ref().map(|postcode| postcode.text.as_str());
    let place = text.and_then(|text| population.find_postcode(text));
    let area = text.and_then(|text| population.find_area(outward(text)));
    let street = house.as_ref().and_then(|house| population.find_street(&house.street));
    let numbers = house.as_ref().map_or(0, |house| house_hash(&house.numbers));
    let at_line = street.map_or(0, |street| population.at_line(street, numbers));
    Address {
        place,
        area,
        numbers,
        street,
        at_place: place.map_or(0.0, |place| f64::from(population.at_postcode(place))),
        in_area: area.map_or(0.0, |area| f64::from(population.in_area(area))),
        at_line: at_line as f64,
        postcode,
        house,
    }
}
