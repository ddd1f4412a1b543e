//! A name as typed, ready to be held against many.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::names::{Fact, Names};
use crate::alike::group::GIVEN;
use crate::spelling::{distance_within, mask};

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
    distances: RefCell<HashMap<u32, f32, FxBuildHasher>>,
}

impl Probe {
    pub fn new(words: Vec<String>, names: &Names) -> Self {
        let whole = Word::new(words.join(" "), names);
        let joined = words.concat();
        let words = words.into_iter().map(|word| Word::new(word, names)).collect();
        let mask = mask(&joined);
        Self { whole, joined, words, mask, close_groups: OnceCell::new(), distances: RefCell::default() }
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
    pub fn is(&self, number: u32, text: &str) -> bool {
        self.whole.number == Some(number)
            || (text.len() >= self.joined.len()
                && text.len() <= self.joined.len() + 3
                && text.bytes().filter(|byte| *byte != b' ').eq(self.joined.bytes()))
    }

    /// How far it is from a name of the register; worked out once for each.
    pub fn distance_to(&self, number: u32, names: &Names) -> f32 {
        let mut distances = self.distances.borrow_mut();
        *distances.entry(number).or_insert_with(|| self.distance(names.text(number), names.fact(number).mask))
    }

    /// How far it is from another spelling; 1 where their letters already say that they are not close.
    fn distance(&self, text: &str, letters: u32) -> f32 {
        let apart = (self.mask ^ letters).count_ones() as usize;
        let longest = self.joined.len().max(text.len());
        if self.joined.len().abs_diff(text.len()) * 4 > longest * 2 + 4 || apart > longest / 2 + 1 {
            return 1.0;
        }
        distance_within(&self.joined, text, FARTHEST)
    }
}
