//! The setting that the officer wrote, found in the directory: "St Marys", "the primary on Bury Road", "Oakfield JMI".
//!
//! A dictionary by rare words finds settings whose names, former names, sites, streets and towns have the words written;
//! each is then weighed by name, kind, age and distance from the home. It is confirmed only if exactly one fits in all of
//! them, with a clear margin over the second; else a person sees the candidates, with what fits and what does not.

mod candidate;
mod describe;
mod find;
mod generic;
mod index;
mod phrase;
mod place;
mod sense;
#[cfg(test)]
mod tests;
mod weigh;
mod wording;

pub use candidate::{By, Candidate, Points};
pub use describe::{Alias, AliasKind, Described};
pub use find::{Asked, Findings};
pub use index::Index;
pub(crate) use wording::Said;
pub use wording::Wording;

/// The version of how settings are found and weighed, kept with every decision.
pub const VERSION: &str = "names-3";
