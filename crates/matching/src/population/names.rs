//! What is known of each name and word of a name on the register.

use super::dictionary::Dictionary;
use crate::alike::group::{FAMILY, GIVEN, Groups};
use crate::spelling::{mask, sound};

/// One name: its spelling's letters, sound and groups, and how many children have it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Fact {
    /// Which letters it has.
    pub mask: u32,
    /// How it sounds.
    pub sound: u32,
    /// Its length in bytes, 255 at most.
    pub length: u8,
    /// Its first letter, or the first byte of it; 0 for the empty name.
    pub initial: u8,
    /// Whether it has several words.
    pub is_several: bool,
    /// The groups of given names it is in, as a set.
    pub given_set: u16,
    /// The groups of family names it is in, as a set.
    pub family_set: u16,
    /// Children with it as their whole first name.
    pub given: u32,
    /// Girls among them.
    pub girls: u32,
    /// Boys among them.
    pub boys: u32,
    /// Children with it as their whole family name.
    pub family: u32,
    /// Children with it as one word of their given names.
    pub given_word: u32,
    /// Children with it as one word of a family name in several.
    pub family_word: u32,
}

impl Fact {
    /// What is known of a name before any child has it.
    pub fn of(name: &str) -> Self {
        Self {
            mask: mask(name),
            sound: sound(name),
            length: u8::try_from(name.len()).unwrap_or(u8::MAX),
            initial: name.as_bytes().first().copied().unwrap_or_default(),
            is_several: name.contains(' '),
            given_set: set(&GIVEN, name),
            family_set: set(&FAMILY, name),
            ..Self::default()
        }
    }
}

/// The set of the name written as one word, else of its first word.
fn set(groups: &Groups, name: &str) -> u16 {
    let Some((first, _)) = name.split_once(' ') else { return groups.set(name) };
    match groups.set(&name.replace(' ', "")) {
        0 => groups.set(first),
        set => set,
    }
}

/// Names by number, with what is known of each.
pub(crate) struct Names {
    dictionary: Dictionary,
    facts: Vec<Fact>,
    given_groups: Vec<u32>,
    family_groups: Vec<u32>,
    initials: [u32; 256],
    faith: [u32; 2],
}

/// How a child has a name.
#[derive(Clone, Copy)]
pub(crate) enum Use {
    Given(Option<crate::person::Sex>),
    Family,
    GivenWord,
    FamilyWord,
}

impl Names {
    pub fn new() -> Self {
        let mut names = Self {
            dictionary: Dictionary::new(),
            facts: vec![Fact::default()],
            given_groups: vec![0; GIVEN.len()],
            family_groups: vec![0; FAMILY.len()],
            initials: [0; 256],
            faith: [0; 2],
        };
        names.faith = ["singh", "kaur"].map(|name| names.intern(name));
        names
    }

    /// The names that Sikhs have beside or in place of a family name.
    pub fn faith(&self) -> [u32; 2] {
        self.faith
    }

    pub fn find(&self, name: &str) -> Option<u32> {
        self.dictionary.find(name)
    }

    pub fn intern(&mut self, name: &str) -> u32 {
        let number = self.dictionary.intern(name);
        if number as usize == self.facts.len() {
            self.facts.push(Fact::of(name));
        }
        number
    }

    pub fn text(&self, number: u32) -> &str {
        self.dictionary.text(number)
    }

    pub fn fact(&self, number: u32) -> &Fact {
        &self.facts[number as usize]
    }

    /// Counts one child more, or one less, who has a name.
    pub fn count(&mut self, number: u32, used: Use, comes: bool) {
        use crate::person::Sex;
        if number == 0 {
            return;
        }
        let fact = &mut self.facts[number as usize];
        match used {
            Use::Given(sex) => {
                step(&mut self.initials[usize::from(fact.initial)], comes);
                step(&mut fact.given, comes);
                match sex {
                    Some(Sex::Female) => step(&mut fact.girls, comes),
                    Some(Sex::Male) => step(&mut fact.boys, comes),
                    None => {}
                }
                for group in GIVEN.groups(fact.given_set) {
                    step(&mut self.given_groups[usize::from(*group)], comes);
                }
            }
            Use::Family => {
                step(&mut fact.family, comes);
                for group in FAMILY.groups(fact.family_set) {
                    step(&mut self.family_groups[usize::from(*group)], comes);
                }
            }
            Use::GivenWord => step(&mut fact.given_word, comes),
            Use::FamilyWord => step(&mut fact.family_word, comes),
        }
    }

    /// The part of the register whose first name has an initial.
    pub fn initial_share(&self, initial: u8) -> f64 {
        let total: u32 = self.initials.iter().sum();
        (f64::from(self.initials[usize::from(initial)]) + 0.5) / (f64::from(total) + 1.0)
    }

    /// Children whose first name is in a group of the set.
    pub fn in_given_groups(&self, set: u16) -> u32 {
        GIVEN.groups(set).iter().map(|group| self.given_groups[usize::from(*group)]).sum()
    }

    /// Children whose family name is in a group of the set.
    pub fn in_family_groups(&self, set: u16) -> u32 {
        FAMILY.groups(set).iter().map(|group| self.family_groups[usize::from(*group)]).sum()
    }

    pub fn bytes(&self) -> usize {
        self.dictionary.bytes() + self.facts.len() * size_of::<Fact>()
    }
}

fn step(count: &mut u32, comes: bool) {
    *count = if comes { count.saturating_add(1) } else { count.saturating_sub(1) };
}
