//! What intake gives, and what is known of an incident while a batch is being accepted.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::{ChildId, IncidentId, ReferenceHash};
use encompass_core::incident::is_time_made;
use jiff::Timestamp;

use super::accept::Publication;
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
    /// The hash of its reference, where the store has not got it yet.
    pub new: Option<ReferenceHash>,
    pub is_erased: bool,
    pub is_changed: bool,
    /// When the first version reached us.
    pub received_at: Option<Timestamp>,
    pub latest: Option<Latest>,
    /// A version that is not the highest has restricted it.
    pub is_restricted_late: bool,
    pub versions: BTreeMap<i64, Seen>,
    pub children: BTreeMap<ChildId, Named>,
}

/// A version that is stored.
pub(super) struct Seen {
    pub content_hash: Vec<u8>,
    pub is_withdrawn: bool,
}

/// What holds by all versions that came.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Latest {
    pub version: i64,
    pub is_withdrawn: bool,
    /// How many children the highest version names that is no withdrawal.
    pub children: i64,
    pub is_restricted: bool,
    pub is_exercise: bool,
    pub is_history: bool,
    pub known_at: Timestamp,
    pub known_by: String,
    pub recorded_at: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
    pub traceparent: Option<String>,
}

impl Latest {
    /// What holds where `publication` is the only version. The force knew at the first receipt at the latest, whatever
    /// it says.
    fn of(publication: &Publication, first_received_at: Timestamp) -> Self {
        let children: BTreeSet<&str> =
            publication.children.iter().map(|child| child.child_ref.as_str()).collect();
        Self {
            version: publication.version,
            is_withdrawn: publication.kind == VersionKind::Withdrawn,
            children: i64::try_from(children.len()).expect("children are few"),
            is_restricted: publication.is_restricted,
            is_exercise: publication.is_exercise,
            is_history: publication.is_history,
            known_at: publication.known_at.min(first_received_at),
            known_by: publication.known_by.clone(),
            recorded_at: publication.recorded_at,
            published_at: publication.published_at,
            traceparent: publication.traceparent.clone(),
        }
    }
}

impl Case {
    /// What holds with a further version, in whatever order they come. A withdrawal says that the incident is taken back
    /// and nothing else of it; once any version restricts a case it is restricted.
    pub(super) fn latest_with(&self, publication: &Publication, first_received_at: Timestamp) -> Latest {
        let said = Latest::of(publication, first_received_at);
        let Some(before) = &self.latest else { return said };
        let highest = if said.version > before.version { &said } else { before };
        let telling = if self.is_told_by(publication) { &said } else { before };
        Latest {
            version: highest.version,
            is_withdrawn: highest.is_withdrawn,
            traceparent: highest.traceparent.clone(),
            children: telling.children,
            is_restricted: before.is_restricted || said.is_restricted,
            is_exercise: telling.is_exercise,
            is_history: telling.is_history,
            known_at: telling.known_at,
            known_by: telling.known_by.clone(),
            recorded_at: telling.recorded_at.or(before.recorded_at).or(said.recorded_at),
            published_at: [before.published_at, said.published_at].into_iter().flatten().min(),
        }
    }

    /// The newest version, where an event without a number says the same again: its number is made of a time, and who
    /// sends twice sends at two times.
    pub(super) fn repeated_by(&self, publication: &Publication) -> Option<i64> {
        let (newest, seen) = self.versions.last_key_value()?;
        let is_withdrawn = publication.kind == VersionKind::Withdrawn;
        let is_same = seen.content_hash == publication.content_hash && seen.is_withdrawn == is_withdrawn;
        (is_same && is_time_made(publication.version) && is_time_made(*newest)).then_some(*newest)
    }

    /// The earliest of its children's due times.
    pub(super) fn first_due(&self) -> Option<Timestamp> {
        let due = |named: &Named| match named {
            Named::Stored { child, .. } => child.due_at,
            Named::New { due, .. } => due.at,
        };
        self.children.values().map(due).min()
    }

    /// Whether some versions are numbered by a count and others by time.
    pub(super) fn is_numbered_otherwise(&self, version: i64) -> bool {
        self.versions.keys().any(|before| is_time_made(*before) != is_time_made(version))
    }

    /// Whether no higher version says what the incident is.
    fn is_told_by(&self, publication: &Publication) -> bool {
        let mut higher = self.versions.range(publication.version..);
        publication.kind != VersionKind::Withdrawn && higher.all(|(_, seen)| seen.is_withdrawn)
    }
}

/// A child of a case: stored already, or new with this batch.
pub(super) enum Named {
    Stored { child: Child, is_named: bool },
    New { child_ref: String, place: i64, named_in: i64, due: Due, received_at: Timestamp, is_named: bool },
}

impl Named {
    /// The child, if it was there before.
    pub(super) const fn stored(&self) -> Option<&Child> {
        match self {
            Self::Stored { child, .. } => Some(child),
            Self::New { .. } => None,
        }
    }

    pub(super) const fn set_named(&mut self, named: bool) {
        match self {
            Self::Stored { is_named, .. } | Self::New { is_named, .. } => *is_named = named,
        }
    }
}
