//! In time or late.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::state::{UnknownWord, words};

words! {
    /// How a due time was kept. The same rule serves for sent, told and acknowledged.
    Timeliness {
        /// Not done, and still time.
        Pending = "pending",
        /// Done at or before the due time.
        InTime = "in_time",
        /// Done after it, or not done while it has passed.
        Late = "late",
    }
}

impl Timeliness {
    /// `done` is when the setting was told (or sent to, or acknowledged), if it was by `now`.
    #[must_use]
    pub fn of(due: Timestamp, done: Option<Timestamp>, now: Timestamp) -> Self {
        match done {
            Some(done) if done <= due => Self::InTime,
            Some(_) => Self::Late,
            None if now <= due => Self::Pending,
            None => Self::Late,
        }
    }

    /// Whether a child is in the denominator: its due time has passed, whatever has become of it.
    #[must_use]
    pub fn counts(due: Timestamp, now: Timestamp) -> bool {
        now > due
    }
}
