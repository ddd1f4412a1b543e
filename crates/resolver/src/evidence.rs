//! What a resolution keeps of why: sealed with the case.

use encompass_core::id::SettingId;
use serde::{Deserialize, Serialize};

/// The evidence of the resolver's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was compared.
    #[serde(flatten)]
    pub matching: encompass_matching::Evidence,
    /// The same in sentences, for the page of a person.
    pub sentences: Vec<String>,
    /// What a correction changed, where something was under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
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
    pub(crate) fn new(matching: encompass_matching::Evidence, revision: Option<Revision>) -> Self {
        let mut sentences = matching.sentences();
        sentences.extend(revision.as_ref().map(|revision| {
            format!(
                "Version {} names other settings than the version before it: {} notification(s) were stopped.",
                revision.version,
                revision.stopped.len()
            )
        }));
        Self { matching, sentences, revision }
    }
}
