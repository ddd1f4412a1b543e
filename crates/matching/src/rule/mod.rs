//! What a person need not decide: exact agreement, and as much beyond it as decided cases have earned. Never a guess.

mod pairing;
mod relative;
mod roll;
mod settle;

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::{EntryId, RegisterId, SettingId};
use encompass_core::routing::Attendance;
use encompass_core::state::Hold;
use serde::Deserialize;

use pairing::Pairing;
pub use relative::Relative;

use crate::entry::{Enrolment, Entry, Place};
use crate::evidence::{Compared, Evidence, Searched, Seen, Weighed};
use crate::facts::Facts;
use crate::flags::{Adulthood, Flags};
use crate::officer::{At, Officer, Word};

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
    /// The postcode, the officer's setting, or a number: where a force decides so.
    Postcode,
    /// The officer's setting, or a number.
    #[default]
    Setting,
}

/// What one child's decision rests on.
#[derive(Clone, Debug)]
pub struct Grounds<'a> {
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
    /// The other children of the incident.
    pub relatives: Vec<Relative<'a>>,
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
/// it, unless all that is known of its home contradicts and nothing else says who the child is.
pub fn decide(grounds: &Grounds) -> (Verdict, Evidence) {
    let mut all: Vec<Pairing> =
        grounds.entries.iter().map(|entry| Pairing::of(grounds.facts, entry)).collect();
    all.sort_by(|a, b| b.entry.score().total_cmp(&a.entry.score()).then(a.entry.id.cmp(&b.entry.id)));
    let fitting = fitting(&all);
    all.sort_by_key(|one| !fitting.contains(&one.entry.id));
    let weighed = all.iter().map(|one| weighed(grounds, one, fitting.contains(&one.entry.id)));
    let mut evidence = Evidence {
        reasons: grounds.flags.reasons(),
        officer: grounds.officer.settings.clone(),
        officer_spoke: grounds.officer.names_a_setting(),
        candidates: weighed.collect(),
        settings: Vec::new(),
        searched: grounds.searched.clone(),
    };
    if grounds.flags.adulthood == Adulthood::Certain && !all.iter().any(Pairing::is_younger) {
        return (Verdict::NotAChild, evidence);
    }
    let (fitting, _) = all.split_at(all.partition_point(|one| fitting.contains(&one.entry.id)));
    match settle::settle(grounds, &all, fitting) {
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

/// The entries that fit, and those of other registers that are judged to be the same person.
fn fitting(all: &[Pairing]) -> BTreeSet<EntryId> {
    let direct = all.iter().filter(|one| one.fits());
    let direct: BTreeSet<(EntryId, RegisterId)> =
        direct.map(|one| (one.entry.identity, one.entry.register)).collect();
    let is_joined = |entry: &Entry| {
        direct.iter().any(|(identity, register)| *identity == entry.identity && *register != entry.register)
    };
    all.iter().filter(|one| one.fits() || is_joined(one.entry)).map(|one| one.entry.id).collect()
}

impl Grounds<'_> {
    /// How the officer's word stands to settings of these entries. Another child's enrolments say nothing of them.
    fn word_on<'s>(&self, entries: &[&Entry], settings: impl Iterator<Item = &'s SettingId>) -> Word {
        let enrolments = || entries.iter().flat_map(|entry| &entry.enrolments);
        let is_listed = |id| enrolments().any(|one| one.setting == id && one.how == Attendance::HomeEducated);
        let at = |id: &SettingId| {
            let place = self.places.get(id)?;
            let (kind, wording) = (place.kind, &place.wording);
            Some(At { setting: *id, kind, wording, is_home_educated: is_listed(*id) })
        };
        self.officer.about(&settings.filter_map(at).collect::<Vec<_>>())
    }
}

fn weighed(grounds: &Grounds, one: &Pairing, is_fitting: bool) -> Weighed {
    let entry = one.entry;
    let seen = |enrolment: &Enrolment| Seen {
        setting: enrolment.setting,
        standing: roll::standing(grounds, enrolment),
        tie: grounds.places.get(&enrolment.setting).map(|place| place.tie).unwrap_or_default(),
    };
    let officer = match grounds.word_on(&[entry], entry.enrolments.iter().map(|enrolment| &enrolment.setting))
    {
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
        names: one.names,
        birth_date: one.born,
        postcode: one.postcode,
        home: one.home,
        upn: one.upn,
        nhs_number: one.nhs_number,
        officer,
        is_stale: entry.is_stale,
        is_restricted: entry.is_restricted,
        enrolments: entry.enrolments.iter().map(seen).collect(),
        scored: entry.scored.clone(),
    }
}
