//! Counting one force's week. Every child due is in exactly one part of each division.

use encompass_core::due::{Cause, Chain, Timeliness, attribute_miss};
use encompass_core::state::{ChildState, Hold, Reason};
use encompass_store::desk::{FigureRow, RefusedCount};
use jiff::{SignedDuration, Timestamp};

/// What became of the children due, as one division of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Told in time.
    pub in_time: u64,
    /// Told after the due time.
    pub late: u64,
    /// A setting is known and has not been told.
    pub untold: u64,
    /// Waits for a decision.
    pub held: u64,
    /// Closed, by reason.
    pub closed: Vec<(Reason, u64)>,
    /// Accepted by another force or authority.
    pub handed_over: u64,
    /// Sent in time.
    pub sent_in_time: u64,
    /// Acknowledged in time.
    pub acknowledged_in_time: u64,
    /// Late, untold and held ones, by the link that was missing first.
    pub misses: Vec<(Cause, u64)>,
    /// Messages refused in the week.
    pub refused: RefusedCount,
}

impl Counted {
    pub fn of(rows: &[FigureRow], refused: RefusedCount, margin: SignedDuration, now: Timestamp) -> Self {
        let mut counted = Self { refused, ..Self::default() };
        counted.closed = Reason::ALL.iter().map(|reason| (*reason, 0)).collect();
        counted.misses = Cause::ALL.iter().map(|cause| (*cause, 0)).collect();
        for row in rows {
            counted.add(row, margin, now);
        }
        counted
    }

    fn add(&mut self, row: &FigureRow, margin: SignedDuration, now: Timestamp) {
        let in_time = |done| u64::from(Timeliness::of(row.due_at, done, now) == Timeliness::InTime);
        self.sent_in_time += in_time(row.sent_at);
        self.acknowledged_in_time += in_time(row.acknowledged_at);
        let part = match (row.state, row.told_at) {
            (_, Some(told_at)) if told_at <= row.due_at => {
                self.in_time += 1;
                return;
            }
            (_, Some(_)) => &mut self.late,
            (ChildState::Notified, None) => &mut self.untold,
            (ChildState::Held, None) => &mut self.held,
            (ChildState::HandedOver, None) => {
                self.handed_over += 1;
                return;
            }
            (ChildState::Closed, None) => {
                let reason = row.reason.unwrap_or(Reason::Other);
                bump(&mut self.closed, &reason);
                return;
            }
        };
        *part += 1;
        if let Some(cause) = attribute_miss(&chain(row), margin, now) {
            bump(&mut self.misses, &cause);
        }
    }
}

fn bump<K: PartialEq>(counts: &mut [(K, u64)], key: &K) {
    if let Some((_, count)) = counts.iter_mut().find(|(known, _)| known == key) {
        *count += 1;
    }
}

/// When each link was in place. A child that was held because sending was unsafe had been found already; one whose
/// setting was not known had not.
fn chain(row: &FigureRow) -> Chain {
    let hold = row.first_hold.as_deref().and_then(|word| word.parse::<Hold>().ok());
    let was_found = hold.is_some_and(is_unsafe);
    let resolved_at = if was_found { row.first_decided_at } else { row.resolved_at };
    Chain {
        due: row.due_at,
        received_at: row.received_at,
        accepted_at: Some(row.accepted_at),
        resolved_at,
        released_at: row.resolved_at,
        contact_at: row.queued_at,
        sent_at: row.sent_at,
        told_at: row.told_at,
    }
}

/// Whether the child was found and only sending by itself was unsafe.
const fn is_unsafe(hold: Hold) -> bool {
    matches!(
        hold,
        Hold::SettingsDisagree
            | Hold::RegisterStale
            | Hold::ConnectedAdult
            | Hold::Restricted
            | Hold::ProtectedAddress
            | Hold::NotToBeNotified
            | Hold::MaybeAdult
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_767_600_000 + hour * 3_600).unwrap()
    }

    fn row(state: ChildState, told: Option<i64>) -> FigureRow {
        FigureRow {
            state,
            reason: None,
            due_at: at(10),
            received_at: at(1),
            accepted_at: at(1),
            first_decided_at: Some(at(1)),
            first_hold: None,
            resolved_at: Some(at(1)),
            queued_at: Some(at(1)),
            sent_at: Some(at(2)),
            told_at: told.map(at),
            acknowledged_at: None,
        }
    }

    fn count(rows: &[FigureRow]) -> Counted {
        Counted::of(rows, RefusedCount::default(), SignedDuration::from_mins(15), at(100))
    }

    #[test]
    fn every_child_due_is_in_exactly_one_part() {
        let closed = FigureRow { reason: Some(Reason::Duplicate), ..row(ChildState::Closed, None) };
        let rows = [
            row(ChildState::Notified, Some(9)),
            row(ChildState::Notified, Some(10)),
            row(ChildState::Notified, Some(11)),
            row(ChildState::Notified, None),
            row(ChildState::Held, None),
            row(ChildState::HandedOver, None),
            closed,
        ];
        let counted = count(&rows);
        let parts = [counted.in_time, counted.late, counted.untold, counted.held, counted.handed_over];
        assert_eq!(parts, [2, 1, 1, 1, 1]);
        assert_eq!(counted.closed.iter().map(|(_, count)| count).sum::<u64>(), 1);
        assert_eq!(counted.misses.iter().map(|(_, count)| count).sum::<u64>(), 3, "late, untold and held");
    }

    #[test]
    fn a_miss_is_put_down_to_the_first_link_that_was_missing() {
        let late = |change: fn(FigureRow) -> FigureRow| {
            let counted = count(&[change(row(ChildState::Notified, Some(11)))]);
            counted.misses.into_iter().find(|(_, count)| *count > 0).map(|(cause, _)| cause)
        };
        assert_eq!(late(|row| row), Some(Cause::NoAcknowledgement));
        assert_eq!(late(|row| FigureRow { received_at: at(10), ..row }), Some(Cause::LateFromPolice));
        assert_eq!(late(|row| FigureRow { sent_at: None, ..row }), Some(Cause::Delivery));
        assert_eq!(late(|row| FigureRow { queued_at: None, ..row }), Some(Cause::BadContact));
        let held = |hold: &str| FigureRow {
            first_hold: Some(hold.to_owned()),
            resolved_at: Some(at(11)),
            ..row(ChildState::Notified, Some(12))
        };
        for (hold, cause) in [("no_match", Cause::NoMatch), ("connected_adult", Cause::Held)] {
            let counted = count(&[held(hold)]);
            assert!(counted.misses.contains(&(cause, 1)), "{hold}: {:?}", counted.misses);
        }
    }
}
