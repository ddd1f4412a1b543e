//! Roles: which services a process runs, and how they are put together.

mod listen;
mod node;
mod put_back;

use std::time::Duration;

use encompass_store::Clock;
use tokio_util::sync::CancellationToken;

pub use node::Node;

use crate::config::Config;

/// A service of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Takes incidents in and publishes events.
    Intake,
    /// Decides which setting each child belongs to.
    Resolver,
    /// Sends notices, codes and alerts.
    Notifier,
    /// Settings' pages.
    Portal,
    /// Looks for stuck work.
    Watchdog,
    /// Desk, quality and leaders' pages.
    Oversight,
}

impl Role {
    /// Every role, for one process.
    pub const ALL: &'static [Self] =
        &[Self::Intake, Self::Resolver, Self::Notifier, Self::Portal, Self::Watchdog, Self::Oversight];
}

/// How long a store that is away is waited for between tries at the start.
const STORE_WAIT: Duration = Duration::from_secs(1);

/// Runs `roles` until `shutdown`, then drains them.
///
/// # Errors
/// When something can't start, or a role stops by itself: what is wrong and what to do.
pub async fn serve(config: Config, roles: &[Role], shutdown: CancellationToken) -> anyhow::Result<()> {
    if config.forces.is_empty() {
        tracing::warn!("no force is configured: nobody can publish and no task is mailed");
    }
    let store = loop {
        match crate::command::open_store(&config).await {
            Ok(store) => break store,
            Err(error) if is_transient(&error) && !shutdown.is_cancelled() => {
                tracing::warn!(%error, "the store is away; waiting for it");
                tokio::time::sleep(STORE_WAIT).await;
            }
            Err(error) => return Err(error),
        }
    };
    let node = Node::new(config, store, Clock::machine_time(), roles)?;
    node.run(shutdown).await
}

fn is_transient(error: &anyhow::Error) -> bool {
    error.downcast_ref::<encompass_store::Error>().is_some_and(encompass_store::Error::is_transient)
}
