//! The notifier's work: claim, prepare, send, record; and what only time makes due.

mod alert;
mod lead;
mod prepare;
mod record;
mod run;
mod send;
mod step;

use std::sync::Arc;
use std::time::Duration;

use encompass_core::force::Forces;
use encompass_core::plan::Rules;
use encompass_store::{Clock, Store};

use crate::channel::smtp::Relay;
use crate::channel::webhook::Hooks;
use crate::message::Templates;
use crate::{Config, Metrics, channel, config, message};

/// What stops the notifier. Failures of the world never do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store refused something. Transient ones are waited for before this is seen.
    #[error(transparent)]
    Store(#[from] encompass_store::Error),
    /// A channel's configuration can't be used.
    #[error(transparent)]
    Channel(#[from] channel::Error),
    /// A template can't be used.
    #[error(transparent)]
    Message(#[from] message::Error),
    /// The configuration makes no sense.
    #[error(transparent)]
    Config(#[from] config::Wrong),
}

/// The service.
#[derive(Clone)]
pub struct Notifier {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) replica: String,
    pub(crate) rules: Rules,
    pub(crate) forces: Forces,
    pub(crate) links: Links,
    pub(crate) lease: Duration,
    pub(crate) in_flight_max: usize,
    pub(crate) relay: Arc<Relay>,
    pub(crate) hooks: Arc<Hooks>,
    pub(crate) templates: Arc<Templates>,
    pub(crate) metrics: Metrics,
}

/// Where links lead.
#[derive(Clone, Debug)]
pub struct Links {
    /// The portal, as settings reach it, without a trailing slash.
    pub portal: String,
    /// The desk, as staff reach it, without a trailing slash.
    pub desk: String,
}

/// What the executable hands in.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// Domain and machine time.
    pub clock: Clock,
    /// Names this process in leases.
    pub replica: String,
    /// The forces that are served.
    pub forces: Forces,
    /// The plan: when what is not accepted is tried again, and whom tasks are mailed to.
    pub rules: Rules,
    /// Where links lead.
    pub links: Links,
    /// Counters.
    pub metrics: Metrics,
}

impl Notifier {
    /// A notifier that has not begun.
    ///
    /// # Errors
    /// When configuration, certificates or templates can't be used.
    pub fn new(parts: Parts, config: &Config) -> Result<Self, Error> {
        config.check()?;
        Ok(Self {
            store: parts.store,
            clock: parts.clock,
            replica: parts.replica,
            rules: parts.rules,
            forces: parts.forces,
            links: parts.links,
            lease: config.lease(),
            in_flight_max: config.in_flight_max,
            relay: Arc::new(Relay::new(config.smtp.relay()?)?),
            hooks: Arc::new(Hooks::new(config.webhook.hooks()?)?),
            templates: Arc::new(Templates::load(config.messages.as_deref())?),
            metrics: parts.metrics,
        })
    }
}
