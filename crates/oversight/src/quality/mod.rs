//! Quality assurance: a sample of all children due, and what reviewers answer on each.

mod criteria;
mod draw;
pub(crate) mod queue;
pub(crate) mod review;
mod tick;

pub use criteria::{Criteria, Criterion};
pub use draw::draw_sample;
pub use tick::{run, step};
