//! Every text of a register once, by number.

use hashbrown::HashTable;

use super::hash;

/// Texts by number; number 0 is the empty text.
///
/// One buffer and a table of numbers: a text costs its letters and twelve bytes.
#[derive(Default)]
pub(crate) struct Dictionary {
    text: String,
    ends: Vec<u32>,
    numbers: HashTable<u32>,
}

impl Dictionary {
    /// An empty one, in which number 0 is the empty text.
    pub fn new() -> Self {
        let mut dictionary = Self::default();
        dictionary.intern("");
        dictionary
    }

    /// The number of a text, if it is there.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.numbers.find(hash(text), |number| self.text(*number) == text).copied()
    }

    /// The number of a text, new if it was not there.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(number) = self.find(text) {
            return number;
        }
        let number = u32::try_from(self.ends.len()).expect("fewer than four billion distinct texts");
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).expect("fewer than 4 GiB of distinct texts"));
        let Self { text, ends, numbers } = self;
        numbers.insert_unique(hash_at(text, ends, number), number, |number| hash_at(text, ends, *number));
        number
    }

    /// The text of a number.
    pub fn text(&self, number: u32) -> &str {
        text_at(&self.text, &self.ends, number)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 4 + self.numbers.capacity() * 5
    }
}

fn text_at<'a>(text: &'a str, ends: &[u32], number: u32) -> &'a str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start as usize..ends[number] as usize]
}

fn hash_at(text: &str, ends: &[u32], number: u32) -> u64 {
    hash(text_at(text, ends, number))
}
