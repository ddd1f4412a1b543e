//! What a person need not decide: exact agreement, and as much beyond it as decided cases have earned. Never a guess.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::{EntryId, RegisterId, SettingId};
use encompass_core::state::{Hold, SettingKind};
use serde::Deserialize;

use crate::adult::Tie;
use crate::compare::Comparison;
use crate::entry::{Enrolment, Entry, Place};
use crate::evidence::{Compared, Evidence, Searched, Seen, Standing, Weighed};
use crate::facts::Facts;
use crate::flags::{Adulthood, Flags};
use crate::officer::{Officer, Word};

/// What registers the force may look in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registers {
    /// None is licensed to it.
    None,
    /// Every one is past its stated age.
    Stale,
    /// One of them can't be searched: its silence says nothing.
    Incomplete,
    /// At least one can be used.
    Usable,
}

/// What exact agreement in names and birth date takes besides, to be sent while nothing is earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// The postcode, or the officer's setting.
    #[default]
    Postcode,
    /// The officer's setting, or a number.
    Setting,
}

/// Everything that one child's decision takes.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The child.
    pub facts: &'a Facts,
    /// What asks for a person.
    pub flags: Flags,
    /// The officer's word about the setting.
    pub officer: Officer,
    /// The entries that were found.
    pub entries: &'a [Entry],
    /// What is known of their settings; a setting that is not here can't be told.
    pub places: BTreeMap<SettingId, Place>,
    /// Settings that said that the child is not there.
    pub excluded: BTreeSet<SettingId>,
    /// Where was looked.
    pub registers: Registers,
    /// The registers that were searched, for the record.
    pub searched: Vec<Searched>,
    /// What exact agreement takes besides.
    pub confirmation: Confirmation,
}

/// What is decided of a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It belongs to these settings.
    Matched(Vec<SettingId>),
    /// A person decides.
    Hold(Hold),
    /// It was 18 or over.
    NotAChild,
}

/// Decides.
///
/// A match takes an entry whose names and birth date (or number) agree exactly, and besides the same postcode with no
/// other word from the officer, or the officer's setting; or one whose score is so high that decided cases have earned
/// it. Every entry that fits has to pass by itself, so that a further one never turns a hold into a match.
pub fn decide(case: &Case) -> (Verdict, Evidence) {
    let mut weighed: Vec<(Comparison, &Entry)> =
        case.entries.iter().map(|entry| (Comparison::of(case.facts, entry), entry)).collect();
    weighed.sort_by(|(_, a), (_, b)| b.score().total_cmp(&a.score()).then(a.id.cmp(&b.id)));
    let fitting: BTreeSet<EntryId> = fitting(&weighed).map(|(_, entry)| entry.id).collect();
    weighed.sort_by_key(|(_, entry)| !fitting.contains(&entry.id));
    let is_fitting = |entry: &Entry| fitting.contains(&entry.id);
    let mut evidence = Evidence {
        reasons: case.flags.reasons(),
        officer: case.officer.settings.clone(),
        officer_spoke: case.officer != Officer::default(),
        candidates: weighed.iter().map(|(c, entry)| weigh(case, *c, entry, is_fitting(entry))).collect(),
        settings: Vec::new(),
        searched: case.searched.clone(),
    };
    let found = settle(case, &weighed);
    if case.flags.adulthood == Adulthood::Certain && !weighed.iter().any(|(c, entry)| is_younger(*c, entry)) {
        return (Verdict::NotAChild, evidence);
    }
    match found {
        Ok(settings) => evidence.settings = settings,
        Err(hold) if !evidence.reasons.contains(&hold) => evidence.reasons.push(hold),
        Err(_) => {}
    }
    let verdict = match evidence.reasons.first() {
        Some(hold) => Verdict::Hold(*hold),
        None => Verdict::Matched(evidence.settings.clone()),
    };
    (verdict, evidence)
}

