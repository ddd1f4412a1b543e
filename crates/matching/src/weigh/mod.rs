//! What agreement is worth: weights, hypotheses about the household, and how the rates are estimated.

mod compare;
mod event;
mod household;
mod learn;
mod near;
mod parameters;
mod rates;

pub use event::{Answer, Candidate, answer};
pub use learn::{Learning, learn};
pub use near::Near;
pub use parameters::{Parameters, Prior, Source};
pub use rates::Rates;
