//! Incidents: accepted once, versions side by side.

mod accept;
mod case;
pub mod read;
mod settle;

pub use accept::{Acceptance, Publication};
pub use case::{Due, NamedChild, VersionKind};
