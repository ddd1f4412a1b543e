//! From what was found of a child to whom it is told: the verdict of `matching`, the officer's word and the routing table.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use encompass_core::calendar::london;
use encompass_core::id::{EntryId, SettingId};
use encompass_core::incident::LookUp;
use encompass_core::routing::{Attendance, Enrolment, Gap, Held, Question, Route, Stated, route};
use encompass_core::state::{Hold, ResolutionKind, SettingKind};
use encompass_matching::{Compared, Entry, Evidence, Registers, Standing, Verdict, Weighed};
use encompass_store::resolve::{Site, Work};
use jiff::civil::Date;

use super::Resolver;
use super::look::{Found, Subject};

/// What is decided of a child.
pub(crate) enum Routed {
    /// It was 18 or over.
    NotAChild,
    /// A person decides.
    Held { hold: Hold, notes: Vec<String> },
    /// These settings are told.
    Told { kind: ResolutionKind, route: Route },
}

impl Routed {
    /// The settings that are told.
    pub fn settings(&self) -> impl Iterator<Item = SettingId> + '_ {
        let targets = match self {
            Self::Told { route, .. } => route.targets.as_slice(),
            Self::NotAChild | Self::Held { .. } => &[],
        };
        targets.iter().map(|target| target.setting)
    }
}

impl Resolver {
    /// Routes a child by what the rules say of it.
    pub(super) fn route(
        &self,
        work: &Work,
        subject: &Subject<'_>,
        found: &Found,
        verdict: &Verdict,
        evidence: &Evidence,
    ) -> Routed {
        let fitting = fitting(subject, found, evidence);
        let hold = match verdict {
            Verdict::NotAChild => return Routed::NotAChild,
            Verdict::Matched(_) => {
                let enrolments = self.enrolments(subject, &fitting, found);
                let question = self.question(work, subject, found, &fitting, Some(enrolments));
                return self.routed(ResolutionKind::Matched, &question);
            }
            Verdict::Hold(hold) => *hold,
        };
        let Some((kind, enrolments)) = self.way_out(subject, found, &fitting, evidence) else {
            return Routed::Held { hold, notes: Vec::new() };
        };
        let question = self.question(work, subject, found, &fitting, enrolments);
        match self.routed(kind, &question) {
            Routed::Held { notes, .. } => Routed::Held { hold, notes },
            told => told,
        }
    }

    fn routed(&self, kind: ResolutionKind, question: &Question) -> Routed {
        match route(question, &self.rules.routing) {
            Ok(route) => Routed::Told { kind, route },
            Err(Held { hold, why, gaps }) => {
                let notes = std::iter::once(why).chain(gaps.iter().map(Gap::sentence));
                Routed::Held { hold, notes: notes.collect() }
            }
        }
    }

    /// Where the rules found no setting, and nothing but that asks for a person: what the table can go by all the same.
    fn way_out(
        &self,
        subject: &Subject<'_>,
        found: &Found,
        fitting: &[&Entry],
        evidence: &Evidence,
    ) -> Option<(ResolutionKind, Option<Vec<Enrolment>>)> {
        let only = |allowed: &[Hold]| evidence.reasons.iter().all(|reason| allowed.contains(reason));
        if subject.child.is_unborn() {
            let nobody = [Hold::Unborn, Hold::NoMatch, Hold::NoRegister, Hold::RegisterStale];
            return only(&nobody).then_some((ResolutionKind::Stated, None));
        }
        if only(&[Hold::NoEnrolment, Hold::EnrolmentEnded]) {
            let is_known = is_established(evidence);
            return is_known
                .then(|| (ResolutionKind::Matched, Some(self.enrolments(subject, fitting, found))));
        }
        if !only(&[Hold::NoMatch, Hold::NoRegister]) || !evidence.candidates.is_empty() {
            return None;
        }
        let named = found.named.get(&subject.id);
        let is_first = found.registers.get(subject.force).is_none_or(|all| *all == Registers::None);
        if is_first
            && self.rules.routing.stated == Stated::NoRegister
            && let Some(confirmed) = named.and_then(|named| named.confirmed)
        {
            let stated = self.enrolment(confirmed, Attendance::Main, subject, found);
            return Some((ResolutionKind::Stated, Some(vec![stated])));
        }
        let names_none = named.is_none_or(|named| named.candidates.is_empty()) && evidence.officer.is_empty();
        names_none.then_some((ResolutionKind::Stated, None))
    }

    fn question(
        &self,
        work: &Work,
        subject: &Subject<'_>,
        found: &Found,
        fitting: &[&Entry],
        enrolments: Option<Vec<Enrolment>>,
    ) -> Question {
        let due_on = enrolments.iter().flatten().map(|enrolment| enrolment.due_on).min();
        let day = due_on.unwrap_or_else(|| london::date(subject.known.at));
        let own = self.store.identity().setting("force", subject.force);
        Question {
            is_unborn: subject.child.is_unborn(),
            ages: ages(subject, fitting, day),
            enrolments,
            home: found.directory.home(&homes(subject, fitting), own),
            excluded: work.excluded.clone(),
        }
    }
}

impl Resolver {
    /// The enrolments of the entries that fit, as they stand for the day of each setting's due time.
    fn enrolments(&self, subject: &Subject<'_>, fitting: &[&Entry], found: &Found) -> Vec<Enrolment> {
        let of_entry = |entry: &&Entry| {
            let entry: Entry = (*entry).clone();
            entry.enrolments.into_iter().map(move |enrolment| (entry.id, enrolment))
        };
        let all = fitting.iter().flat_map(of_entry);
        all.map(|(entry, enrolment)| {
            let how = found.how.get(&(entry, enrolment.setting)).copied().unwrap_or(Attendance::Main);
            Enrolment {
                from: enrolment.starts_on,
                until: enrolment.ends_on,
                ..self.enrolment(enrolment.setting, how, subject, found)
            }
        })
        .collect()
    }

