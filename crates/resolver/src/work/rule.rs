//! What becomes of each child of a batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use encompass_core::calendar::london;
use encompass_core::id::{ChildId, LoadId, SettingId};
use encompass_core::incident::Incident;
use encompass_core::state::{ChildState, Hold, Reason};
use encompass_matching::adult::Tie;
use encompass_matching::{Case as Question, Flags, Place, Registers, Verdict, decide};
use encompass_store::incident::Due;
use encompass_store::resolution::Target;
use encompass_store::resolve::{Case, Reach, Site, Work, provisional_due};
use jiff::Timestamp;

use super::look::{Found, Subject};
use super::{Error, Resolver};
use crate::{Evidence, Revision};

/// What becomes of a child.
pub(super) enum Ruling {
    /// Nothing can be read of it.
    Unreadable,
    /// It is with somebody else.
    PassedOver,
    /// Closed without a resolution.
    Closed(Reason),
    /// What was under way goes on.
    Kept { known_at: Timestamp, dues: Vec<(SettingId, Due, Timestamp)>, asks: bool },
    /// Decided anew.
    Decided(Box<Decided>),
}

/// A decision, before it is recorded.
pub(super) struct Decided {
    pub targets: Vec<Target>,
    pub hold: Option<Hold>,
    pub provisional: Option<Due>,
    pub evidence: Evidence,
    pub register_load: Option<LoadId>,
    pub directory_load: Option<LoadId>,
    pub authority: Option<String>,
}

/// The rulings of a batch.
pub(super) type Rulings = HashMap<ChildId, Ruling>;

impl Resolver {
    /// Rules on every child of the cases.
    pub(super) async fn rule_on(&self, cases: &[Case], now: Timestamp) -> Result<Rulings, Error> {
        let mut rulings = Rulings::new();
        let read: Vec<(&Case, Incident)> =
            cases.iter().filter_map(|case| Some((case, open(case, &mut rulings)?))).collect();
        let mut subjects = Vec::new();
        for (case, incident) in &read {
            let children: BTreeMap<ChildId, usize> = incident
                .children()
                .iter()
                .enumerate()
                .map(|(at, child)| (self.store.identity().child(case.incident, child.child_ref()), at))
                .collect();
            for work in case.children.iter().filter(|work| !is_elsewhere(work)) {
                match children.get(&work.child.id) {
                    Some(at) => {
                        let child = &incident.children()[*at];
                        subjects.push((*case, work, Subject::new(case, work.child.id, incident, child)));
                    }
                    None => drop(rulings.insert(work.child.id, unread(case))),
                }
            }
        }
        let (rest, subjects): (Vec<_>, Vec<_>) =
            subjects.into_iter().map(|(case, work, subject)| ((case, work), subject)).unzip();
        let found = self.look(&subjects, now).await?;
        for ((case, work), subject) in rest.into_iter().zip(&subjects) {
            rulings.insert(subject.id, self.rule(case, work, subject, &found, now));
        }
        Ok(rulings)
    }

    fn rule(&self, case: &Case, work: &Work, subject: &Subject, found: &Found, now: Timestamp) -> Ruling {
        let flags = flags(case, subject);
        let entries = found.entries.get(&subject.id).map_or(&[][..], Vec::as_slice);
        let question = Question {
            facts: &subject.facts,
            flags,
            officer: found.officers.get(&subject.id).cloned().unwrap_or_default(),
            entries,
            places: self.places(subject, found),
            excluded: work.excluded.clone(),
            registers: found.registers.get(subject.force).copied().unwrap_or(Registers::None),
        };
        let (verdict, mut evidence) = decide(&question);
        let settings: BTreeSet<SettingId> = evidence.settings.iter().copied().collect();
        let is_same = matches!(&verdict, Verdict::Matched(_)) && settings == work.open;
        if !work.open.is_empty() && (is_same || (work.is_by_person && !flags.ask_for_a_person())) {
            return self.keep(work, subject, found, !is_same);
        }
        let revision = (!work.open.is_empty())
            .then(|| Revision { stopped: work.open.iter().copied().collect(), version: case.version });
        let hold = match verdict {
            Verdict::NotAChild => return Ruling::Closed(Reason::NotAChild),
            Verdict::Hold(hold) => Some(hold),
            Verdict::Matched(_) if revision.is_some() => {
                evidence.reasons = vec![Hold::SettingsDisagree];
                Some(Hold::SettingsDisagree)
            }
            Verdict::Matched(_) => None,
        };
        self.decided(subject, found, Evidence::new(evidence, revision), hold, now)
    }

