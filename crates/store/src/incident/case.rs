//! What intake gives, and what is known of an incident while a batch is being accepted.

use std::collections::BTreeMap;

use encompass_core::id::{ChildId, IncidentId};
use jiff::Timestamp;

use crate::child::Child;
use crate::seal::SealingKey;

/// What an event says of its incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionKind {
    /// First told.
    Reported,
    /// Told anew.
    Corrected,
    /// Taken back.
    Withdrawn,
}

impl VersionKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Corrected => "corrected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A child as an incident names it.
#[derive(Clone)]
pub struct NamedChild {
    /// The police system's reference of the child within the incident. Sealed: nobody promises that it is not a name.
    pub child_ref: String,
    /// Its place in the incident's list.
    pub place: i64,
}

/// A due time with its reasoning (`core::due`, as JSON without personal data).
#[derive(Clone, Debug)]
pub struct Due {
    /// When a setting must have been told.
    pub at: Timestamp,
    /// Whether it stands only until there is a setting.
    pub is_provisional: bool,
    /// Why.
    pub reasoning: String,
}

/// An incident while a batch is accepted: what the store has, and what the batch has added so far.
pub(super) struct Case {
    pub id: IncidentId,
    pub key: Option<SealingKey>,
    pub wrapped_key: Option<Vec<u8>>,
    pub is_new: bool,
    pub is_erased: bool,
    pub is_changed: bool,
    /// When the first version reached us.
    pub received_at: Option<Timestamp>,
    pub latest: Option<Latest>,
    pub versions: BTreeMap<i64, Vec<u8>>,
    pub children: BTreeMap<ChildId, Named>,
}

/// The flags and times of the highest version.
#[derive(Clone)]
pub(super) struct Latest {
    pub version: i64,
    pub is_withdrawn: bool,
    pub is_restricted: bool,
    pub is_exercise: bool,
    pub is_history: bool,
    pub known_at: Timestamp,
    pub known_by: String,
    pub recorded_at: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
    pub traceparent: Option<String>,
}

/// A child of a case: stored already, or new with this batch.
pub(super) enum Named {
    Stored { child: Child, is_named: bool },
    New { child_ref: String, place: i64, named_in: i64, due: Due, received_at: Timestamp, is_named: bool },
}

impl Named {
    pub(super) const fn set_named(&mut self, named: bool) {
        match self {
            Self::Stored { is_named, .. } | Self::New { is_named, .. } => *is_named = named,
        }
    }
}
