//! Contacts: the people and role mailboxes at a setting who may be told.
//!
//! An imported contact is unverified whatever the file's owner knows, and no unverified contact is used. A
//! changed address is a new, unverified contact. Which forces may tell a contact is stated per force.

mod add;
mod called;
mod change;
mod import;
mod person;
mod read;
mod verify;

pub use change::Marked;
pub use import::{File, Imported, Report, import};
pub use person::Person;
pub use read::Contact;
pub use verify::How;

use encompass_core::id::{ContactId, IdentityKey};
use encompass_core::state::Channel;

/// The keyed hash of an address. Two spellings that differ in case are one mailbox; webhook addresses are
/// compared as they are.
pub(crate) fn address_hash(key: &IdentityKey, channel: Channel, address: &str) -> [u8; 32] {
    let address = match channel {
        Channel::Email => address.trim().to_lowercase(),
        Channel::Webhook | Channel::Telephone => address.trim().to_owned(),
    };
    key.hash("contact address", &[channel.as_str().as_bytes(), address.as_bytes()])
}

/// The keyed hash of a normalised name; empty for a contact without a name.
pub(crate) fn name_hash(key: &IdentityKey, name_key: Option<&str>) -> Vec<u8> {
    name_key.map_or_else(Vec::new, |name| key.hash("contact name", &[name.as_bytes()]).to_vec())
}

/// The place of a contact's sealed person.
pub(crate) fn place(contact: ContactId) -> String {
    format!("contact {contact}")
}
