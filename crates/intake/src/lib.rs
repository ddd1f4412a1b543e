//! Intake: what police systems publish, accepted once. The only place with a Kafka consumer.
//!
//! Events come by Kafka, by HTTP, or by a person who puts a refused message back; all three go through
//! [`accept`]. What can't be accepted is set aside in the same commit. Lifecycle events go out from here too,
//! because the broker is known here and nowhere else.

pub mod accept;
mod broker;
pub mod config;
mod error;
mod events;
mod http;
mod kafka;
mod metrics;
mod pace;
mod run;
mod tally;

pub use accept::{Outcome, PutBack, close, put_back};
pub use config::{Config, Topic, Use};
pub use error::{Error, Result};
pub use events::{Publisher, is_recovered, publish_by_hand, recover};
pub use http::{Route, TABLE, routes};
pub use kafka::consume;
pub use metrics::Metrics;
pub use run::{Intake, run};
pub use tally::compare_tallies;
