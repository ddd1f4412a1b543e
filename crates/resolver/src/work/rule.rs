//! What becomes of each child of a batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use encompass_core::calendar::london;
use encompass_core::id::{ChildId, EntryId, IncidentId, LoadId, SettingId};
use encompass_core::incident::Incident;
use encompass_core::routing::{self, Gap, Route, Whom};
use encompass_core::state::{ChildState, Hold, Reason, ResolutionKind};
use encompass_matching::adult::Tie;
use encompass_matching::{Flags, Grounds, Place, Registers, decide};
use encompass_store::incident::Due;
use encompass_store::resolution::Target;
use encompass_store::resolve::{Case, Reach, Site, Work, provisional_due};
use jiff::Timestamp;

use super::look::{Found, Subject};
use super::route::{Routed, homes, is_open_on};
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
    pub kind: ResolutionKind,
    pub targets: Vec<Target>,
    /// Who should have been told besides and is not clear.
    pub gaps: Vec<Gap>,
    pub hold: Option<Hold>,
    pub provisional: Option<Due>,
    pub evidence: Evidence,
    pub register_load: Option<LoadId>,
    pub directory_load: Option<LoadId>,
    pub authority: Option<String>,
    /// The authority's officer for the home of a child that is held.
    pub officer: Option<SettingId>,
}

/// The rulings of a batch.
pub(super) type Rulings = HashMap<ChildId, Ruling>;

impl Resolver {
    /// Rules on every child of the cases.
    ///
    /// # Errors
    /// As the store says; [`Error::Behind`] only while `may_repeat`.
    pub(super) async fn rule_on(
        &self,
        cases: &[Case],
        now: Timestamp,
        may_repeat: bool,
    ) -> Result<Rulings, Error> {
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
                        subjects.push((*case, work, Subject::new(case, work.child.id, incident, *at)));
                    }
                    None => drop(rulings.insert(work.child.id, unread(case))),
                }
            }
        }
        let (rest, subjects): (Vec<_>, Vec<_>) =
            subjects.into_iter().map(|(case, work, subject)| ((case, work), subject)).unzip();
        let mut found = self.look(&subjects, now, may_repeat).await?;
        let mut weighed = Vec::with_capacity(subjects.len());
        let mut places = BTreeSet::new();
        for ((case, work), subject) in rest.iter().zip(&subjects) {
            let (verdict, evidence) = decide(&self.asked(case, work, subject, &found));
            let routed = self.route(work, subject, &found, &verdict, &evidence);
            let told = routed.settings().chain(work.open.iter().copied());
            places.extend(told.map(|setting| (setting, subject.force.to_owned())));
            weighed.push((evidence, routed));
        }
        hold_the_same(&subjects, &mut weighed);
        self.look_beside(places, &mut found).await?;
        for (((case, work), subject), (evidence, routed)) in rest.into_iter().zip(&subjects).zip(weighed) {
            let routed = guarded(routed, subject, &found);
            rulings.insert(subject.id, self.rule(case, work, subject, &found, evidence, routed, now));
        }
        Ok(rulings)
    }

    /// What the rules are asked about a child.
    fn asked<'a>(&self, case: &Case, work: &Work, subject: &'a Subject, found: &'a Found) -> Grounds<'a> {
        Grounds {
            facts: &subject.facts,
            flags: flags(case, subject),
            officer: found.officers.get(&subject.id).cloned().unwrap_or_default(),
            entries: found.entries.get(&subject.id).map_or(&[][..], Vec::as_slice),
            places: self.places(subject, found),
            excluded: work.excluded.clone(),
            registers: found.registers.get(subject.force).copied().unwrap_or(Registers::None),
            searched: found.searched.get(&subject.id).cloned().unwrap_or_default(),
            confirmation: self.confirmation,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is one part of what the ruling rests on")]
    fn rule(
        &self,
        case: &Case,
        work: &Work,
        subject: &Subject,
        found: &Found,
        mut evidence: encompass_matching::Evidence,
        routed: Routed,
        now: Timestamp,
    ) -> Ruling {
        let settings: BTreeSet<SettingId> = routed.settings().collect();
        let is_same = !settings.is_empty() && settings == work.open;
        let asks = flags(case, subject).ask_for_a_person();
        if !work.open.is_empty() && (is_same || (work.is_by_person && !asks)) {
            return self.keep(work, subject, found, !is_same);
        }
        let revision = (!work.open.is_empty())
            .then(|| Revision { stopped: work.open.iter().copied().collect(), version: case.version });
        let (kind, hold) = match &routed {
            Routed::NotAChild => return Ruling::Closed(Reason::NotAChild),
            Routed::Held { hold, .. } => (ResolutionKind::None, Some(*hold)),
            Routed::Told { .. } if revision.is_some() => (ResolutionKind::None, Some(Hold::SettingsDisagree)),
            Routed::Told { kind, .. } => (*kind, None),
        };
        evidence.settings = settings.into_iter().collect();
        match hold {
            Some(hold) if evidence.reasons.first() != Some(&hold) => evidence.reasons = vec![hold],
            Some(_) => {}
            None => evidence.reasons.clear(),
        }
        let named = found.named.get(&subject.id).map(|named| named.candidates.clone()).unwrap_or_default();
        let evidence = Evidence::new(evidence, named, &routed, revision, self.confirmation);
        let route = match routed {
            Routed::Told { route, .. } if hold.is_none() => route,
            _ => Route::default(),
        };
        self.decided(subject, found, evidence, kind, route, hold, now)
    }

    #[expect(clippy::too_many_arguments, reason = "each is one part of the decision")]
    fn decided(
        &self,
        subject: &Subject,
        found: &Found,
        evidence: Evidence,
        kind: ResolutionKind,
        route: Route,
        mut hold: Option<Hold>,
        now: Timestamp,
    ) -> Ruling {
        let possible = evidence.possible_settings();
        let sites = || possible.iter().filter_map(|id| found.sites.get(id)).map(|(site, _)| site);
        let told = route.targets.into_iter();
        let targets: Option<Vec<Target>> =
            told.map(|target| self.target(target, subject, found, now)).collect();
        let targets = targets.unwrap_or_default();
        if targets.is_empty() && hold.is_none() {
            hold = Some(Hold::NoEnrolment);
        }
        let provisional = targets.is_empty().then(|| provisional_due(&subject.known, sites(), &self.rules));
        let first = sites().next().map(|site| &site.setting);
        Ruling::Decided(Box::new(Decided {
            kind: if targets.is_empty() { ResolutionKind::None } else { kind },
            gaps: route.gaps,
            hold,
            provisional,
            register_load: evidence.matching.candidates.first().map(|candidate| candidate.load),
            directory_load: first.map(|setting| setting.load),
            authority: first.and_then(|setting| setting.record.authority.clone()),
            officer: hold.and_then(|_| self.officer(subject, found)),
            targets,
            evidence,
        }))
    }

    /// The one officer of an authority who answers for the home that police named.
    fn officer(&self, subject: &Subject, found: &Found) -> Option<SettingId> {
        let own = self.store.identity().setting("force", subject.force);
        let home = found.directory.home(&homes(subject, &[]), &[], own);
        match home.teams.get(&Whom::HomeAuthority).map(Vec::as_slice) {
            Some([officer]) => Some(*officer),
            _ => None,
        }
    }

    fn target(
        &self,
        told: routing::Target,
        subject: &Subject,
        found: &Found,
        now: Timestamp,
    ) -> Option<Target> {
        let (site, _) = found.sites.get(&told.setting)?;
        let contacts = contacts(told.setting, subject, found);
        Some(site.target_on(told.basis, &subject.known, contacts, &self.rules, now))
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
                let due_on = london::date(site.due(&subject.known, &self.rules).at);
                let place = Place {
                    kind: record.kind,
                    is_open: is_open_on(site, due_on),
                    due_on,
                    words: words.clone(),
                    tie: tie(id, subject, found),
                };
                (id, place)
            })
            .collect()
    }
}

