//! The directory: settings and their calendars, common to all forces, in versions.
//!
//! A [`load`] is one version of one source. Its rows are written in short transactions under an id that
//! nobody reads yet; one commit makes it current. Reads see the current versions of all sources together,
//! through a cache that follows the ids of the current loads.

mod cache;
pub mod calendar;
pub mod detail;
pub mod identifier;
pub mod load;
mod prune;
pub(crate) mod read;
pub mod setting;
mod tally;

pub use cache::Cache;
pub use detail::{Alias, AliasKind, Detail};
pub use identifier::{Identifier, Succession};
pub use load::Loading;
pub use setting::Setting;
