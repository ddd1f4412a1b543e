//! Sending: one attempt over one channel.

use std::time::Duration;

use encompass_core::plan::Class;
use encompass_store::delivery::Claimed;
use jiff::{SignedDuration, Timestamp};

use super::Notifier;
use super::prepare::{Parcel, Unsendable};
use super::record::Fault;
use crate::channel::smtp::Mail;
use crate::channel::webhook::Call;
use crate::channel::{Error, Outcome};

impl Notifier {
    /// Makes an attempt, unless nothing can be sent or too little is left of the lease: the store may have been waited
    /// for since it began. Then nothing was sent, and the plan tries again.
    pub(crate) async fn attempt(
        &self,
        claim: &Claimed,
        parcel: Result<Parcel, Unsendable>,
    ) -> Result<Outcome, Fault> {
        let parcel = parcel.map_err(Fault::Unsendable)?;
        if !outlasts_a_send(claim.lease_until, self.clock.machine(), self.lease) {
            return Ok(Outcome::deferred(Class::Busy));
        }
        self.send(claim, parcel).await.map_err(Fault::Ours)
    }

    /// Sends a parcel. The channels bound how many are sent at once and how long each may take.
    async fn send(&self, claim: &Claimed, parcel: Parcel) -> Result<Outcome, Error> {
        let timer = self.metrics.send_seconds.with_label_values(&[claim.channel.as_str()]).start_timer();
        let outcome = match parcel {
            Parcel::Mail { to, message } => {
                let message_id = format!("<{}@{}>", claim.message_id, self.relay.domain());
                let mail =
                    Mail { to: &to, message_id: &message_id, date: self.clock.machine(), message: &message };
                self.relay.send(&mail).await
            }
            Parcel::Hook { url, secrets, payload } => {
                let at = self.clock.machine();
                let call =
                    Call { url: &url, secrets: &secrets, id: &claim.message_id, at, payload: &payload };
                self.hooks.call(&call).await
            }
        };
        timer.observe_duration();
        outcome
    }
}

/// Whether a send that begins now ends within its lease. A lease is more than twice as long as the longest send
/// ([`Config::check`](crate::Config::check)), so half of it is enough.
fn outlasts_a_send(lease_until: Timestamp, machine: Timestamp, lease: Duration) -> bool {
    let half = SignedDuration::try_from(lease / 2).unwrap_or(SignedDuration::MAX);
    lease_until.duration_since(machine) >= half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_that_could_outlast_its_lease() {
        let (lease, end) = (Duration::from_secs(60), Timestamp::from_second(1000).expect("an instant"));
        for (left, may_send) in [(60, true), (30, true), (29, false), (0, false), (-5, false)] {
            let now = end - SignedDuration::from_secs(left);
            assert_eq!(outlasts_a_send(end, now, lease), may_send, "{left} seconds left");
        }
    }
}
