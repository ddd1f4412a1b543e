//! Samples for quality assurance: drawn from *all* children due, held and closed ones alike, by a recorded seed;
//! and what reviewers answered on each sampled child.

mod draw;
mod review;

pub use draw::{Drawn, Framed, Period};
pub use review::{Answered, Queued, Review};

use encompass_core::id::{ChildId, SampleId};

/// Where a review's note is sealed, with the key of the child's case.
fn note_place(sample: SampleId, child: ChildId, reviewer: &str) -> String {
    format!("audit.note {sample} {child} {reviewer}")
}
