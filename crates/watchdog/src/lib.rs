//! The watchdog: looks for what is stuck by queries of its own, asks a person once about each, reconciles the
//! account, and shows that it lives.
//!
//! It shares no code with delivery. A task of its finding is mailed by the notifier like any other; should the
//! notifier itself be what is stuck, Prometheus alerts on the metrics here (`encompass_stuck`,
//! `encompass_reconciliation_difference`) and on this crate's own beat (`deploy/prometheus/rules.yml`).

mod config;
mod metrics;
mod run;
mod step;

pub use config::{Config, Wrong};
pub use metrics::Metrics;
pub use run::run;
pub use step::{Stepped, reconcile, step};

/// What can stop the watchdog.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store refused. A store that is away is waited for and is no reason to stop.
    #[error(transparent)]
    Store(#[from] encompass_store::Error),
}
