//! The loops: one claims while there is room and sends side by side, one records what has come back together, one
//! follows the time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use encompass_store::Signal;
use encompass_store::delivery::Claimed;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::record::Done;
use super::step::CLAIM_MAX;
use super::{Error, Notifier};

/// How often what only time makes due is looked for.
const TICK: Duration = Duration::from_secs(1);
/// How long results are gathered, so that they are recorded in fewer transactions.
const GATHERED: Duration = Duration::from_millis(25);
/// How long a store that is away is waited for, between tries.
const STORE_WAIT: Duration = Duration::from_millis(500);

/// How many deliveries are claimed and not yet recorded.
#[derive(Default)]
struct InFlight {
    count: AtomicUsize,
    fell: Notify,
}

impl InFlight {
    fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Says how many there are then, as [`take`](Self::take) does.
    fn add(&self, more: usize) -> i64 {
        i64::try_from(self.count.fetch_add(more, Ordering::AcqRel) + more).unwrap_or(i64::MAX)
    }

    fn take(&self, fewer: usize) -> i64 {
        let left = self.count.fetch_sub(fewer, Ordering::AcqRel) - fewer;
        self.fell.notify_one();
        i64::try_from(left).unwrap_or(i64::MAX)
    }
}

fn ticks() -> Interval {
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    tick
}

impl Notifier {
    /// Runs until `shutdown`, then lets what is being sent end and records it.
    ///
    /// # Errors
    /// Faults that no waiting mends. A store that is away is waited for.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), Error> {
        let (sender, results) = mpsc::channel::<Done>(self.in_flight_max);
        let (sends, in_flight) = (TaskTracker::new(), InFlight::default());
        let sending = self.send_what_waits(&shutdown, &sends, sender, &in_flight);
        let recording = self.record_what_came_back(&shutdown, results, &in_flight);
        tokio::try_join!(sending, recording, self.follow_time(&shutdown))?;
        sends.close();
        sends.wait().await;
        self.relay.close().await;
        Ok(())
    }

    /// Claims while there is room and starts sends, until `shutdown`; each send keeps a `sender` of its own.
    async fn send_what_waits(
        &self,
        shutdown: &CancellationToken,
        sends: &TaskTracker,
        sender: mpsc::Sender<Done>,
        in_flight: &InFlight,
    ) -> Result<(), Error> {
        let mut tick = ticks();
        let mut may_be_work = true;
        while !shutdown.is_cancelled() {
            let room = self.in_flight_max.saturating_sub(in_flight.count()).min(CLAIM_MAX);
            if may_be_work && room > 0 {
                let claimed = self.patiently(shutdown, || self.claim(room)).await?;
                may_be_work = claimed.len() == room;
                self.metrics.in_flight.set(in_flight.add(claimed.len()));
                self.dispatch(claimed, sends, &sender, shutdown).await?;
                continue;
            }
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                () = in_flight.fell.notified(), if may_be_work => {}
                () = self.store.woken(Signal::Notifier) => may_be_work = true,
                _ = tick.tick() => may_be_work = true,
            }
        }
        Ok(())
    }

    /// Records results until the last `sender` is gone. They are gathered for a moment: no send waits for it.
    async fn record_what_came_back(
        &self,
        shutdown: &CancellationToken,
        mut results: mpsc::Receiver<Done>,
        in_flight: &InFlight,
    ) -> Result<(), Error> {
        let mut done = Vec::new();
        while results.recv_many(&mut done, self.in_flight_max).await > 0 {
            sleep(GATHERED).await;
            while let Ok(one) = results.try_recv() {
                done.push(one);
            }
            self.patiently(shutdown, || self.record(&done, self.clock.now())).await?;
            self.metrics.in_flight.set(in_flight.take(done.len()));
            done.clear();
        }
        Ok(())
    }

    /// Does what only time and tasks make due, until `shutdown`.
    async fn follow_time(&self, shutdown: &CancellationToken) -> Result<(), Error> {
        let mut tick = ticks();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                () = self.store.woken(Signal::Tasks) => { self.patiently(shutdown, || self.alert(self.clock.now())).await?; }
                _ = tick.tick() => { self.patiently(shutdown, || self.due()).await?; }
            }
        }
    }

    /// Starts the sends of claims; each reports to `sender`, which has room for all in flight.
    async fn dispatch(
        &self,
        claimed: Vec<Claimed>,
        sends: &TaskTracker,
        sender: &mpsc::Sender<Done>,
        shutdown: &CancellationToken,
    ) -> Result<(), Error> {
        if claimed.is_empty() {
            return Ok(());
        }
        let contacts = self.patiently(shutdown, || self.contacts(&claimed)).await?;
        for send in self.sends(claimed, &contacts) {
            let sender = sender.clone();
            sends.spawn(async move {
                // Who records outlives every send.
                let _ = sender.send(send.await).await;
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
