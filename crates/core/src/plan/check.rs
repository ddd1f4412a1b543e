//! What would be nonsense in a plan.

use jiff::{SignedDuration, Timestamp};

use super::{Attempted, Class, Next, Rules, next_attempt_at};
use crate::state::DeliveryKind;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Longer than any school holiday: the longest is about 45 days.
const LONGEST_LEAD: SignedDuration = SignedDuration::from_hours(24 * 60);
const ATTEMPTS_MAX: u32 = 10_000;

impl Rules {
    /// What is nonsense about these rules, a sentence each; empty when nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut faults = self.spans();
        faults.extend(self.steps());
        faults.extend(self.bounds());
        if faults.is_empty() && self.spends_attempts_before_due() {
            faults.push("retry.attempts_max is spent before a due time 60 days ahead: state more".to_owned());
        }
        faults
    }

    /// Spans that must lie between a second and a day, or between nothing and a week.
    fn spans(&self) -> Vec<String> {
        let (second, week) = (SignedDuration::from_secs(1), DAY * 7);
        let none = SignedDuration::ZERO;
        let spans = [
            ("contacts.deputies_after", self.contacts.deputies_after, none, DAY),
            ("contacts.deputies_before_call", self.contacts.deputies_before_call, none, DAY),
            ("call.before_due", self.call.before_due, SignedDuration::from_mins(5), DAY),
            ("retry.near_due_gap", self.retry.near_due_gap, second, DAY),
            ("retry.after_due_gap", self.retry.after_due_gap, second, DAY),
            ("retry.after_due_for", self.retry.after_due_for, none, week),
            ("retry.asked_wait_max", self.retry.asked_wait_max, none, DAY),
            ("escalation.second_after", self.escalation.second_after, none, DAY),
            ("escalation.repeat_every", self.escalation.repeat_every, SignedDuration::from_mins(1), DAY),
        ];
        let odd = spans.into_iter().filter(|(_, span, least, most)| span < least || span > most);
        odd.map(|(name, span, least, most)| format!("{name} is {span:#}: state {least:#} to {most:#}"))
            .collect()
    }

    fn steps(&self) -> Vec<String> {
        let steps = &self.retry.steps;
        let mut faults = Vec::new();
        if steps.is_empty() {
            faults.push("retry.steps is empty: state at least one wait".to_owned());
        }
        if steps.iter().any(|step| *step < SignedDuration::from_secs(1) || *step > DAY) {
            faults.push("retry.steps has a wait under a second or over a day".to_owned());
        }
        if !steps.is_sorted() {
            faults.push("retry.steps grows shorter: state waits that rise".to_owned());
        }
        faults
    }

    fn bounds(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.version.trim().is_empty() {
            faults.push("version is empty: deliveries are kept with it".to_owned());
        }
        if !(2..=100).contains(&self.retry.share_of_time_left) {
            faults.push("retry.share_of_time_left must be 2 to 100".to_owned());
        }
        if !(1..=ATTEMPTS_MAX).contains(&self.retry.attempts_max) {
            faults.push(format!("retry.attempts_max must be 1 to {ATTEMPTS_MAX}"));
        }
        let is_a_lead = |lead: &SignedDuration| (SignedDuration::from_mins(5)..=DAY).contains(lead);
        if self.hold.leads.len() > 5 || !self.hold.leads.iter().all(is_a_lead) {
            faults.push("hold.leads must be at most 5 times of 5 minutes to a day".to_owned());
        }
        if self.escalation.repeats_max > 100 {
            faults.push("escalation.repeats_max must be 0 to 100".to_owned());
        }
        faults
    }

    fn spends_attempts_before_due(&self) -> bool {
        let first_at = Timestamp::UNIX_EPOCH;
        let due = first_at + LONGEST_LEAD;
        let mut tried = Attempted {
            kind: DeliveryKind::Notice,
            class: Class::Busy,
            attempts: 1,
            first_at,
            now: first_at,
            due,
            asked_wait: None,
        };
        while let Next::RetryAt(at) = next_attempt_at(&self.retry, &tried) {
            if at > due {
                return false;
            }
            tried = Attempted { attempts: tried.attempts + 1, now: at, ..tried };
        }
        true
    }
}
