//! Sending: one attempt over one channel.

use encompass_store::delivery::Claimed;

use super::Notifier;
use super::prepare::Parcel;
use crate::channel::smtp::Mail;
use crate::channel::webhook::Call;
use crate::channel::{Error, Outcome};

impl Notifier {
    /// Sends a parcel. The channels bound how many are sent at once and how long each may take.
    pub(crate) async fn send(&self, claim: &Claimed, parcel: Parcel) -> Result<Outcome, Error> {
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
