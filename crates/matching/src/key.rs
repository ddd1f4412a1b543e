//! What joins the entry of one register to those of others.

use crate::entry::Entry;
use crate::name::Name;

/// What the parts of a key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Given name and birth date.
    GivenBirth,
    /// Unique pupil number.
    Upn,
    /// NHS number.
    Nhs,
}

/// One key: the same for two entries that agree on its parts.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What the parts are.
    pub kind: Kind,
    /// The parts, normalised.
    pub parts: Vec<String>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// All keys of an entry.
pub fn of_entry(entry: &Entry) -> Vec<Key> {
    let born = entry.born.to_string();
    let given = entry.names.iter().flat_map(Name::given_keys);
    let mut keys: Vec<Key> = given.map(|given| key(Kind::GivenBirth, vec![given, born.clone()])).collect();
    keys.extend(entry.upn.iter().map(|upn| key(Kind::Upn, vec![upn.clone()])));
    keys.extend(entry.nhs_number.iter().map(|number| key(Kind::Nhs, vec![number.clone()])));
    keys.sort_unstable();
    keys.dedup();
    keys
}

const fn key(kind: Kind, parts: Vec<String>) -> Key {
    Key { kind, parts }
}