/// The settings of the entries that fit, or why a person decides.
fn settle(case: &Case, weighed: &[(Comparison, &Entry)]) -> Result<Vec<SettingId>, Hold> {
    if weighed.iter().any(|(comparison, entry)| entry.is_restricted && may_be(*comparison, entry)) {
        return Err(Hold::Restricted);
    }
    if case.registers == Registers::Incomplete {
        return Err(Hold::RegisterStale);
    }
    if weighed.iter().any(|(comparison, entry)| contradicts(*comparison, entry)) {
        return Err(Hold::Unconfirmed);
    }
    let fitting: Vec<_> = fitting(weighed).collect();
    if fitting.is_empty() {
        let is_likely = |(comparison, entry): &(Comparison, &Entry)| may_be(*comparison, entry);
        return Err(match case.registers {
            Registers::None => Hold::NoRegister,
            Registers::Stale | Registers::Incomplete => Hold::RegisterStale,
            Registers::Usable if weighed.iter().any(is_likely) => Hold::Unsure,
            Registers::Usable => Hold::NoMatch,
        });
    }
    let registers: BTreeSet<_> = fitting.iter().map(|(_, entry)| entry.register).collect();
    let direct = || fitting.iter().filter(|(comparison, entry)| fits(*comparison, entry));
    if registers.len() < fitting.len() || direct().any(|(_, entry)| has_rival(entry, weighed)) {
        return Err(Hold::SeveralMatches);
    }
    if direct().any(|(_, entry)| entry.scored.is_some() && entry.score() <= 0.0) {
        return Err(Hold::Unsure);
    }
    if fitting.iter().any(|(_, entry)| entry.is_stale) {
        return Err(Hold::RegisterStale);
    }
    if fitting.iter().any(|(_, entry)| entry.is_switched_off) {
        return Err(Hold::SwitchedOff);
    }
    let current = fitting.iter().map(|(_, entry)| current(case, entry)).collect::<Result<Vec<_>, _>>()?;
    check_agreement(case, &current)?;
    let all: BTreeSet<SettingId> = current.iter().flatten().copied().collect();
    check_officer(case, &all)?;
    let is_confirmed = |settings: &Vec<SettingId>, comparison: &Comparison, entry: &Entry| {
        let is_by_postcode = case.confirmation == Confirmation::Postcode;
        !fits(*comparison, entry)
            || entry.is_earned()
            || (is_by_postcode && comparison.postcode == Compared::Agrees)
            || (!is_by_postcode && comparison.has_number(Compared::Agrees))
            || word(case, settings.iter()) == Word::Confirms
    };
    let mut each = fitting.iter().zip(&current);
    if !each.all(|((comparison, entry), settings)| is_confirmed(settings, comparison, entry)) {
        return Err(Hold::Unconfirmed);
    }
    if all.is_empty() {
        return Err(Hold::NoEnrolment);
    }
    let targets: Vec<SettingId> =
        all.into_iter().filter(|setting| !case.excluded.contains(setting)).collect();
    if targets.is_empty() {
        return Err(Hold::NotHere);
    }
    if targets.iter().any(|setting| case.places[setting].tie != Tie::None) {
        return Err(Hold::ConnectedAdult);
    }
    Ok(targets)
}

/// The entries that fit, and those of other registers that are judged to be the same person.
fn fitting<'a, 'e>(
    weighed: &'a [(Comparison, &'e Entry)],
) -> impl Iterator<Item = &'a (Comparison, &'e Entry)> {
    let direct = || weighed.iter().filter(|(comparison, entry)| fits(*comparison, entry));
    let fitting: BTreeSet<(EntryId, RegisterId)> =
        direct().map(|(_, entry)| (entry.identity, entry.register)).collect();
    let is_joined = move |entry: &Entry| {
        fitting.iter().any(|(identity, register)| *identity == entry.identity && *register != entry.register)
    };
    weighed.iter().filter(move |(comparison, entry)| fits(*comparison, entry) || is_joined(entry))
}

fn fits(comparison: Comparison, entry: &Entry) -> bool {
    comparison.fits() || entry.is_earned()
}

/// Whether it is the child, or more probably so than not.
fn may_be(comparison: Comparison, entry: &Entry) -> bool {
    fits(comparison, entry) || entry.score() > 0.0
}

/// Whether the register has who may be the same person under another birth date, so that the year that police wrote may
/// be a slip: by a number, by names and postcode, or by all of it weighed together.
fn is_younger(comparison: Comparison, entry: &Entry) -> bool {
    let is_same = (comparison.names == Compared::Agrees && comparison.postcode == Compared::Agrees)
        || entry.score() > 0.0;
    comparison.has_number(Compared::Agrees) || (comparison.born == Compared::Differs && is_same)
}

/// A number that agrees beside a name that is written otherwise is weighed in a score; one that differs never is.
fn contradicts(comparison: Comparison, entry: &Entry) -> bool {
    if entry.is_earned() {
        return comparison.has_number(Compared::Differs);
    }
    comparison.contradicts()
}

/// Whether it is not the likeliest on its register, or somebody else there may be the child just as well.
fn has_rival(entry: &Entry, weighed: &[(Comparison, &Entry)]) -> bool {
    let mut others =
        weighed.iter().filter(|(_, other)| other.register == entry.register && other.id != entry.id);
    entry.scored.is_some() && others.any(|(_, other)| other.score() > entry.score().min(0.0))
}

