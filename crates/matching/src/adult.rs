//! Whether an adult of an incident is, or may be, a contact of a setting.

use encompass_core::incident::{Adult, Name};
use serde::{Deserialize, Serialize};

use crate::normalise::{untitled, words};

/// How near an adult of the incident is to the contacts of a setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// No name is alike.
    #[default]
    None,
    /// A family name is the same, and what is known of the given names begins alike.
    MayBe,
    /// A name is the same.
    Same,
}

/// The names of an adult, or of a contact, as they are compared here.
#[derive(Clone, PartialEq, Eq)]
pub struct Named(Vec<String>);

impl Named {
    /// A name written in full, with or without a title; `None` when there is nothing in it.
    pub fn new(full: &str) -> Option<Self> {
        let words = untitled(words(full));
        (!words.is_empty()).then_some(Self(words))
    }

    /// Every name of an adult.
    pub fn all_of(adult: &Adult) -> Vec<Self> {
        adult.names.items().iter().filter_map(Self::of).collect()
    }

    fn of(name: &Name) -> Option<Self> {
        let parts = [&name.given, &name.family, &name.full];
        let text: Vec<&str> = parts.into_iter().filter_map(|part| part.known().map(|text| &**text)).collect();
        Self::new(&text.join(" "))
    }

    /// How near this name is to another. Given names come first and the family name last, or the other way round;
    /// a family name in several words may stand with or without some of them.
    pub fn tie(&self, other: &Self) -> Tie {
        if self.0.concat() == other.0.concat() || sorted(&self.0) == sorted(&other.0) {
            return Tie::Same;
        }
        let alike = self.readings().any(|(initial, family)| {
            other.readings().any(|(other, same)| family == same && begins_alike(initial, other))
        });
        if alike { Tie::MayBe } else { Tie::None }
    }

    /// The initial and the family name, as the words can be read; without an initial where there is one word.
    fn readings(&self) -> impl Iterator<Item = (Option<char>, String)> + '_ {
        let words = &self.0;
        let initial = |word: &String| word.chars().next();
        let last = (1..words.len()).map(move |at| (initial(&words[0]), words[at..].concat()));
        let first = (1..words.len()).map(move |at| (initial(&words[at]), words[..at].concat()));
        let alone = (words.len() == 1).then(|| (None, words[0].clone()));
        last.chain(first).chain(alone)
    }
}

fn begins_alike(a: Option<char>, b: Option<char>) -> bool {
    a.is_none() || b.is_none() || a == b
}

fn sorted(words: &[String]) -> Vec<&str> {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.sort_unstable();
    words
}

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Named(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_known_again_by_name_and_suspected_by_family_name_and_initial() {
        for (adult, contact, expected) in [
            ("Wilhelmina Quarrendon", "Wilhelmina Quarrendon", Tie::Same),
            ("wilhelmina QUARRENDON", "Mrs Wilhelmina Quarrendon", Tie::Same),
            ("Quarrendon Wilhelmina", "Wilhelmina Quarrendon", Tie::Same),
            ("Seán O'Brien", "Sean OBrien", Tie::Same),
            ("W Quarrendon", "Wilhelmina Quarrendon", Tie::MayBe),
            ("Wanda Jane Quarrendon", "Wilhelmina Quarrendon", Tie::MayBe),
            ("Quarrendon", "Wilhelmina Quarrendon", Tie::MayBe),
            ("Wilhelmina Quarrendon", "Mrs Quarrendon", Tie::MayBe),
            ("Ana de Silva", "A. DeSilva", Tie::MayBe),
            ("Barnaby Quarrendon", "Wilhelmina Quarrendon", Tie::None),
            ("Wilhelmina Thistlewood", "Wilhelmina Quarrendon", Tie::None),
        ] {
            let (adult, contact) = (Named::new(adult).unwrap(), Named::new(contact).unwrap());
            assert_eq!(adult.tie(&contact), expected, "{:?} {:?}", adult.0, contact.0);
            assert_eq!(contact.tie(&adult), expected, "{:?} {:?}", contact.0, adult.0);
        }
        assert_eq!(Named::new(" - "), None);
    }
}
