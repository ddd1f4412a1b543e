//! What the registers say of the children: sources with their age, and one entry per child and setting.

use super::{Child, Standing};
use crate::places::{AUTHORITIES, FORCE};
use crate::random::Random;
use crate::setting::{Dates, Kind, Setting};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// A register source: one owner's list, licensed to forces, as it was on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name in the configuration.
    pub name: &'static str,
    /// Who owns it.
    pub owner: &'static str,
    /// The forces that may look children up in it.
    pub forces: &'static [&'static str],
    /// The day whose state it shows.
    pub as_of: Date,
    /// How many days it may be relied on.
    pub max_age_days: u16,
}

/// Names and owners of the sources; the last one is past its age.
const SOURCES: [(&str, &str); 7] = [
    ("wexcombe-schools", "Wexcombe Council"),
    ("orrinford-schools", "Orrinford Council"),
    ("independents-and-colleges", "Wexcombe Learning Partnership"),
    ("early-years", "Wexcombe Council"),
    ("health-visiting", "Wexcombe Community Health"),
    ("education-otherwise", "Wexcombe Council"),
    ("pindle-trust", "The Pindle Trust"),
];

/// A register is sent every night and may be relied on for so many days.
const MAX_AGE_DAYS: u16 = 14;

/// The sources of the county as they were on the day.
pub(crate) fn sources(on: Date) -> Vec<Source> {
    let made = |(place, &(name, owner)): (usize, &(&'static str, &'static str))| Source {
        name,
        owner,
        forces: &[FORCE],
        as_of: on.saturating_sub(if is_stale(place) { 122.days() } else { 1.days() }),
        max_age_days: MAX_AGE_DAYS,
    };
    SOURCES.iter().enumerate().map(made).collect()
}

/// True for the source that nobody has sent for months.
pub(crate) fn is_stale(source: usize) -> bool {
    source == SOURCES.len() - 1
}

/// The place of the source that a setting's children are in.
pub(crate) fn source_of(setting: &Setting) -> usize {
    match setting.kind {
        Kind::EarlyYears | Kind::Childminder => 3,
        Kind::Independent | Kind::College => 2,
        Kind::HealthVisiting | Kind::Maternity => 4,
        Kind::Officer | Kind::Force => 5,
        Kind::Primary if setting.dates != Dates::Authority && setting.index.is_multiple_of(7) => {
            SOURCES.len() - 1
        }
        Kind::Primary | Kind::Secondary | Kind::Special | Kind::Referral => {
            setting.authority.min(AUTHORITIES.len() - 2)
        }
    }
}

/// One child on one setting's roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The child, by its place in [`crate::County::children`].
    pub child: usize,
    /// The setting, by its place in [`crate::County::settings`].
    pub setting: usize,
    /// The source, by its place in [`crate::County::sources`].
    pub source: usize,
    /// First day on roll.
    pub from: Date,
    /// Last day on roll, where it is over.
    pub until: Option<Date>,
    /// True where only named people may see it.
    pub restricted: bool,
}

/// The entries of all registers, in the children's order.
pub(crate) fn entries(seed: u64, on: Date, settings: &[Setting], children: &[Child]) -> Vec<Entry> {
    let mut random = Random::keyed(seed, "registers");
    let mut made = Vec::new();
    for child in children {
        for &setting in &child.listed {
            made.push(entry(&mut random, on, &settings[setting], child));
        }
    }
    made
}

fn entry(random: &mut Random, on: Date, setting: &Setting, child: &Child) -> Entry {
    let newest = super::school_year_start(on).saturating_add(2.days());
    let from = newest
        .saturating_sub((random.between(0, 3) * 365).days())
        .max(child.birth_date.saturating_add(30.days()));
    let ended = child.standing == Standing::Ended;
    Entry {
        child: child.index,
        setting: setting.index,
        source: source_of(setting),
        from: from.min(on.saturating_sub(8.days())),
        until: ended.then(|| on.saturating_sub(random.between(3, 40).days())),
        restricted: child.standing == Standing::RestrictedEntry,
    }
}
