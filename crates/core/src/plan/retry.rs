//! When a put-off attempt is made again, and when it is given up.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Class, rules::Retry};
use crate::state::{DeliveryKind, UnknownWord, words};

/// What is known when an attempt has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempted {
    /// What the delivery carries: a code is worthless once it has expired.
    pub kind: DeliveryKind,
    /// How the attempt ended.
    pub class: Class,
    /// Attempts made so far, this one included.
    pub attempts: u32,
    /// When the first of them began.
    pub first_at: Timestamp,
    /// When this one ended.
    pub now: Timestamp,
    /// The delivery's due time; of a code, its expiry.
    pub due: Timestamp,
    /// The wait that the server asked for, if it did.
    pub asked_wait: Option<SignedDuration>,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another attempt, always later than now.
    RetryAt(Timestamp),
    /// None: the delivery is exhausted and a person has a task.
    GiveUp(GiveUp),
}

words! {
    /// Why no further attempt is made.
    GiveUp {
        /// The address will not work again.
        BadContact = "bad_contact",
        /// The stated time after the due time is over; for a code, it expired.
        TooLate = "too_late",
        /// The bound on attempts is reached.
        TooMany = "too_many",
    }
}

/// The next attempt after one that failed: more often towards the due time, slower after it, never for ever.
#[must_use]
pub fn next_attempt_at(retry: &Retry, tried: &Attempted) -> Next {
    if !tried.class.is_worth_retrying() {
        return Next::GiveUp(GiveUp::BadContact);
    }
    if tried.attempts >= retry.attempts_max {
        return Next::GiveUp(GiveUp::TooMany);
    }
    match tried.now.checked_add(wait(retry, tried)) {
        Ok(at) if at <= limit(retry, tried) => Next::RetryAt(at),
        Ok(_) | Err(_) => Next::GiveUp(GiveUp::TooLate),
    }
}

fn wait(retry: &Retry, tried: &Attempted) -> SignedDuration {
    let left = tried.due.duration_since(tried.now);
    let longest = if left.is_positive() {
        (left / retry.share_of_time_left.max(1)).max(retry.near_due_gap)
    } else {
        retry.after_due_gap
    };
    let asked = tried.asked_wait.unwrap_or_default().min(retry.asked_wait_max);
    step(retry, tried.attempts).min(longest).max(asked)
}

/// The wait after attempt number `attempts`. Checked rules always have one; a second stands in for none, so that a
/// retry is later than now even under rules that nobody checked.
fn step(retry: &Retry, attempts: u32) -> SignedDuration {
    let made = usize::try_from(attempts).unwrap_or(usize::MAX).max(1);
    let last = retry.steps.len().saturating_sub(1);
    retry.steps.get((made - 1).min(last)).copied().unwrap_or(SignedDuration::from_secs(1))
}

/// The last instant at which an attempt may begin. What came to us long after its due time still gets its tries.
fn limit(retry: &Retry, tried: &Attempted) -> Timestamp {
    match tried.kind {
        DeliveryKind::Code => tried.due,
        DeliveryKind::Notice | DeliveryKind::Verification | DeliveryKind::Alert => {
            tried.due.max(tried.first_at).checked_add(retry.after_due_for).unwrap_or(Timestamp::MAX)
        }
    }
}
