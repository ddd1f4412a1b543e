//! The consonants that one hears, as one number.

use super::letters::is_vowel;

/// As many consonants as a sound keeps; five bits each.
const KEPT: usize = 6;

/// The sound of a word: its first letter's class and the consonants after it, so that spellings by ear meet.
///
/// Made for names of many traditions in English ears: an r before a consonant or at the end is silent, h and w
/// count at the beginning only, a doubled letter is one. It finds candidates; it is no evidence by itself.
pub fn sound(word: &str) -> u32 {
    let bytes: Vec<u8> = word.bytes().filter(|byte| *byte != b' ').collect();
    let mut heard = Heard::default();
    let mut at = 0;
    while at < bytes.len() && heard.length < KEPT {
        at += heard.hear(&bytes, at);
    }
    heard.code
}

#[derive(Default)]
struct Heard {
    code: u32,
    length: usize,
    last: u8,
}

impl Heard {
    /// Takes in the letters at a place, and says how many they are.
    fn hear(&mut self, bytes: &[u8], at: usize) -> usize {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let is_first = at == 0;
        let taken = match (bytes[at], next) {
            (b'p', b'h') | (b'c', b'k') | (b't', b'h') | (b's', b'h') | (b'd', b'h') | (b'b', b'h') => 2,
            (b'k' | b'g', b'n') | (b'w', b'r') if is_first => 2,
            (b'g', b'h') if !is_first => 2,
            _ => 1,
        };
        let letter = match (bytes[at], next, taken) {
            (b'p', _, 2) => b'f',
            (b'g', b'h', 2) => b'a',
            (b'k' | b'g', b'n', 2) => b'n',
            (b'w', _, 2) => b'r',
            (other, ..) => other,
        };
        let previous = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let after = bytes.get(at + taken).copied().unwrap_or(b' ');
        self.push(class(letter, previous, after), is_first);
        taken
    }

    fn push(&mut self, class: u8, is_first: bool) {
        if class == SILENT {
            return;
        }
        let repeats = class == self.last;
        self.last = class;
        if (class == VOWEL && !is_first) || repeats {
            return;
        }
        self.code = self.code << 5 | u32::from(class);
        self.length += 1;
    }
}

const SILENT: u8 = 0;
const VOWEL: u8 = 1;

fn class(letter: u8, previous: u8, next: u8) -> u8 {
    let is_first = previous == b' ';
    let is_soft = matches!(next, b'e' | b'i' | b'y');
    match letter {
        b'y' if is_first && is_vowel(next) => 12,
        vowel if is_vowel(vowel) => VOWEL,
        b'h' => {
            if is_first {
                10
            } else {
                SILENT
            }
        }
        b'w' => {
            if is_first {
                14
            } else {
                VOWEL
            }
        }
        b'r' if is_vowel(previous) && !is_vowel(next) => SILENT,
        b'b' => 2,
        b'c' if is_soft => 3,
        b's' | b'z' | b'x' => 3,
        b'c' | b'k' | b'q' => 4,
        b'd' => 5,
        b'f' | b'v' => 6,
        b'g' if is_soft => 12,
        b'g' => 7,
        b'j' => 12,
        b'l' => 8,
        b'm' => 9,
        b'n' => 11,
        b'p' => 13,
        b'r' => 15,
        b't' => 16,
        other => 17 + other % 15,
    }
}
