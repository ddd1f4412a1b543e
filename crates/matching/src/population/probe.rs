//! A name as typed, ready to be held against many.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::names::{Fact, Names};
use crate::alike::group::GIVEN;
use crate::spelling::{Spelling, distance_within, mask};

/// One word or name as typed, and what the register knows of it.
#[derive(Clone, Default)]
pub(crate) struct Word {
    pub text: String,
    pub number: Option<u32>,
    pub fact: Fact,
}

impl Word {
    fn new(text: String, names: &Names) -> Self {
        let number = names.find(&text);
        let fact = number.map_or_else(|| Fact::of(&text), |number| *names.fact(number));
        Self { text, number, fact }
    }

    /// Whether it may be a slip of another; one of two letters is too short to tell.
    fn is_near(&self, other: &str) -> bool {
        let longest = self.text.len().max(other.len());
        let is_long = self.text.len().min(other.len()) > 2;
        is_long
            && (self.fact.mask ^ mask(other)).count_ones() as usize <= longest / 2 + 1
            && distance_within(other, &self.text, CLOSE) <= CLOSE
    }
}

/// How near a slip is to the name that was meant.
const CLOSE: f32 = 0.2;

/// Names further apart than this are different.
const FARTHEST: f32 = 0.35;

/// A name as typed.
#[derive(Clone, Default)]
pub(crate) struct Probe {
    /// All of it, words parted by one space.
    pub whole: Word,
    /// The same without spaces.
    pub joined: String,
    /// Its words.
    pub words: Vec<Word>,
    mask: u32,
    close_groups: OnceCell<Vec<u16>>,
    spelling: OnceCell<Spelling>,
    distances: RefCell<HashMap<u32, f32, FxBuildHasher>>,
    near_words: RefCell<HashMap<u32, bool, FxBuildHasher>>,
}

impl Probe {
    pub fn new(words: Vec<String>, names: &Names) -> Self {
        let whole = Word::new(words.join(" "), names);
        let joined = words.concat();
        let words = words.into_iter().map(|word| Word::new(word, names)).collect();
        let mask = mask(&joined);
        Self { whole, joined, words, mask, ..Self::default() }
    }

    /// The groups of given names with a name that this may be a slip of; looked for when first asked.
    pub fn close_groups(&self) -> &[u16] {
        self.close_groups.get_or_init(|| GIVEN.near(&self.joined, CLOSE))
    }

    pub fn is_empty(&self) -> bool {
        self.joined.is_empty()
    }

    /// Whether it is an initial or several.
    pub fn is_initial(&self) -> bool {
        self.words.iter().all(|word| word.text.chars().count() == 1)
    }

    /// Letters in it, in bytes.
    pub fn length(&self) -> usize {
        self.joined.len()
    }

    /// Whether it is the very name, wherever it has spaces.
    pub fn is(&self, number: u32, names: &Names) -> bool {
        self.whole.number == Some(number)
            || (number != 0
                && self.letters_apart(names.fact(number)) == 0
                && names.text(number).bytes().filter(|byte| *byte != b' ').eq(self.joined.bytes()))
    }

    /// How many letters only one of the two names has: names that are nearly the same have few.
    pub fn letters_apart(&self, fact: &Fact) -> u32 {
        (self.mask ^ fact.mask).count_ones()
    }

    /// How far it is from a name of the register; worked out once for each, and 1 where their letters already say
    /// that they are not close.
    pub fn distance_to(&self, number: u32, names: &Names) -> f32 {
        let fact = names.fact(number);
        if self.letters_apart(fact) as usize > self.joined.len().max(usize::from(fact.length)) / 2 + 1 {
            return 1.0;
        }
        let mut distances = self.distances.borrow_mut();
        *distances.entry(number).or_insert_with(|| {
            let spelling = self.spelling.get_or_init(|| Spelling::new(&self.joined));
            spelling.distance_within(&Spelling::new(names.text(number)), FARTHEST)
        })
    }

    /// Whether one of its words may be a slip of a word of a name of the register; worked out once for each.
    pub fn has_word_near(&self, number: u32, names: &Names) -> bool {
        *self.near_words.borrow_mut().entry(number).or_insert_with(|| {
            let mut parts = names.text(number).split(' ');
            parts.any(|part| self.words.iter().any(|word| word.is_near(part)))
        })
    }
}
