//! The loop.

use std::time::Duration;

use encompass_store::watch::Account;
use encompass_store::{Clock, Store};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{Config, Error, Metrics, Stepped, reconcile, step};

/// Looks every `config.every_seconds`, and reconciles every `config.reconcile_minutes`, until `shutdown`. Any number of
/// replicas may run: what one asks, the others find asked already.
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
    let (mut look, mut account) = (ticks(config.every()), ticks(config.reconcile_every()));
    let mut is_away = false;
    loop {
        let looked = tokio::select! {
            biased;
            () = shutdown.cancelled() => return Ok(()),
            _ = account.tick() => {
                reconcile(&store, &config, &metrics, clock.now()).await.map(|account| report_account(&account))
            }
            _ = look.tick() => {
                let (now, machine) = (clock.now(), clock.machine());
                let stepped = step(&store, &config, &metrics, &replica, now, machine).await;
                stepped.map(|stepped| report(&stepped))
            }
        };
        match looked {
            Ok(()) => is_away = false,
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

fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn report(stepped: &Stepped) {
    let asked = stepped.asked;
    if asked.opened + asked.settled > 0 {
        let (opened, settled, unasked) = (asked.opened, asked.settled, asked.unasked);
        tracing::warn!(opened, settled, unasked, "stuck work: tasks were opened or settled");
    }
}

fn report_account(account: &Account) {
    for (what, difference) in account.differences.iter().filter(|(_, difference)| **difference != 0) {
        tracing::error!(kind = what.as_str(), difference, "the account does not balance");
    }
}
