//! What stops a proposal that stands by itself: another child of the incident, and an adult of it.

use std::collections::HashMap;

use encompass_core::id::{EntryId, IncidentId};
use encompass_core::state::Hold;
use encompass_matching::Evidence;
use encompass_matching::adult::Tie;

use super::found::Found;
use super::propose::Proposal;
use super::route::Routed;
use super::subject::Subject;

/// Two children of one incident are not one person: where both would be told of as the same entry, a person decides.
pub(super) fn hold_the_same(subjects: &[Subject<'_>], proposals: &mut [Proposal]) {
    let mut claimed: HashMap<(IncidentId, EntryId), usize> = HashMap::new();
    for (subject, proposal) in subjects.iter().zip(&*proposals) {
        for entry in fitting(&proposal.evidence) {
            *claimed.entry((subject.opened.case.incident, entry)).or_insert(0) += 1;
        }
    }
    for (subject, Proposal { evidence, routed }) in subjects.iter().zip(proposals) {
        let is_shared = fitting(evidence).any(|entry| claimed[&(subject.opened.case.incident, entry)] > 1);
        if is_shared && matches!(routed, Routed::Told { .. }) {
            let notes = vec!["Another child of the incident fits the same entry.".to_owned()];
            *routed = Routed::Held { hold: Hold::SeveralMatches, notes };
        }
    }
}

fn fitting(evidence: &Evidence) -> impl Iterator<Item = EntryId> {
    evidence.candidates.iter().filter(|one| one.fits).map(|one| one.entry)
}

/// Nobody is told where an adult of the incident is, or may be, a contact.
pub(super) fn hold_the_connected(subject: &Subject, found: &Found, proposal: &mut Proposal) {
    if proposal.routed.settings().any(|setting| found.tie(setting, subject) != Tie::None) {
        proposal.routed = Routed::Held { hold: Hold::ConnectedAdult, notes: Vec::new() };
    }
}
