//! The loop: claims while there is room, sends side by side, records what has come back together.

use std::time::Duration;

use encompass_store::Signal;
use encompass_store::delivery::Claimed;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::record::{Done, Fault};
use super::{Error, Notifier};

/// How often what only time makes due is looked for.
const TICK: Duration = Duration::from_secs(1);
/// How many call tasks one step opens.
const CALLS_MAX: i64 = 200;
/// How many deliveries one claim takes at most: enough to fill the relay's sessions, few enough to record soon.
const CLAIM_MAX: usize = 128;
/// With more than this in flight, results are gathered for a moment, so that they are recorded in fewer transactions.
const MANY: usize = 16;
const GATHERED: Duration = Duration::from_millis(3);
/// How long a store that is away is waited for, between tries.
const STORE_WAIT: Duration = Duration::from_millis(500);

impl Notifier {
    /// Runs until `shutdown`, then lets what is being sent end and records it.
    ///
    /// # Errors
    /// Faults that no waiting mends. A store that is away is waited for.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), Error> {
        let (sender, mut results) = mpsc::channel::<Done>(self.in_flight_max);
        let sending = TaskTracker::new();
        let mut in_flight = 0_usize;
        let mut done = Vec::new();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut may_be_work = true;
        loop {
            if may_be_work && in_flight < self.in_flight_max {
                let claimed =
                    self.patiently(&shutdown, || self.claim(self.in_flight_max - in_flight)).await?;
                may_be_work = claimed.len() == CLAIM_MAX.min(self.in_flight_max - in_flight);
                in_flight += claimed.len();
                self.dispatch(claimed, &sending, &sender, &shutdown).await?;
            }
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                mut count = results.recv_many(&mut done, self.in_flight_max) => {
                    if in_flight > MANY {
                        sleep(GATHERED).await;
                        count += drain(&mut results, &mut done);
                    }
                    self.patiently(&shutdown, || self.record(&done, self.clock.now())).await?;
                    done.clear();
                    in_flight -= count;
                    may_be_work = true;
                }
                () = self.store.woken(Signal::Notifier) => may_be_work = true,
                () = self.store.woken(Signal::Tasks) => { self.patiently(&shutdown, || self.alert(self.clock.now())).await?; }
                _ = tick.tick() => { self.patiently(&shutdown, || self.due()).await?; may_be_work = true; }
            }
            self.metrics.in_flight.set(i64::try_from(in_flight).unwrap_or(i64::MAX));
        }
        drop(sender);
        sending.close();
        while results.recv_many(&mut done, self.in_flight_max).await > 0 {}
        if !done.is_empty() {
            self.record(&done, self.clock.now()).await?;
        }
        self.relay.close().await;
        Ok(())
    }

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
            let sends = claimed.into_iter().map(|claim| {
                let parcel = self.prepare(&claim, &contacts, self.clock.now());
                async move {
                    let result = match parcel {
                        Ok(parcel) => self.send(&claim, parcel).await.map_err(Fault::Ours),
                        Err(why) => Err(Fault::Unsendable(why)),
                    };
                    Done { claim, result }
                }
            });
            let done = futures::future::join_all(sends).await;
            self.record(&done, self.clock.now()).await?;
        }
    }

    /// What only time makes due: leases that ended, calls to make, alerts about tasks and held children.
    async fn due(&self) -> Result<usize, Error> {
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

    async fn claim(&self, room: usize) -> Result<Vec<Claimed>, Error> {
        let most = i64::try_from(room.min(CLAIM_MAX)).unwrap_or(i64::MAX);
        let lease = SignedDuration::try_from(self.lease).unwrap_or(SignedDuration::MAX);
        let (now, machine) = (self.clock.now(), self.clock.machine());
        Ok(self.store.claim_deliveries(&self.replica, most, now, machine, lease).await?)
    }

    /// Prepares claims and starts their sends; each reports to `sender`, which has room for all in flight.
    async fn dispatch(
        &self,
        claimed: Vec<Claimed>,
        sending: &TaskTracker,
        sender: &mpsc::Sender<Done>,
        shutdown: &CancellationToken,
    ) -> Result<(), Error> {
        if claimed.is_empty() {
            return Ok(());
        }
        let contacts = self.patiently(shutdown, || async { Ok(self.contacts(&claimed).await?) }).await?;
        for claim in claimed {
            let parcel = self.prepare(&claim, &contacts, self.clock.now());
            let (notifier, sender) = (self.clone(), sender.clone());
            sending.spawn(async move {
                let result = match parcel {
                    Ok(parcel) => notifier.send(&claim, parcel).await.map_err(Fault::Ours),
                    Err(why) => Err(Fault::Unsendable(why)),
                };
                // The loop that holds the other end outlives every send; at shutdown it drains them.
                let _ = sender.send(Done { claim, result }).await;
            });
        }
        Ok(())
    }

    /// Repeats `work` while the store is away, until it succeeds or the service is to stop.
    async fn patiently<T, F: Future<Output = Result<T, Error>>>(
        &self,
        shutdown: &CancellationToken,
        work: impl Fn() -> F,
    ) -> Result<T, Error> {
        let mut warned = false;
        loop {
            match work().await {
                Err(Error::Store(error)) if error.is_transient() && !shutdown.is_cancelled() => {
                    if !std::mem::replace(&mut warned, true) {
                        tracing::warn!(%error, "the store is away; waiting for it");
                    }
                    sleep(STORE_WAIT).await;
                }
                result => return result,
            }
        }
    }
}

/// Takes what has come already; says how much.
fn drain(results: &mut mpsc::Receiver<Done>, done: &mut Vec<Done>) -> usize {
    let before = done.len();
    done.extend(std::iter::from_fn(|| results.try_recv().ok()));
    done.len() - before
}
