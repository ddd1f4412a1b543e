//! From a proposal to a decision: the settings that are owed a notification, or a hold, with the evidence.

use std::collections::BTreeSet;

use encompass_core::id::SettingId;
use encompass_core::routing::{self, Route};
use encompass_core::state::{Hold, ResolutionKind};
use encompass_store::resolution::Target;
use encompass_store::resolve::provisional_due;
use jiff::Timestamp;

use super::Resolver;
use super::found::Found;
use super::propose::Proposal;
use super::route::Routed;
use super::ruling::Decided;
use super::subject::Subject;
use crate::{Evidence, Revision};

impl Resolver {
    /// Decides on a child by its proposal, unless there is a `hold`.
    pub(super) fn decide(
        &self,
        subject: &Subject,
        found: &Found,
        proposal: Proposal,
        hold: Option<Hold>,
        now: Timestamp,
    ) -> Decided {
        let is_restricted = proposal.is_restricted();
        let Proposal { evidence, routed } = proposal;
        let evidence = self.explained(subject, found, evidence, &routed, hold);
        let (kind, route) = match routed {
            Routed::Told { kind, route } if hold.is_none() => (kind, route),
            _ => (ResolutionKind::None, Route::default()),
        };
        let told = route.targets.into_iter();
        // One that the directory does not have: a person looks at all of them.
        let targets: Option<Vec<Target>> =
            told.map(|target| self.target(target, subject, found, now)).collect();
        let targets = targets.unwrap_or_default();
        let hold = hold.or_else(|| targets.is_empty().then_some(Hold::NoEnrolment));
        let possible = evidence.possible_settings();
        let sites = || possible.iter().filter_map(|id| found.site(*id));
        let provisional = targets.is_empty().then(|| provisional_due(&subject.known, sites(), &self.rules));
        let first = sites().next().map(|site| &site.setting);
        Decided {
            kind: if targets.is_empty() { ResolutionKind::None } else { kind },
            gaps: route.gaps,
            hold,
            is_restricted,
            provisional,
            register_load: evidence.matching.candidates.first().map(|candidate| candidate.load),
            directory_load: first.map(|setting| setting.load),
            authority: first.and_then(|setting| setting.record.authority.clone()),
            officer: hold.and_then(|_| self.officer(subject, found)),
            targets,
            evidence,
        }
    }

    fn target(
        &self,
        told: routing::Target,
        subject: &Subject,
        found: &Found,
        now: Timestamp,
    ) -> Option<Target> {
        let site = found.site(told.setting)?;
        let contacts = found.contacts(told.setting, subject);
        Some(site.target_on(told.basis, &subject.known, contacts, &self.rules, now))
    }

    /// The evidence as it is kept: of the reasons for a person, the one that holds stands first.
    fn explained(
        &self,
        subject: &Subject,
        found: &Found,
        mut evidence: encompass_matching::Evidence,
        routed: &Routed,
        hold: Option<Hold>,
    ) -> Evidence {
        let settings: BTreeSet<SettingId> = routed.settings().collect();
        evidence.settings = settings.into_iter().collect();
        match hold {
            Some(hold) if evidence.reasons.first() != Some(&hold) => evidence.reasons = vec![hold],
            Some(_) => {}
            None => evidence.reasons.clear(),
        }
        let named = found.named.get(&subject.id()).map(|named| named.candidates.clone()).unwrap_or_default();
        Evidence::new(evidence, named, routed, revision(subject), self.confirmation)
    }
}

/// What a correction stops, where something was under way.
fn revision(subject: &Subject) -> Option<Revision> {
    let open = &subject.work.open;
    (!open.is_empty())
        .then(|| Revision { stopped: open.iter().copied().collect(), version: subject.opened.case.version })
}
