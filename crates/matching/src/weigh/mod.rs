//! What agreement is worth: weights, hypotheses about the household, and how the rates are estimated.

mod compare;
mod compared;
mod event;
mod explain;
mod family;
mod household;
mod known;
mod learn;
mod near;
mod parameters;
mod posterior;
mod rates;
mod scale;
mod share;
mod sibling;
mod together;

pub use event::{Answer, Candidate, answer};
pub use explain::{Explanation, Field, Reason, UNNAMED, explain, explain_likely, words};
pub use known::Known;
pub use learn::{Learning, learn};
pub use near::Near;
pub use parameters::{Parameters, Prior, Source};
pub use rates::Rates;
pub use share::Share;
