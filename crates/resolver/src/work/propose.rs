//! What the rules of `matching` and the routing table make of one child, before anything else has a say.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::calendar::london;
use encompass_core::id::{ChildId, SettingId};
use encompass_core::state::Hold;
use encompass_matching::{Evidence, Grounds, Place, Registers, Relative, decide};

use super::Resolver;
use super::found::{Found, Seen};
use super::route::Routed;
use super::subject::Subject;

/// Whom a child would be told to, and why.
pub(super) struct Proposal {
    pub evidence: Evidence,
    pub routed: Routed,
}

impl Proposal {
    /// Whether only named people may see the child, whatever else asks for a person.
    pub fn is_restricted(&self) -> bool {
        self.evidence.reasons.contains(&Hold::Restricted)
    }
}

impl Resolver {
    pub(super) fn propose(&self, subject: &Subject, found: &Found) -> Proposal {
        let (verdict, evidence) = decide(&self.grounds(subject, found));
        let routed = self.route(subject, found, &verdict, &evidence);
        Proposal { evidence, routed }
    }

    fn grounds<'a>(&self, subject: &'a Subject, found: &'a Found) -> Grounds<'a> {
        let id = subject.id();
        Grounds {
            facts: subject.facts,
            flags: subject.flags(),
            officer: found.officers.get(&id).cloned().unwrap_or_default(),
            entries: found.entries_of(id),
            places: self.places(subject, found),
            excluded: subject.work.excluded.clone(),
            registers: found.registers.get(subject.force()).copied().unwrap_or(Registers::None),
            searched: found.searched.get(&id).cloned().unwrap_or_default(),
            confirmation: self.confirmation,
            relatives: relatives(subject, found),
        }
    }

    /// What is known of the settings of a child's entries.
    fn places(&self, subject: &Subject, found: &Found) -> BTreeMap<SettingId, Place> {
        let settings: BTreeSet<SettingId> = found.enrolled(subject.id()).collect();
        let known = settings.into_iter().filter_map(|id| Some((id, found.sites.get(&id)?)));
        known
            .map(|(id, worded)| {
                let site = &worded.site;
                let due_on = london::date(site.due(&subject.known, &self.rules).at);
                let place = Place {
                    kind: site.setting.record.kind,
                    is_open: site.is_open_on(due_on),
                    due_on,
                    ages: site.ages(),
                    is_between: self.rules.routing.is_between_schools(due_on),
                    wording: worded.wording.clone(),
                    tie: found.tie(id, subject),
                };
                (id, place)
            })
            .collect()
    }
}

/// The other children of the incident, those included who are not to be decided on.
fn relatives<'a>(subject: &'a Subject, found: &'a Found) -> Vec<Relative<'a>> {
    let others = subject.opened.places.iter().filter(|(id, _)| **id != subject.id());
    let relative = |(id, at): (&ChildId, &usize)| Relative {
        facts: &subject.opened.facts[*at],
        entries: found.entries_of(*id),
    };
    others.map(relative).collect()
}

/// The settings that would be told, and those that are owed a notification already.
pub(super) fn told(subjects: &[Subject<'_>], proposals: &[Proposal]) -> BTreeSet<Seen> {
    let mut told = BTreeSet::new();
    for (subject, proposal) in subjects.iter().zip(proposals) {
        let settings = proposal.routed.settings().chain(subject.work.open.iter().copied());
        told.extend(settings.map(|setting| (setting, subject.force().to_owned())));
    }
    told
}
