//! When the force knew.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One instant as the force stated it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Said {
    /// Not stated.
    #[default]
    Absent,
    /// Stated with its offset.
    At(Timestamp),
    /// Stated, but without a zone or not readable: set aside by intake with a mark.
    Unusable,
}

/// The instants of an incident that can say when the force knew; when it *happened* is none of them, for that may
/// be years ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// When the force attended or was told.
    pub known_at: Said,
    /// When it was written down.
    pub recorded_at: Said,
    /// When it was published.
    pub published_at: Said,
}

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
    /// Our receipt, because the time stated lies after it: to be marked for the force.
    Future,
}

/// When the force knew, never later than our receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The instant that the due time counts from.
    pub at: Timestamp,
    /// Where it came from.
    pub from: KnownFrom,
}

impl Known {
    /// The first instant stated holds. If that one is unusable or after `received`, the receipt holds, not the
    /// next one stated: a clock that is wrong once is not asked twice.
    #[must_use]
    pub fn of(stated: &Stated, received: Timestamp) -> Self {
        let in_order = [
            (stated.known_at, KnownFrom::Known),
            (stated.recorded_at, KnownFrom::Recorded),
            (stated.published_at, KnownFrom::Published),
        ];
        let first = in_order.into_iter().find(|(said, _)| *said != Said::Absent);
        match first {
            Some((Said::At(at), _)) if at > received => Self { at: received, from: KnownFrom::Future },
            Some((Said::At(at), from)) => Self { at, from },
            Some((Said::Unusable | Said::Absent, _)) | None => {
                Self { at: received, from: KnownFrom::Receipt }
            }
        }
    }
}
