//! One step, and what it shares with the loops: what time makes due, the claim, and the way of a claim to its result.

use std::collections::BTreeMap;

use encompass_core::id::ContactId;
use encompass_store::contact::Contact;
use encompass_store::delivery::Claimed;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::record::Done;
use super::{Error, Notifier};

/// How many call tasks one step opens.
const CALLS_MAX: i64 = 200;
/// How many deliveries one claim takes at most: enough to fill the relay's sessions, few enough to record soon.
pub(super) const CLAIM_MAX: usize = 128;

impl Notifier {
    /// One step, for tests and the demo: what time made due, then claims, sends and records until nothing is due.
    /// Says how much was done.
    ///
    /// # Errors
    /// As the store says; nothing is waited for.
    pub async fn step(&self) -> Result<usize, Error> {
        let mut worked = self.due().await?;
        loop {
            let claimed = self.claim(self.in_flight_max).await?;
            if claimed.is_empty() {
                return Ok(worked);
            }
            worked += claimed.len();
            let contacts = self.contacts(&claimed).await?;
            let done = join_all(self.sends(claimed, &contacts)).await;
            self.record(&done, self.clock.now()).await?;
        }
    }

    /// What only time makes due: leases that ended, calls to make, alerts about tasks and held children.
    pub(super) async fn due(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let expired = self.store.expire_leases(now, self.clock.machine()).await?;
        self.metrics.expired_leases.inc_by(expired as u64);
        Ok(expired + self.call(now).await? + self.alert(now).await? + self.lead(now).await?)
    }

    /// Opens the call tasks that are due.
    async fn call(&self, now: Timestamp) -> Result<usize, Error> {
        let mut tx = self.store.begin().await?;
        let calls = tx.open_calls(now, CALLS_MAX).await?;
        if calls > 0 {
            tx.commit().await?;
        }
        Ok(calls)
    }

    /// Claims what is due, as far as there is `room`.
    pub(super) async fn claim(&self, room: usize) -> Result<Vec<Claimed>, Error> {
        let most = i64::try_from(room.min(CLAIM_MAX)).unwrap_or(i64::MAX);
        let lease = SignedDuration::try_from(self.lease).unwrap_or(SignedDuration::MAX);
        let (now, machine) = (self.clock.now(), self.clock.machine());
        Ok(self.store.claim_deliveries(&self.replica, most, now, machine, lease).await?)
    }

    /// The sends of claims, each prepared at once; nothing is sent before one is awaited.
    pub(super) fn sends(
        &self,
        claimed: Vec<Claimed>,
        contacts: &BTreeMap<ContactId, Contact>,
    ) -> impl Iterator<Item = impl Future<Output = Done> + Send + 'static> {
        claimed.into_iter().map(|claim| {
            let parcel = self.prepare(&claim, contacts, self.clock.now());
            let notifier = self.clone();
            async move {
                let result = notifier.attempt(&claim, parcel).await;
                Done { claim, result }
            }
        })
    }
}
