//! The notifier: from a plan to deliveries, over the channels a contact can be reached by.
//!
//! Four steps with types of their own: claim, prepare, send, record. No transaction is open while something is
//! sent; what the world did is a value; a result counts only under the claim that began it.

pub mod channel;
mod config;
pub mod message;
mod metrics;
mod work;

pub use config::{Config, Smtp, Webhook};
pub use metrics::Metrics;
pub use work::{Error, Links, Notifier, Parts};
