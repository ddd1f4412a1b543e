//! A name as typed, ready to be held against many.

use super::names::{Fact, Names};
use crate::spelling::{distance, mask};

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

/// A name as typed.
#[derive(Clone, Default)]
pub(crate) struct Probe {
    /// All of it, words parted by one space.
    pub whole: Word,
    /// The same without spaces.
    pub joined: String,
    /// Its words.
    pub words: Vec<Word>,
}

impl Probe {
    pub fn new(words: Vec<String>, names: &Names) -> Self {
        let whole = Word::new(words.join(" "), names);
        let joined = words.concat();
        let words = words.into_iter().map(|word| Word::new(word, names)).collect();
        Self { whole, joined, words }
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

    /// How far it is from another spelling; 1 where their letters already say that they are not close.
    pub fn distance(&self, text: &str, letters: u32) -> f32 {
        let apart = (mask(&self.joined) ^ letters).count_ones() as usize;
        let longest = self.joined.len().max(text.len());
        if self.joined.len().abs_diff(text.len()) * 4 > longest * 2 + 4 || apart > longest / 2 + 2 {
            return 1.0;
        }
        distance(&self.joined, text)
    }
}
