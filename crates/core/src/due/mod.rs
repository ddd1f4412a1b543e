//! When a setting must have been told, whether it was, and what went wrong when it was not.
//!
//! The due time is the start of the setting's next school day after the force knew. It is recomputed when a
//! calendar changes or a setting is found, only until the setting is told; the store keeps every value with its
//! [`Reason`], and the last one before telling is what timeliness is measured against. Nothing here delays a send.

mod known;
mod miss;
mod reason;
mod rules;
mod search;
mod steps;
mod timeliness;

pub use known::{Known, KnownFrom};
pub use miss::{Cause, Chain, attribute_miss};
pub use reason::{Basis, Reason, Run};
pub use rules::Rules;
pub use search::{Due, due_at, provisional};
pub use steps::{Step, Steps, minutes};
pub use timeliness::Timeliness;

#[cfg(test)]
mod tests;
