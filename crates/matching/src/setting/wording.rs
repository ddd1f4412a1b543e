//! What a setting is called, to be held against what an officer wrote.

use std::collections::BTreeSet;

use super::index::slips;
use super::phrase::{Phrase, Trait, short};
use super::sense::Sense;

/// The words of a setting's name and of where it lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    words: BTreeSet<String>,
    traits: BTreeSet<Trait>,
}

/// What an officer's words say by themselves, whatever the directory has.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    phrase: Phrase,
}

impl Wording {
    /// Of a setting's name, with its town.
    pub fn of(name: &str, town: Option<&str>) -> Self {
        let Phrase { words, traits, .. } = Phrase::of(name);
        let town = town.map(|town| Phrase::of(town).words).unwrap_or_default();
        Self { words: words.into_iter().chain(town).collect(), traits }
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|known| {
            known == word || short(known) == Some(word) || short(word) == Some(known) || is_slip(word, known)
        })
    }
}

impl Said {
    pub fn of(text: &str) -> Self {
        Self { phrase: Phrase::of(text) }
    }

    /// Whether anything in it tells one setting from another.
    pub fn names_a_setting(&self) -> bool {
        !self.phrase.words.is_empty() || !self.phrase.traits.is_empty()
    }

    /// Whether it says that the child is taught at home.
    pub fn is_taught_at_home(&self) -> bool {
        self.phrase.is_taught_at_home
    }

    /// Whether it says that the child is not taught at home, or no longer.
    pub fn is_not_taught_at_home(&self) -> bool {
        self.phrase.is_not_taught_at_home
    }

    /// Whether it says that the child is at no setting, or not at the one that is named.
    pub fn is_denied(&self) -> bool {
        match self.phrase.sense {
            Sense::Gone => true,
            // Without a name, somebody refused to say one.
            Sense::Refused => self.names_a_setting(),
            Sense::Stated | Sense::Guessed => false,
        }
    }

    /// Whether what was written is denied, past, or no more than a guess.
    pub fn is_doubted(&self) -> bool {
        self.phrase.sense != Sense::Stated
    }

    /// Whether a setting can be meant: it has every word, perhaps with a slip of the hand or written in two, and is of no other
    /// church or sex. Without a name, it is of the church or sex that was written.
    pub fn can_mean(&self, setting: &Wording) -> bool {
        let Phrase { words, traits, .. } = &self.phrase;
        let is_other = traits.iter().any(|one| setting.traits.iter().any(|other| one.excludes(*other)));
        if words.is_empty() {
            traits.is_subset(&setting.traits)
        } else {
            !is_other && is_covered(words, setting)
        }
    }
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Said(…)")
    }
}

fn is_covered(words: &[String], setting: &Wording) -> bool {
    match words {
        [] => true,
        [word, rest @ ..] if setting.has(word) => is_covered(rest, setting),
        [first, second, rest @ ..] => setting.has(&format!("{first}{second}")) && is_covered(rest, setting),
        [_] => false,
    }
}

/// Whether a word of some length is another with a slip of the hand, or two if it is long.
fn is_slip(word: &str, known: &str) -> bool {
    let letters = word.chars().count();
    let most = if letters >= 9 { 2 } else { usize::from(letters >= 5) };
    most > 0 && word.chars().next() == known.chars().next() && slips(word, known, most).is_some()
}
