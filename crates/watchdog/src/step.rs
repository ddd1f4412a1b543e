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
}

/// Reconciles the account at `now` (domain time): every child that was named, counted against where it is.
///
/// # Errors
/// As the store says; nothing is waited for.
pub async fn reconcile(
    store: &Store,
    config: &Config,
    metrics: &Metrics,
    now: Timestamp,
) -> Result<Account, Error> {
    let since = now.saturating_sub(config.reconciled()).unwrap_or(Timestamp::MIN);
    let account = watch::reconcile(store, since).await?;
    metrics.show_account(&account);
    Ok(account)
}

/// Looks once, at `now` (domain time) and `machine` (the machine's clock): finds, asks, and last of all beats, so that a
/// look which fails half-way is no sign of life.
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
    let every = SignedDuration::from_secs(config.every_seconds.into());
    watch::beat(store, replica, machine, every).await?;
    metrics.show(&findings, asked.unasked);
    metrics.beat(machine);
    Ok(Stepped { findings, asked })
}
