//! Every child of the registers, compact and found by several keys at once.

mod dictionary;
mod key;
mod names;
mod people;
mod postings;
mod probe;
mod query;
mod record;
mod search;
mod shared;
mod tradition;
mod writings;

pub use key::Kind;
pub(crate) use names::{Fact, Names};
pub(crate) use people::sex_share;
pub use people::{Builder, Number, Population, Version};
pub(crate) use probe::Probe;
pub(crate) use query::{Query, Reach};
pub(crate) use record::{Record, Written};
pub(crate) use search::home_of;
pub use shared::Shared;

use std::hash::{Hash, Hasher};

/// The same everywhere: replicas agree on it.
pub(crate) fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
