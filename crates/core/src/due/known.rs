//! When the force knew.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::{Incident, KnownBy};

/// Where the time came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownFrom {
    /// The force attended or was told.
    Known,
    /// Not stated: the time of recording.
    Recorded,
    /// Neither stated: the time of publishing.
    Published,
    /// Our receipt, because nothing usable was stated.
    Receipt,
}

/// When the force knew, never later than our receipt; when it *happened* plays no part, for that may be years ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The instant that the due time counts from.
    pub at: Timestamp,
    /// Where it came from.
    pub from: KnownFrom,
}

impl Known {
    /// As the incident says it, by [`Incident::known_at`].
    #[must_use]
    pub fn of(incident: &Incident, received_at: Timestamp) -> Self {
        let (at, by) = incident.known_at(received_at);
        let from = match by {
            KnownBy::KnownAt => KnownFrom::Known,
            KnownBy::RecordedAt => KnownFrom::Recorded,
            KnownBy::PublishedAt => KnownFrom::Published,
            KnownBy::Received => KnownFrom::Receipt,
        };
        Self { at, from }
    }
}
