//! An event from a police system, unwrapped.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use super::envelope;
use super::refusal::Refusal;
use crate::incident::words::words;
use crate::incident::{Incident, Key, MARKS_MAX, Mark, Problem, Tally, Withdrawal, usable};

words! {
    /// The types of events that we take.
    InboundKind {
        /// An incident, told for the first time.
        Reported = "encompass.incident.reported.v1",
        /// An incident told anew and in full, because something in it changed.
        Corrected = "encompass.incident.corrected.v1",
        /// An incident taken back.
        Withdrawn = "encompass.incident.withdrawn.v1",
        /// What the force counted on one day.
        Tallied = "encompass.incidents.tallied.v1",
    }
}

/// An event from a police system. Its id, source and trace serve tracing and identify nothing.
#[derive(Clone, PartialEq)]
pub struct Inbound {
    /// What it is.
    pub kind: InboundKind,
    /// The force's system; empty when it is absent or not printable ASCII.
    pub source: String,
    /// The sender's id of the event; empty when it is absent or not printable ASCII.
    pub id: String,
    /// When the sender made it; `None` when absent, unreadable or without an offset.
    pub time: Option<Timestamp>,
    /// The W3C trace context of the sender, when it is well formed: the event's own, else its message's.
    pub traceparent: Option<String>,
    /// The payload as it came.
    pub data: Value,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A version of an incident, whether reported or corrected.
    Incident(Box<Incident>),
    /// A version of an incident that takes it back.
    Withdrawal(Withdrawal),
    /// A day's count.
    Tally(Tally),
}

impl Content {
    /// The force that it names.
    pub fn force(&self) -> &Key {
        match self {
            Self::Incident(incident) => &incident.force,
            Self::Withdrawal(withdrawal) => &withdrawal.force,
            Self::Tally(tally) => &tally.force,
        }
    }

    /// Marks a version that has neither a number nor a time: that it arrived later says little of which one holds.
    fn mark_unnumbered(&mut self) {
        let (version, marks) = match self {
            Self::Incident(incident) => (&incident.version, &mut incident.marks),
            Self::Withdrawal(withdrawal) => (&withdrawal.version, &mut withdrawal.marks),
            Self::Tally(_) => return,
        };
        let mark = Mark::of_version(Problem::Missing);
        let is_marked = marks.iter().any(|known| known.pointer == mark.pointer);
        if !version.is_known() && !is_marked && marks.len() < MARKS_MAX {
            marks.push(mark);
        }
    }

    /// What was set aside or mended in it.
    pub fn marks(&self) -> &[Mark] {
        match self {
            Self::Incident(incident) => &incident.marks,
            Self::Withdrawal(withdrawal) => &withdrawal.marks,
            Self::Tally(tally) => &tally.marks,
        }
    }
}

impl Inbound {
    /// The event with the trace context of the message that carried it, unless it has one of its own.
    pub(super) fn traced_by(self, header: Option<&str>) -> Self {
        let traceparent = self.traceparent.or_else(|| envelope::traceparent(header));
        Self { traceparent, ..self }
    }

    /// Reads what the event says, received at a moment.
    ///
    /// # Errors
    ///
    /// A refusal when something is missing that we cannot act without.
    pub fn content(&self, received_at: Timestamp) -> Result<Content, Refusal> {
        let mut content = match self.kind {
            InboundKind::Reported | InboundKind::Corrected => {
                Incident::parse(&self.data, received_at).map(Box::new).map(Content::Incident)
            }
            InboundKind::Withdrawn => Withdrawal::parse(&self.data, received_at).map(Content::Withdrawal),
            InboundKind::Tallied => Tally::parse(&self.data, received_at).map(Content::Tally),
        }?;
        if usable(self.time, received_at).is_none() {
            content.mark_unnumbered();
        }
        Ok(content)
    }
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inbound({}, …)", self.kind)
    }
}
