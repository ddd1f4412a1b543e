//! Registers: who is on roll where. Each belongs to its owner and is licensed to named forces; nobody
//! else's resolver or desk sees it.
//!
//! Entries are sealed with a key drawn for their register. Who is found is looked for in memory; entries of several
//! registers are joined by keyed hashes of exact parts (a number, a given name with a birth date), into which the
//! register's source goes, so that hashes of two owners can't be joined without the installation's key.

mod admin;
mod emptied;
mod entry;
mod identity;
mod load;
mod look_up;
mod restricted;
mod roll;
mod take_over;
mod terms;

pub use admin::{Licensed, New, Opened};
pub use entry::{Address, Candidate, Details, Enrolment, Entry, Key, KeyKind, Person, entry_id, is_stale};
pub use identity::{Basis, Judgement};
pub use load::{Change, RegisterLoad};
pub use restricted::Restricted;
pub use roll::{Listed, Roll};
pub use terms::Terms;

/// The place of sealed entries: bound to the entry, not the version, so that an unchanged entry can be
/// taken over into the next version without opening it.
fn place(entry: encompass_core::id::EntryId) -> String {
    format!("register_entry {entry}")
}