/// The settings at which an entry is on roll on the day of the due time; every one, where there are several.
fn current(case: &Case, entry: &Entry) -> Result<Vec<SettingId>, Hold> {
    let enrolments = || entry.enrolments.iter().filter(|enrolment| !enrolment.is_besides);
    if enrolments().next().is_none() && !entry.enrolments.is_empty() {
        return Ok(Vec::new());
    }
    let standings: Vec<_> = enrolments().map(|enrolment| (enrolment, standing(case, enrolment))).collect();
    let is_current = |standing: &Standing| matches!(standing, Standing::Current | Standing::Excluded);
    let settings: Vec<SettingId> =
        standings.iter().filter(|(_, standing)| is_current(standing)).map(|(e, _)| e.setting).collect();
    let is_over = |standing: &Standing| matches!(standing, Standing::Ended | Standing::NotBegun);
    if !settings.is_empty() {
        // A closed setting beside an open one: the register may not have caught up with a move.
        let closed = standings.iter().any(|(_, standing)| *standing == Standing::NotOpen);
        return if closed { Err(Hold::NoEnrolment) } else { Ok(settings) };
    }
    Err(if standings.iter().any(|(_, standing)| is_over(standing)) {
        Hold::EnrolmentEnded
    } else {
        Hold::NoEnrolment
    })
}

fn standing(case: &Case, enrolment: &Enrolment) -> Standing {
    let Some(place) = case.places.get(&enrolment.setting) else { return Standing::NotOpen };
    if enrolment.ends_on.is_some_and(|last| last < place.due_on) {
        Standing::Ended
    } else if enrolment.starts_on.is_some_and(|first| first > place.due_on) {
        Standing::NotBegun
    } else if enrolment.is_guest {
        Standing::Guest
    } else if !place.is_open {
        Standing::NotOpen
    } else if case.excluded.contains(&enrolment.setting) {
        Standing::Excluded
    } else {
        Standing::Current
    }
}

/// What a child has one of on one register: a school, childcare, a health team, an authority that answers for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Education,
    Childcare,
    Health,
    Authority,
}

const fn side(kind: SettingKind) -> Side {
    match kind {
        SettingKind::School | SettingKind::College => Side::Education,
        SettingKind::EarlyYears | SettingKind::Childminder => Side::Childcare,
        SettingKind::HealthVisiting | SettingKind::Maternity => Side::Health,
        SettingKind::Authority | SettingKind::Force => Side::Authority,
    }
}

/// Registers of different sides add to each other; two that speak of one side must say the same, and nobody is at a
/// school and out of all schools at once.
fn check_agreement(case: &Case, current: &[Vec<SettingId>]) -> Result<(), Hold> {
    let mut known: BTreeMap<Side, BTreeSet<SettingId>> = BTreeMap::new();
    for settings in current {
        let mut sides: BTreeMap<Side, BTreeSet<SettingId>> = BTreeMap::new();
        for setting in settings {
            sides.entry(side(case.places[setting].kind)).or_default().insert(*setting);
        }
        for (side, settings) in sides {
            if known.insert(side, settings.clone()).is_some_and(|before| before != settings) {
                return Err(Hold::SettingsDisagree);
            }
        }
    }
    let both = known.contains_key(&Side::Education) && known.contains_key(&Side::Authority);
    if both { Err(Hold::SettingsDisagree) } else { Ok(()) }
}

fn check_officer(case: &Case, settings: &BTreeSet<SettingId>) -> Result<(), Hold> {
    match word(case, settings.iter()) {
        Word::Disagrees => Err(Hold::SettingsDisagree),
        Word::Silent | Word::Confirms | Word::Fits => Ok(()),
    }
}

fn word<'a>(case: &Case, settings: impl Iterator<Item = &'a SettingId>) -> Word {
    let places = settings.filter_map(|id| Some((*id, case.places.get(id)?.words.as_slice())));
    case.officer.about(places)
}

fn weigh(case: &Case, comparison: Comparison, entry: &Entry, is_fitting: bool) -> Weighed {
    let seen = |enrolment: &Enrolment| Seen {
        setting: enrolment.setting,
        standing: standing(case, enrolment),
        tie: case.places.get(&enrolment.setting).map(|place| place.tie).unwrap_or_default(),
    };
    let officer = match word(case, entry.enrolments.iter().map(|enrolment| &enrolment.setting)) {
        Word::Confirms => Compared::Agrees,
        Word::Disagrees => Compared::Differs,
        Word::Silent | Word::Fits => Compared::NotKnown,
    };
    Weighed {
        entry: entry.id,
        register: entry.register,
        load: entry.load,
        written: entry.written.clone(),
        fits: is_fitting,
        names: comparison.names,
        birth_date: comparison.born,
        postcode: comparison.postcode,
        upn: comparison.upn,
        nhs_number: comparison.nhs_number,
        officer,
        is_stale: entry.is_stale,
        is_restricted: entry.is_restricted,
        enrolments: entry.enrolments.iter().map(seen).collect(),
        scored: entry.scored.clone(),
    }
}
