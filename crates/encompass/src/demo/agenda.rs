//! What simulated people will do, in the order of time.

use std::collections::BTreeMap;

use encompass_core::id::{ContactId, NotificationId, TaskId};
use encompass_county::Lead;
use jiff::Timestamp;

/// Something that a person will do.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// A lead follows a letter's link.
    Visit(Visit),
    /// A lead says "I have it".
    Acknowledge(ContactId, Vec<NotificationId>),
    /// Somebody at the desk takes a task.
    Claim(TaskId),
    /// The one who took it settles it.
    Settle(TaskId),
    /// Nobody does anything; something falls due that only a look finds.
    Look,
}

/// A lead with a letter.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// Who.
    pub lead: Lead,
    /// The contact.
    pub contact: ContactId,
    /// The letter's number.
    pub letter: usize,
    /// When it was caught.
    pub sent: Timestamp,
}

/// The acts to come.
#[derive(Default)]
pub(super) struct Agenda {
    acts: BTreeMap<(Timestamp, u64), Act>,
    count: u64,
}

impl Agenda {
    /// Adds an act; of two at one moment the first added goes first.
    pub(super) fn add(&mut self, at: Timestamp, act: Act) {
        self.count += 1;
        self.acts.insert((at, self.count), act);
    }

    /// When the next one is.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.acts.keys().next().map(|(at, _)| *at)
    }

    /// Takes the next one whose time has come.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<Act> {
        let first = self.acts.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_come_in_the_order_of_their_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut agenda = Agenda::default();
        for second in [30, 10, 20] {
            agenda.add(at(second), Act::Look);
        }
        assert_eq!(agenda.next_at(), Some(at(10)));
        assert!(agenda.take(at(9)).is_none());
        assert!(agenda.take(at(20)).is_some());
        assert!(agenda.take(at(20)).is_some());
        assert!(agenda.take(at(20)).is_none());
        assert_eq!(agenda.next_at(), Some(at(30)));
    }
}
