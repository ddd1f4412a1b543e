//! The loop: woken by intake, and by a tick for what only time and loads bring.

use std::time::Duration;

use encompass_store::{Backend, Signal};
use futures::future::try_join_all;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::{Error, Resolver};

/// How often loads are looked for, and children whose wake-up was lost.
const TICK: Duration = Duration::from_secs(1);
/// How long a store that is away is waited for, between tries.
const STORE_WAIT: Duration = Duration::from_millis(500);

impl Resolver {
    /// Runs until `shutdown`; a batch that was begun is finished.
    ///
    /// # Errors
    /// Faults that no waiting mends. A store that is away is waited for.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), Error> {
        let full = usize::try_from(self.batch_max).unwrap_or(usize::MAX).max(1);
        // The indexes are there before the first child comes; nothing else waits for them.
        self.patiently(&shutdown, || self.follow()).await?;
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        while !shutdown.is_cancelled() {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                () = self.store.woken(Signal::Resolver) => {}
                _ = tick.tick() => { self.patiently(&shutdown, || self.follow()).await?; }
            }
            // After a batch that was not full, whoever brings more wakes us.
            if self.patiently(&shutdown, || self.resolve()).await? >= full {
                try_join_all((0..self.lanes()).map(|_| self.resolve_all(&shutdown, full))).await?;
            }
        }
        Ok(())
    }

    /// Decides batch after batch until one is not full.
    async fn resolve_all(&self, shutdown: &CancellationToken, full: usize) -> Result<(), Error> {
        while !shutdown.is_cancelled() && self.patiently(shutdown, || self.resolve()).await? >= full {}
        Ok(())
    }

    /// How many batches are decided side by side when there is much to do: one is looked at while another is written. An
    /// embedded store has one writer, and locks nothing while a batch is looked at.
    fn lanes(&self) -> usize {
        match self.store.backend() {
            Backend::Sqlite => 1,
            Backend::Postgres => 2,
        }
    }

    /// Repeats `work` while the store is away, until it succeeds or the service is to stop.
    async fn patiently<F: Future<Output = Result<usize, Error>>>(
        &self,
        shutdown: &CancellationToken,
        work: impl Fn() -> F,
    ) -> Result<usize, Error> {
        let mut warned = false;
        loop {
            match work().await {
                Err(Error::Store(error)) if error.is_transient() => {
                    if !std::mem::replace(&mut warned, true) {
                        tracing::warn!(%error, "the store is away; waiting for it");
                    }
                    tokio::select! {
                        () = shutdown.cancelled() => return Ok(0),
                        () = sleep(STORE_WAIT) => {}
                    }
                }
                result => return result,
            }
        }
    }
}