/// Two children of one incident are not one person: where both would be told of as the same entry, a person decides.
fn hold_the_same(subjects: &[Subject<'_>], weighed: &mut [(encompass_matching::Evidence, Routed)]) {
    let mut claimed: HashMap<(IncidentId, EntryId), usize> = HashMap::new();
    let fitting = |evidence: &encompass_matching::Evidence| -> Vec<EntryId> {
        evidence.candidates.iter().filter(|one| one.fits).map(|one| one.entry).collect()
    };
    for (subject, (evidence, _)) in subjects.iter().zip(&*weighed) {
        for entry in fitting(evidence) {
            *claimed.entry((subject.case, entry)).or_insert(0) += 1;
        }
    }
    for (subject, (evidence, routed)) in subjects.iter().zip(weighed) {
        let is_shared = fitting(evidence).iter().any(|entry| claimed[&(subject.case, *entry)] > 1);
        if is_shared && matches!(routed, Routed::Told { .. }) {
            let notes = vec!["Another child of the incident fits the same entry.".to_owned()];
            *routed = Routed::Held { hold: Hold::SeveralMatches, notes };
        }
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
        gaps: Vec::new(),
        kind: ResolutionKind::None,
        hold: Some(Hold::NothingToLookUp),
        provisional: None,
        evidence: Evidence::unread(matching),
        register_load: None,
        directory_load: None,
        authority: None,
        officer: None,
    }))
}

fn flags(case: &Case, subject: &Subject) -> Flags {
    let flags = Flags::of(subject.incident, subject.child, london::date(subject.known.at));
    Flags { is_restricted: flags.is_restricted || case.is_restricted, ..flags }
}

fn contacts<'a>(id: SettingId, subject: &Subject, found: &'a Found) -> &'a [Reach] {
    found.contacts.get(&(id, subject.force.to_owned())).map_or(&[][..], Vec::as_slice)
}

/// Nobody is told where an adult of the incident is, or may be, a contact.
fn guarded(routed: Routed, subject: &Subject, found: &Found) -> Routed {
    if routed.settings().any(|setting| tie(setting, subject, found) != Tie::None) {
        return Routed::Held { hold: Hold::ConnectedAdult, notes: Vec::new() };
    }
    routed
}

/// How near an adult of the incident is to the contacts of a setting.
fn tie(id: SettingId, subject: &Subject, found: &Found) -> Tie {
    let contacts = found.names.get(&(id, subject.force.to_owned())).into_iter().flatten();
    let ties = contacts.flat_map(|contact| subject.adults.iter().map(|adult| adult.tie(contact)));
    ties.max().unwrap_or_default()
}
