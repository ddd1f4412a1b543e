//! Whom a task is mailed to while nobody claims it, or settles what was claimed.

use jiff::Timestamp;

use super::rules::Escalate;

/// Which of the desk's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// The desk's duty address.
    Duty,
    /// The second one, when the first does not answer.
    Second,
    /// Both, when neither does.
    Both,
}

/// One mail about a task, sent unless somebody has dealt with it by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub to: Address,
}

/// All mails about a task opened at `opened`, in order: the duty address at once, the second one after a stated
/// time or half the time left to `task_due`, then both a bounded number of times.
pub fn escalations(
    rules: &Escalate,
    opened: Timestamp,
    task_due: Option<Timestamp>,
) -> impl Iterator<Item = Escalation> {
    let second_at = second_at(rules, opened, task_due);
    let every = rules.repeat_every;
    let repeats = (1..=rules.repeats_max).filter_map(move |number| {
        let after = every.checked_mul(i32::try_from(number).ok()?)?;
        Some(Escalation { at: second_at.checked_add(after).ok()?, to: Address::Both })
    });
    [Escalation { at: opened, to: Address::Duty }, Escalation { at: second_at, to: Address::Second }]
        .into_iter()
        .chain(repeats)
}

/// All mails about a task whose claim lapsed at `lapsed` unsettled: both addresses, at once and then as often as
/// for a task that nobody claims.
pub fn reminders(rules: &Escalate, lapsed: Timestamp) -> impl Iterator<Item = Escalation> {
    let every = rules.repeat_every;
    (0..=rules.repeats_max).filter_map(move |number| {
        let after = every.checked_mul(i32::try_from(number).ok()?)?;
        Some(Escalation { at: lapsed.checked_add(after).ok()?, to: Address::Both })
    })
}

fn second_at(rules: &Escalate, opened: Timestamp, task_due: Option<Timestamp>) -> Timestamp {
    let stated = opened.checked_add(rules.second_after).unwrap_or(opened);
    let Some(due) = task_due else { return stated };
    let half_left = due.duration_since(opened).max(jiff::SignedDuration::ZERO) / 2;
    stated.min(opened.checked_add(half_left).unwrap_or(opened))
}
