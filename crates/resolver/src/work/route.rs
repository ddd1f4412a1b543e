//! From what was found of a child to whom it is told: the verdict of `matching`, the officer's word and the routing table.

use std::collections::BTreeSet;

use encompass_core::id::{EntryId, SettingId};
use encompass_core::routing::{Attendance, Enrolment, Gap, Held, Route, Stated, route};
use encompass_core::state::{Hold, ResolutionKind};
use encompass_matching::{Evidence, Registers, Verdict};
use encompass_store::resolve::Registered;

use super::Resolver;
use super::established::is_established;
use super::found::Found;
use super::subject::Subject;

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

/// By what a child is routed.
struct Way {
    kind: ResolutionKind,
    /// `None` where nobody knows of any.
    enrolments: Option<Vec<Enrolment>>,
}

impl Way {
    /// By the police's word alone, which names no setting.
    const STATED: Self = Self { kind: ResolutionKind::Stated, enrolments: None };
}

impl Resolver {
    /// Routes a child by what the rules say of it.
    pub(super) fn route(
        &self,
        subject: &Subject<'_>,
        found: &Found,
        verdict: &Verdict,
        evidence: &Evidence,
    ) -> Routed {
        let fitting = fitting(found, evidence);
        let hold = match verdict {
            Verdict::NotAChild => return Routed::NotAChild,
            Verdict::Matched(_) => {
                let way = self.matched(subject, found, &fitting);
                return self.routed(subject, found, &fitting, way);
            }
            Verdict::Hold(hold) => *hold,
        };
        let Some(way) = self.way_out(subject, found, &fitting, evidence) else {
            return Routed::Held { hold, notes: Vec::new() };
        };
        match self.routed(subject, found, &fitting, way) {
            Routed::Held { notes, .. } => Routed::Held { hold, notes },
            told => told,
        }
    }

    /// By the entries that fit.
    fn matched(&self, subject: &Subject<'_>, found: &Found, fitting: &[&Registered]) -> Way {
        let enrolments = self.ask(subject, found).enrolments(fitting, |setting| found.site(setting));
        Way { kind: ResolutionKind::Matched, enrolments: Some(enrolments) }
    }

    fn routed(&self, subject: &Subject<'_>, found: &Found, fitting: &[&Registered], way: Way) -> Routed {
        let question = self.ask(subject, found).question(fitting, way.enrolments);
        match route(&question, &self.rules.routing) {
            Ok(route) => Routed::Told { kind: way.kind, route },
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
        fitting: &[&Registered],
        evidence: &Evidence,
    ) -> Option<Way> {
        let only = |allowed: &[Hold]| evidence.reasons.iter().all(|reason| allowed.contains(reason));
        if subject.child.is_unborn() {
            let nobody = [Hold::Unborn, Hold::NoMatch, Hold::NoRegister, Hold::RegisterStale];
            return only(&nobody).then_some(Way::STATED);
        }
        if only(&[Hold::NoEnrolment, Hold::EnrolmentEnded]) {
            return is_established(evidence, self.confirmation)
                .then(|| self.matched(subject, found, fitting));
        }
        if !only(&[Hold::NoMatch, Hold::NoRegister]) || !evidence.candidates.is_empty() {
            return None;
        }
        let named = found.named.get(&subject.id());
        let has_no_register = found.registers.get(subject.force()).is_none_or(|all| *all == Registers::None);
        if has_no_register
            && self.rules.routing.stated == Stated::NoRegister
            && let Some(confirmed) = named.and_then(|named| named.confirmed)
        {
            let stated =
                self.ask(subject, found).enrolment(confirmed, Attendance::Main, found.site(confirmed));
            return Some(Way { enrolments: Some(vec![stated]), ..Way::STATED });
        }
        let names_none = named.is_none_or(|named| named.candidates.is_empty()) && evidence.officer.is_empty();
        names_none.then_some(Way::STATED)
    }
}

/// The entries that fit.
fn fitting<'a>(found: &'a Found, evidence: &Evidence) -> Vec<&'a Registered> {
    let fits: BTreeSet<EntryId> = evidence
        .candidates
        .iter()
        .filter(|candidate| candidate.fits)
        .map(|candidate| candidate.entry)
        .collect();
    fits.iter().filter_map(|entry| found.registered.get(entry)).collect()
}
