//! Incidents: accepted once, versions side by side.

mod accept;
mod case;
mod erase;
mod newest;
mod read;
mod recognise;
mod settle;
mod standing;

pub use accept::{Acceptance, Publication};
pub use case::{Due, NamedChild, VersionKind};
pub(crate) use read::{body_place, child_place};
pub use standing::{ChildStanding, NotificationStanding, Standing};