    /// Being at a setting, from when on is not known. One that the directory does not have counts as closed.
    fn enrolment(
        &self,
        setting: SettingId,
        how: Attendance,
        subject: &Subject<'_>,
        found: &Found,
    ) -> Enrolment {
        let site = found.sites.get(&setting).map(|(site, _)| site);
        let day = |site: &Site| london::date(site.due(&subject.known, &self.rules).at);
        let due_on = site.map_or_else(|| london::date(subject.known.at), day);
        let postcode = site.and_then(|site| site.setting.record.postcode.as_deref());
        let is_outside = site.is_some_and(lies_outside);
        let own = self.store.identity().setting("force", subject.force);
        let forces = postcode.filter(|_| is_outside).into_iter().flat_map(|at| found.directory.forces(at));
        Enrolment {
            setting,
            kind: site.map_or(SettingKind::School, |site| site.setting.record.kind),
            how,
            from: None,
            until: None,
            due_on,
            is_open: site.is_some_and(|site| is_open_on(site, due_on)),
            is_outside,
            forces: forces.filter(|force| *force != own).collect(),
        }
    }
}

/// Whether a setting can be told on a day.
pub(super) fn is_open_on(site: &Site, day: Date) -> bool {
    let record = &site.setting.record;
    record.is_open && record.closed_on.is_none_or(|last| last >= day)
}

/// The entries that fit exactly.
fn fitting<'a>(subject: &Subject<'_>, found: &'a Found, evidence: &Evidence) -> Vec<&'a Entry> {
    let fits: BTreeSet<EntryId> = evidence
        .candidates
        .iter()
        .filter(|candidate| candidate.fits)
        .map(|candidate| candidate.entry)
        .collect();
    let entries = found.entries.get(&subject.id).into_iter().flatten();
    entries.filter(|entry| fits.contains(&entry.id)).collect()
}

/// Whether it is clear who the child is, although the rules stopped at the enrolments: everything else agrees.
fn is_established(evidence: &Evidence) -> bool {
    let mut fitting = evidence.candidates.iter().filter(|candidate| candidate.fits).peekable();
    let agrees = |candidate: &Weighed| {
        candidate.postcode == Compared::Agrees && candidate.officer != Compared::Differs
    };
    fitting.peek().is_some() && fitting.all(agrees) && !disagree(evidence)
}

/// Whether one register has the child at a setting now, and another at one that it left or that can't be told.
fn disagree(evidence: &Evidence) -> bool {
    let is_now = |candidate: &Weighed| {
        candidate
            .enrolments
            .iter()
            .any(|seen| matches!(seen.standing, Standing::Current | Standing::Excluded))
    };
    let fitting: Vec<&Weighed> = evidence.candidates.iter().filter(|candidate| candidate.fits).collect();
    let some = fitting.iter().any(|candidate| is_now(candidate));
    some && fitting.iter().any(|candidate| !is_now(candidate) && !candidate.enrolments.is_empty())
}

/// The ages that the child can have on a day: by the register, where those that fit say the same, else by the police.
fn ages(subject: &Subject<'_>, fitting: &[&Entry], day: Date) -> Option<RangeInclusive<i16>> {
    let born: BTreeSet<Date> = fitting.iter().map(|entry| entry.born).collect();
    match born.first() {
        Some(born_on) if born.len() == 1 && *born_on <= day => {
            let before_birthday = (day.month(), day.day()) < (born_on.month(), born_on.day());
            let age = day.year() - born_on.year() - i16::from(before_birthday);
            Some(age..=age)
        }
        _ => subject.child.ages_on(day),
    }
}

/// The postcodes of the home: those that police and registers have. For an unborn child the home is the pregnant adult's.
pub(super) fn homes(subject: &Subject<'_>, fitting: &[&Entry]) -> Vec<String> {
    let registered = fitting.iter().filter_map(|entry| entry.postcode.clone());
    let of_adult = match subject.child.look_up {
        LookUp::PregnantAdult { adult } => adult.and_then(|adult| subject.incident.adults().get(adult)),
        LookUp::Child | LookUp::Nothing => None,
    };
    let address = of_adult.and_then(|adult| adult.address.known());
    let of_adult = address.and_then(|address| address.postcode.known()).map(|postcode| postcode.to_string());
    let all: BTreeSet<String> =
        subject.facts.postcodes.iter().cloned().chain(registered).chain(of_adult).collect();
    all.into_iter().collect()
}

/// Postcode areas of Scotland, Northern Ireland, the Isle of Man and the Channel Islands. `TD` lies on both sides.
const OUTSIDE: [&str; 20] = [
    "AB", "BT", "DD", "DG", "EH", "FK", "G", "GY", "HS", "IM", "IV", "JE", "KA", "KW", "KY", "ML", "PA",
    "PH", "TD", "ZE",
];

/// Whether a setting lies outside England and Wales: by its postcode, and no authority of the school register has it.
fn lies_outside(site: &Site) -> bool {
    let record = &site.setting.record;
    let area = record.postcode.as_deref().map(|postcode| {
        postcode.trim_start().split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default()
    });
    record.authority.is_none() && area.is_some_and(|area| OUTSIDE.contains(&area))
}
