//! The rungs from now to the due time.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Rules;
use crate::state::Channel;

/// One contact sent to by one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// Which of the setting's verified contacts, as they were given.
    pub contact: usize,
    /// By which channel.
    pub channel: Channel,
    /// When, unless a notice to the setting was opened before.
    pub at: Timestamp,
}

/// Who is sent to when, and when a person telephones instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In order of time.
    pub rungs: Vec<Rung>,
    /// When the call task is made, unless a contact acknowledged before.
    pub call_at: Timestamp,
    /// The due time that it was worked out from.
    pub due: Timestamp,
}

impl Plan {
    /// Draws the plan of one notification. `contacts` are the channels of the setting's verified, eligible contacts,
    /// the first contact first; with none, only the call is left and is made at once.
    #[must_use]
    pub fn draw(rules: &Rules, contacts: &[Channel], now: Timestamp, due: Timestamp) -> Self {
        let planned = call_task_at(rules, due, now);
        let call_at = if contacts.is_empty() { now.min(due) } else { planned };
        let others_at = others_at(rules, planned, now);
        let rungs = contacts.iter().enumerate().map(|(contact, channel)| Rung {
            contact,
            channel: *channel,
            at: if contact == 0 { now } else { others_at },
        });
        Self { rungs: rungs.collect(), call_at, due }
    }

    /// When the first send falls due: always the moment at which the plan was drawn.
    #[must_use]
    pub fn first_send_at(&self) -> Option<Timestamp> {
        self.rungs.first().map(|rung| rung.at)
    }

    /// The same plan when a contact proved bad: the others at once, and the call at once if there are none.
    #[must_use]
    pub fn without(mut self, contact: usize, now: Timestamp) -> Self {
        self.rungs.retain(|rung| rung.contact != contact);
        for rung in &mut self.rungs {
            rung.at = rung.at.min(now);
        }
        if self.rungs.is_empty() {
            self.call_at = self.call_at.min(now);
        }
        self
    }
}

/// When a person is asked to telephone: a stated time before the due time, at once if less is left. Never after
/// the due time; one already past means at once.
#[must_use]
pub fn call_task_at(rules: &Rules, due: Timestamp, created: Timestamp) -> Timestamp {
    before(due, rules.call.before_due).max(created).min(due)
}

/// A stated time after the first contact, but early enough before the call; never before now.
fn others_at(rules: &Rules, call_at: Timestamp, now: Timestamp) -> Timestamp {
    let waited = now.saturating_add(rules.contacts.deputies_after).unwrap_or(now);
    waited.min(before(call_at, rules.contacts.deputies_before_call)).max(now)
}

fn before(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_sub(span).unwrap_or(Timestamp::MIN)
}
