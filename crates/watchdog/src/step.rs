//! One look.

use encompass_store::Store;
use encompass_store::watch::{self, Account, Asked, Findings};
use jiff::{SignedDuration, Timestamp};

use crate::{Config, Error, Metrics};

/// What one look found and did.
#[derive(Clone, Debug)]
pub struct Stepped {
    /// What is stuck.
    pub findings: Findings,
    /// Tasks opened and settled.
    pub asked: Asked,
    /// The account.
    pub account: Account,
}

/// Looks once, at `now` (domain time) and `machine` (the machine's clock): finds, asks, reconciles, and last
/// of all beats, so that a look which fails half-way is no sign of life.
///
/// # Errors
/// As the store says; nothing is waited for.
pub async fn step(
    store: &Store,
    config: &Config,
    metrics: &Metrics,
    replica: &str,
    now: Timestamp,
    machine: Timestamp,
) -> Result<Stepped, Error> {
    let findings = watch::find(store, &config.limits(), now, machine).await?;
    let asked = watch::ask(store, &findings, now, config.tasks_max).await?;
    let since = now.saturating_sub(config.reconcile()).unwrap_or(Timestamp::MIN);
    let account = watch::reconcile(store, since).await?;
    let every = SignedDuration::from_secs(config.every_seconds.into());
    watch::beat(store, replica, machine, every).await?;
    metrics.show(&findings, asked.unasked, &account);
    metrics.beat(machine);
    Ok(Stepped { findings, asked, account })
}
