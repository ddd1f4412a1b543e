//! Brothers and sisters who say who a child is.

use super::pairing::Pairing;
use crate::entry::Entry;
use crate::facts::Facts;

/// Another child of the incident, with the entries that it may be.
#[derive(Clone, Debug)]
pub struct Relative<'a> {
    /// What police say of it.
    pub facts: &'a Facts,
    /// The entries that were found for it.
    pub entries: &'a [Entry],
}

impl Relative<'_> {
    /// Whether it is exactly somebody else who lives with that entry: two names and two birth dates that agree with one
    /// household are no coincidence.
    pub(super) fn lives_with(&self, entry: &Entry) -> bool {
        let others =
            self.entries.iter().filter(|other| other.identity != entry.identity && other.id != entry.id);
        others.filter(|other| other.lives_with(entry)).any(|other| {
            let pairing = Pairing::of(self.facts, other);
            pairing.is_exact() && !pairing.contradicts()
        })
    }
}