    fn decided(
        &self,
        subject: &Subject,
        found: &Found,
        evidence: Evidence,
        mut hold: Option<Hold>,
        now: Timestamp,
    ) -> Ruling {
        let possible = evidence.matching.possible_settings();
        let sites = || possible.iter().filter_map(|id| found.sites.get(id)).map(|(site, _)| site);
        let told = evidence.matching.settings.iter().filter(|_| hold.is_none());
        let targets: Option<Vec<Target>> = told.map(|id| self.target(*id, subject, found, now)).collect();
        let targets = targets.unwrap_or_default();
        if targets.is_empty() && hold.is_none() {
            hold = Some(Hold::NoEnrolment);
        }
        let provisional = targets.is_empty().then(|| provisional_due(&subject.known, sites(), &self.rules));
        let first = sites().next().map(|site| &site.setting);
        Ruling::Decided(Box::new(Decided {
            hold,
            provisional,
            register_load: evidence.matching.candidates.first().map(|candidate| candidate.load),
            directory_load: first.map(|setting| setting.load),
            authority: first.and_then(|setting| setting.record.authority.clone()),
            targets,
            evidence,
        }))
    }

    fn target(&self, id: SettingId, subject: &Subject, found: &Found, now: Timestamp) -> Option<Target> {
        let (site, _) = found.sites.get(&id)?;
        site.target(&subject.known, contacts(id, subject, found), &self.rules, now)
    }

    fn keep(&self, work: &Work, subject: &Subject, found: &Found, asks: bool) -> Ruling {
        let known = &subject.known;
        let sites = work.open.iter().filter_map(|id| Some((*id, &found.sites.get(id)?.0)));
        let dues = sites.map(|(id, site)| {
            let due = site.due(known, &self.rules);
            let call_at = Site::call_at(&due, work.made_at.unwrap_or(due.at), &self.rules);
            (id, due, call_at)
        });
        Ruling::Kept { known_at: known.at, dues: dues.collect(), asks }
    }

    /// What is known of the settings of a child's entries.
    fn places(&self, subject: &Subject, found: &Found) -> BTreeMap<SettingId, Place> {
        let entries = found.entries.get(&subject.id).into_iter().flatten();
        let settings: BTreeSet<SettingId> =
            entries.flat_map(|entry| &entry.enrolments).map(|enrolment| enrolment.setting).collect();
        let known = settings.into_iter().filter_map(|id| Some((id, found.sites.get(&id)?)));
        known
            .map(|(id, (site, words))| {
                let record = &site.setting.record;
                let place = Place {
                    kind: record.kind,
                    is_open: record.is_open && self.rules.routing.legal_basis(record.kind).is_some(),
                    due_on: london::date(site.due(&subject.known, &self.rules).at),
                    words: words.clone(),
                    tie: tie(id, subject, found),
                };
                (id, place)
            })
            .collect()
    }
}

/// Reads a case's incident; where that is impossible or idle, rules on its children at once.
fn open(case: &Case, rulings: &mut Rulings) -> Option<Incident> {
    let at_once = match (case.is_withdrawn, case.is_exercise, case.is_history) {
        (true, _, _) => Some(Reason::Withdrawn),
        (_, true, _) => Some(Reason::Exercise),
        (_, _, true) => Some(Reason::History),
        _ => None,
    };
    let incident = read(case);
    for work in &case.children {
        let ruling = match (&incident, at_once) {
            _ if is_elsewhere(work) => Ruling::PassedOver,
            (_, Some(reason)) => Ruling::Closed(reason),
            (None, None) => unread(case),
            (Some(_), None) => continue,
        };
        rulings.insert(work.child.id, ruling);
    }
    incident.filter(|_| at_once.is_none())
}

fn read(case: &Case) -> Option<Incident> {
    let data = serde_json::from_slice(case.body.as_ref()?).ok()?;
    Incident::parse(&data, case.received_at).ok()
}

/// A child that is handed over or closed is not decided again.
fn is_elsewhere(work: &Work) -> bool {
    !matches!(work.child.state, ChildState::Held | ChildState::Notified) || work.child.told_at.is_some()
}

/// Of an erased case not even a resolution can be sealed; of any other a person sees what there is.
fn unread(case: &Case) -> Ruling {
    if case.key.is_none() || case.body.is_none() {
        return Ruling::Unreadable;
    }
    let matching =
        encompass_matching::Evidence { reasons: vec![Hold::NothingToLookUp], ..Default::default() };
    Ruling::Decided(Box::new(Decided {
        targets: Vec::new(),
        hold: Some(Hold::NothingToLookUp),
        provisional: None,
        evidence: Evidence::new(matching, None),
        register_load: None,
        directory_load: None,
        authority: None,
    }))
}

fn flags(case: &Case, subject: &Subject) -> Flags {
    let flags = Flags::of(subject.incident, subject.child, london::date(subject.known.at));
    Flags { is_restricted: flags.is_restricted || case.is_restricted, ..flags }
}

fn contacts<'a>(id: SettingId, subject: &Subject, found: &'a Found) -> &'a [Reach] {
    found.contacts.get(&(id, subject.force.to_owned())).map_or(&[][..], Vec::as_slice)
}

/// How near an adult of the incident is to the contacts of a setting.
fn tie(id: SettingId, subject: &Subject, found: &Found) -> Tie {
    let contacts = found.names.get(&(id, subject.force.to_owned())).into_iter().flatten();
    let ties = contacts.flat_map(|contact| subject.adults.iter().map(|adult| adult.tie(contact)));
    ties.max().unwrap_or_default()
}
