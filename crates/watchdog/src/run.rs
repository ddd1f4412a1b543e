//! The loop.

use encompass_store::{Clock, Store};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{Config, Error, Metrics, Stepped, step};

/// Looks every `config.every_seconds` until `shutdown`. Any number of replicas may run: what one asks, the
/// others find asked already.
///
/// # Errors
/// Faults that no waiting mends. A store that is away is tried again at the next look; the beat stays old.
pub async fn run(
    store: Store,
    config: Config,
    metrics: Metrics,
    replica: String,
    clock: Clock,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    let mut tick = interval(config.every());
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_away = false;
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        match step(&store, &config, &metrics, &replica, clock.now(), clock.machine()).await {
            Ok(stepped) => {
                is_away = false;
                report(&stepped);
            }
            Err(Error::Store(error)) if error.is_transient() => {
                metrics.failures.inc();
                if !std::mem::replace(&mut is_away, true) {
                    tracing::warn!(%error, "the store is away; the next look tries again");
                }
            }
            Err(error) => return Err(error),
        }
    }
}

fn report(stepped: &Stepped) {
    let asked = stepped.asked;
    if asked.opened + asked.settled > 0 {
        let (opened, settled, unasked) = (asked.opened, asked.settled, asked.unasked);
        tracing::warn!(opened, settled, unasked, "stuck work: tasks were opened or settled");
    }
    for (what, difference) in stepped.account.differences.iter().filter(|(_, difference)| **difference != 0) {
        tracing::error!(kind = what.as_str(), difference, "the account does not balance");
    }
}
