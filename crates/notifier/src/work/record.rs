//! Recording: what the plan says after each outcome.

use encompass_core::plan::{Attempted, Class, Next, Remedy, next_attempt_at};
use encompass_core::state::AttemptState;
use encompass_store::delivery::{Claimed, Ended};
use jiff::{SignedDuration, Timestamp};

use super::prepare::Unsendable;
use super::{Error, Notifier};
use crate::channel::{self, Outcome};

/// A claim with what became of it.
pub(crate) struct Done {
    pub(crate) claim: Claimed,
    pub(crate) result: Result<Outcome, Fault>,
}

/// Why an attempt was not made.
pub(crate) enum Fault {
    /// Its data do not allow it.
    Unsendable(Unsendable),
    /// Our own configuration or message is wrong.
    Ours(channel::Error),
}

impl Notifier {
    /// Records what became of claims, in one transaction.
    pub(crate) async fn record(&self, done: &[Done], now: Timestamp) -> Result<(), Error> {
        let ended: Vec<Ended> = done.iter().map(|done| self.ended(done, now)).collect();
        let mut tx = self.store.begin().await?;
        let recorded = tx.record_attempts(ended.clone()).await?;
        tx.commit().await?;
        self.metrics.late_results.inc_by(recorded.late as u64);
        for (done, end) in done.iter().zip(&ended) {
            self.count(done, end);
        }
        Ok(())
    }

    fn ended(&self, done: &Done, now: Timestamp) -> Ended {
        let (outcome, class) = match &done.result {
            Ok(outcome) => (outcome.state(), outcome.class()),
            Err(Fault::Unsendable(Unsendable::NoContact)) => {
                (AttemptState::Rejected, Some(Class::BadAddress))
            }
            // No contact is to blame.
            Err(Fault::Unsendable(_)) => (AttemptState::Rejected, None),
            Err(Fault::Ours(_)) => (AttemptState::Deferred, Some(Class::Unknown)),
        };
        let replied = done.result.as_ref().ok();
        let asked_wait = replied.and_then(Outcome::retry_after);
        let asked_wait = asked_wait.and_then(|wait| SignedDuration::try_from(wait).ok());
        Ended {
            delivery: done.claim.id,
            claim: done.claim.claim,
            outcome,
            class,
            code: replied.and_then(Outcome::code).map(|code| code.to_string()),
            next_at: class.and_then(|class| self.next_at(&done.claim, class, asked_wait, now)),
            at: now,
        }
    }

    /// When the plan tries again. What an operator can mend is tried on, even after a refusal.
    fn next_at(
        &self,
        claim: &Claimed,
        class: Class,
        asked_wait: Option<SignedDuration>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let tried = Attempted {
            kind: claim.kind,
            class,
            attempts: u32::try_from(claim.attempts).unwrap_or(u32::MAX),
            first_at: claim.created_at,
            now,
            due: claim.due_at.unwrap_or(now),
            asked_wait,
        };
        match next_attempt_at(&self.rules.retry, &tried) {
            Next::RetryAt(at) => Some(at),
            Next::GiveUp(_) => None,
        }
    }

    fn count(&self, done: &Done, end: &Ended) {
        let class = end.class.map_or("", Class::as_str);
        let channel = done.claim.channel.as_str();
        let labels = [done.claim.kind.as_str(), channel, end.outcome.as_str(), class];
        self.metrics.attempts.with_label_values(&labels).inc();
        if end.is_given_up() {
            self.metrics.given_up.with_label_values(&[done.claim.kind.as_str()]).inc();
        }
        match &done.result {
            Err(Fault::Ours(error)) => {
                tracing::error!(delivery = %end.delivery, %error, "a delivery could not leave")
            }
            Err(Fault::Unsendable(why)) => {
                tracing::error!(delivery = %end.delivery, ?why, "a delivery can't be sent");
            }
            Ok(_) => {}
        }
        if end.class.is_some_and(|class| class.remedy() == Remedy::Operator) {
            self.metrics.operator_faults.with_label_values(&[channel, class]).inc();
            tracing::error!(channel, class, "the relay refuses us: the operator must mend it");
        }
    }
}
