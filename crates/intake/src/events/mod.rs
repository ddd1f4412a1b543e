//! Lifecycle events on their way out, refused messages on their way to the broker's dead-letter topics, and what
//! the lifecycle topic knows that a restored store does not.

mod by_hand;
mod mirror;
mod producer;
mod publish;
mod recover;

pub use by_hand::publish_by_hand;
pub(crate) use producer::{Watched, advice, kind, log};
pub use publish::Publisher;
pub use recover::{is_recovered, recover};
