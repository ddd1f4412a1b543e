//! An incident taken back.

use jiff::Timestamp;
use serde_json::Value;

use super::mark::Mark;
use super::number::Version;
use super::reading::{Readable, Reading};
use super::record::record;
use super::report::{lacking, version_or_time};
use super::text::{Key, Prose};
use crate::event::Refusal;

record! {
    /// An incident taken back: what is unsent stops, and what was told becomes a task for the desk.
    Withdrawal as "withdrawal" {
        /// The force's name in the service's configuration.
        required force: Key,
        /// The police reference of the incident.
        required reference: Key,
        /// A whole number above those of all earlier events about this incident. Absent: the event's `time` in
        /// milliseconds.
        stated version: Version,
        /// Why it was taken back.
        stated reason: Prose,
        /// When it was published.
        stated published_at: Timestamp,
    }
    derived {
        /// What was set aside.
        marks: Vec<Mark>,
    }
}

impl Withdrawal {
    /// Reads the data of a withdrawn event received at a moment.
    ///
    /// # Errors
    ///
    /// A refusal when there is no force or reference.
    pub fn parse(data: &Value, received_at: Timestamp) -> Result<Self, Refusal> {
        let mut at = Reading::new(received_at);
        let withdrawal = Self::read(data, &mut at).ok_or_else(|| lacking(&at))?;
        Ok(Self { marks: at.marks, ..withdrawal })
    }

    /// The number of this version; see [`version_or_time`].
    pub fn version(&self, event_time: Option<Timestamp>, arrived_at: Timestamp) -> i64 {
        version_or_time(self.version.known().copied(), event_time, arrived_at)
    }
}
