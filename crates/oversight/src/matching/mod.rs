//! Matches that were sent without a person: a share is put to reviewers, what they say is counted, and how far matches
//! are sent is shown and set.

mod automatic;
mod gauge;
pub(crate) mod page;
pub(crate) mod queue;
pub(crate) mod review;

pub(crate) use automatic::{set, show as show_automatic};
pub(crate) use gauge::step;
