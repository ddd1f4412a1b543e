//! What a setting may see of an incident.
//!
//! A profile lists fields; nothing that it does not list leaves the system. Some things are fields only so that they
//! can be refused by name. A setting sees one child at a time, so another family's children cannot come along.

mod answer;
mod disclose;
mod field;
mod profile;
mod scan;
mod value;

pub use disclose::{Circumstance, Disclosed, Item, disclose, identify};
pub use field::Field;
pub use profile::{Profile, Profiles};
pub use scan::{Finding, Trace, scan};
pub use value::Value;

#[cfg(test)]
mod tests;
