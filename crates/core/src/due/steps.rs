//! The two clocks: the scheme's runs to the due time, the statutory one ("as soon as is reasonably practicable",
//! Domestic Abuse Act 2021 s.49A) from the force's knowing to the telling. These are the instants of the second.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::state::{UnknownWord, words};

words! {
    /// A point on the way from the incident to the answer, in order.
    Step {
        /// The force attended or was told.
        Known = "known",
        /// The force wrote it down.
        Recorded = "recorded",
        /// The force published it.
        Published = "published",
        /// We received it.
        Received = "received",
        /// The child's setting was decided.
        Resolved = "resolved",
        /// A relay or an endpoint first accepted it.
        Sent = "sent",
        /// The setting was first shown the content.
        Opened = "opened",
        /// A named person there said "I have it".
        Acknowledged = "acknowledged",
    }
}

/// When each step of one notification was taken; what was not, or is not known, is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps([Option<Timestamp>; Step::ALL.len()]);

impl Steps {
    /// Sets when a step was taken.
    #[must_use]
    pub fn with(mut self, step: Step, at: Timestamp) -> Self {
        self.0[step as usize] = Some(at);
        self
    }

    /// When the step was taken.
    #[must_use]
    pub fn at(&self, step: Step) -> Option<Timestamp> {
        self.0[step as usize]
    }

    /// Opened or acknowledged, whichever came first: an acknowledgement by telephone opens nothing.
    #[must_use]
    pub fn told_at(&self) -> Option<Timestamp> {
        [self.at(Step::Opened), self.at(Step::Acknowledged)].into_iter().flatten().min()
    }

    /// From one step to another; negative where a force's clock is ahead of ours.
    #[must_use]
    pub fn between(&self, from: Step, to: Step) -> Option<SignedDuration> {
        Some(self.at(to)?.duration_since(self.at(from)?))
    }

    /// The statutory clock: from the force's knowing to the telling.
    #[must_use]
    pub fn known_to_told(&self) -> Option<SignedDuration> {
        Some(self.told_at()?.duration_since(self.at(Step::Known)?))
    }

    /// Each step taken, with the time since the last one taken before it.
    pub fn spans(&self) -> impl Iterator<Item = (Step, Step, SignedDuration)> {
        let taken: Vec<(Step, Timestamp)> =
            Step::ALL.iter().filter_map(|step| Some((*step, self.at(*step)?))).collect();
        (1..taken.len()).map(move |to| {
            let ((before, began), (step, ended)) = (taken[to - 1], taken[to]);
            (before, step, ended.duration_since(began))
        })
    }
}

/// Whole minutes, as shown to people; the rest of a minute is dropped.
#[must_use]
pub fn minutes(span: SignedDuration) -> i64 {
    span.as_mins()
}
