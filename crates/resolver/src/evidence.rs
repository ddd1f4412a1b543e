//! What a resolution keeps of why: sealed with the case.

use std::collections::BTreeSet;

use encompass_core::id::{LoadId, SettingId};
use encompass_core::routing::{Gap, Target, When, Whom};
use encompass_matching::Confirmation;
use encompass_matching::setting::Candidate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::unearned::Unearned;
use crate::work::Routed;

/// The evidence of the resolver's decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was compared.
    #[serde(flatten)]
    pub matching: encompass_matching::Evidence,
    /// The settings that the officer's words can mean, the best first, each with its points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<Candidate>,
    /// Who is told, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Told>,
    /// Exact agreement that a person decides all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unearned: Vec<Unearned>,
    /// The same in sentences, for the page of a person.
    pub sentences: Vec<String>,
    /// What a correction changed, where something was under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

/// A setting that is told, by a row of the routing table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The setting.
    pub setting: SettingId,
    /// The circumstance.
    pub when: When,
    /// As whom it is told.
    pub tell: Whom,
    /// The legal basis.
    pub basis: String,
}

/// A correction that names other settings than those that were about to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The settings whose notifications were stopped.
    pub stopped: Vec<SettingId>,
    /// The version that changed it; those before stand beside it.
    pub version: i64,
}

impl Evidence {
    pub(crate) fn new(
        matching: encompass_matching::Evidence,
        named: Vec<Candidate>,
        routed: &Routed,
        revision: Option<Revision>,
        confirmation: Confirmation,
    ) -> Self {
        let unearned = Unearned::all(&matching, confirmation);
        let mut sentences = matching.sentences();
        sentences.extend(unearned.iter().map(Unearned::sentence));
        let listed = named.iter().enumerate();
        sentences.extend(listed.map(|(at, one)| format!("Setting {}: {}", at + 1, one.sentence())));
        let mut told = Vec::new();
        match routed {
            Routed::NotAChild => {}
            Routed::Held { notes, .. } => sentences.extend(notes.iter().cloned()),
            Routed::Told { route, .. } => {
                let why = |target: &Target| format!("A {} is told: {}.", target.kind, target.because());
                sentences.extend(route.targets.iter().map(why));
                sentences.extend(route.gaps.iter().map(Gap::sentence));
                told.extend(route.targets.iter().map(Told::of));
            }
        }
        sentences.extend(revision.as_ref().map(|revision| {
            format!(
                "Version {} names other settings than the version before it: {} notification(s) were stopped.",
                revision.version,
                revision.stopped.len()
            )
        }));
        Self { matching, named, told, unearned, sentences, revision }
    }

    /// Of an incident that can't be read.
    pub(crate) fn unread(matching: encompass_matching::Evidence) -> Self {
        let sentences = matching.sentences();
        let (named, told, unearned) = (Vec::new(), Vec::new(), Vec::new());
        Self { matching, named, told, unearned, sentences, revision: None }
    }

    /// Whether whoever decides would read the same in both, whichever versions of the registers were looked at and whatever
    /// small change of the scores they brought.
    pub(crate) fn says_the_same(&self, before: &Self) -> bool {
        let plain = |evidence: &Self| {
            let mut matching = evidence.matching.clone();
            matching.searched.clear();
            for candidate in &mut matching.candidates {
                (candidate.scored, candidate.load) = (None, LoadId::new(Uuid::nil()));
            }
            let unearned: Vec<_> = evidence.unearned.iter().map(|one| one.register).collect();
            (matching, evidence.named.clone(), evidence.told.clone(), unearned, evidence.revision.clone())
        };
        plain(self) == plain(before)
    }

    /// Every setting that the child may belong to: by its entries, and by the officer's words.
    pub fn possible_settings(&self) -> Vec<SettingId> {
        let fitting = self.named.iter().filter(|candidate| candidate.fits());
        let mut seen = BTreeSet::new();
        let all =
            self.matching.possible_settings().into_iter().chain(fitting.map(|candidate| candidate.setting));
        all.filter(|setting| seen.insert(*setting)).collect()
    }
}

impl Told {
    fn of(target: &Target) -> Self {
        let Target { setting, when, tell, basis, .. } = target;
        Self { setting: *setting, when: *when, tell: *tell, basis: basis.clone() }
    }
}
