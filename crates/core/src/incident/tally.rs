//! What a force counted on one day, to be compared with what came.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::mark::Mark;
use super::reading::{Readable, Reading};
use super::record::record;
use super::report::lacking;
use super::text::Key;
use crate::event::Refusal;

record! {
    /// What a force counted on one day. A difference to what came is a task for the desk.
    Tally as "tally" {
        /// The force's name in the service's configuration.
        required force: Key,
        /// The day that was counted, in Europe/London.
        required day: Date,
        /// Domestic abuse incidents recorded that day.
        stated recorded: u32,
        /// Those of them with children.
        stated with_children: u32,
        /// The children in them.
        stated children: u32,
        /// The incidents published that day.
        stated published: u32,
    }
    derived {
        /// What was set aside.
        marks: Vec<Mark>,
    }
}

impl Tally {
    /// Reads the data of a tallied event received at a moment.
    ///
    /// # Errors
    ///
    /// A refusal when there is no force or no day.
    pub fn parse(data: &Value, received_at: Timestamp) -> Result<Self, Refusal> {
        let mut at = Reading::new(received_at);
        let tally = Self::read(data, &mut at).ok_or_else(|| lacking(&at))?;
        Ok(Self { marks: at.marks, ..tally })
    }
}
