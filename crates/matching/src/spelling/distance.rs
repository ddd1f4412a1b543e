//! How far two spellings are apart.

use super::letters::is_vowel;

/// Letters of a word that are looked at; longer ones are cut.
const LONGEST: usize = 40;

/// The cost of turning one word into the other, for each letter of the longer one: 0 when equal, up to 1.
///
/// A weighted edit distance (Damerau 1964: insertion, deletion, substitution, neighbours exchanged) in which what
/// ears confuse (one vowel for another, c and k, a doubled letter, h) and what fingers slip to (the key beside)
/// costs less. Spaces do not count. The same both ways.
pub fn distance(a: &str, b: &str) -> f32 {
    distance_within(a, b, 1.0)
}

/// The same, given up with 1 as soon as it is over a limit: most names are nowhere near each other.
pub(crate) fn distance_within(a: &str, b: &str, most: f32) -> f32 {
    Spelling::new(a).distance_within(&Spelling::new(b), most)
}

/// The letters of a word, and what each costs if it stands in one word only.
#[derive(Clone)]
pub(crate) struct Spelling {
    letters: [u8; LONGEST],
    alone: [f32; LONGEST],
    length: usize,
}

impl Spelling {
    pub fn new(word: &str) -> Self {
        let mut spelling = Self { letters: [0; LONGEST], alone: [0.0; LONGEST], length: 0 };
        for byte in word.bytes().filter(|byte| *byte != b' ').take(LONGEST) {
            spelling.letters[spelling.length] = byte;
            spelling.length += 1;
        }
        for at in 0..spelling.length {
            spelling.alone[at] = insertion(&spelling.letters[..spelling.length], at);
        }
        spelling
    }

    /// How far it is from another, 1 where that is over a limit.
    pub fn distance_within(&self, other: &Self, most: f32) -> f32 {
        let longest = self.length.max(other.length);
        if longest == 0 {
            return 0.0;
        }
        if self.length == 0 || other.length == 0 {
            return 1.0;
        }
        let apart = self.cost(other, most * longest as f32) / longest as f32;
        if apart > most { 1.0 } else { apart }
    }

    /// The cost of turning this word into another; more than `most` where it is given up.
    fn cost(&self, other: &Self, most: f32) -> f32 {
        let (a, b) = (&self.letters[..self.length], &other.letters[..other.length]);
        let mut rows = [[0.0_f32; LONGEST + 1]; 3];
        for at in 0..b.len() {
            rows[0][at + 1] = rows[0][at] + other.alone[at];
        }
        let mut before_least = f32::MAX;
        for i in 1..=a.len() {
            let (now, before, earlier) = (i % 3, (i + 2) % 3, (i + 1) % 3);
            let removal = self.alone[i - 1];
            rows[now][0] = rows[before][0] + removal;
            let mut row_least = rows[now][0];
            for j in 1..=b.len() {
                let same = rows[before][j - 1] + substitution(a[i - 1], b[j - 1]);
                let removed = rows[before][j] + removal;
                let inserted = rows[now][j - 1] + other.alone[j - 1];
                let mut least = same.min(removed).min(inserted);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[earlier][j - 2] + EXCHANGE);
                }
                rows[now][j] = least;
                row_least = row_least.min(least);
            }
            // An exchange reaches back two rows.
            if row_least > most && before_least > most {
                return f32::MAX;
            }
            before_least = row_least;
        }
        rows[a.len() % 3][b.len()]
    }
}

const EXCHANGE: f32 = 0.6;

/// What it costs to have the letter at a place in one word and not in the other.
fn insertion(word: &[u8], at: usize) -> f32 {
    let letter = word[at];
    let previous = at.checked_sub(1).map_or(b' ', |before| word[before]);
    let next = word.get(at + 1).copied().unwrap_or(b' ');
    match letter {
        _ if letter == previous || letter == next => 0.25,
        b'h' => 0.35,
        b'e' if next == b' ' => 0.3,
        b'r' if is_vowel(previous) && !is_vowel(next) => 0.4,
        vowel if is_vowel(vowel) => 0.5,
        _ => 0.9,
    }
}

fn substitution(a: u8, b: u8) -> f32 {
    if a == b {
        return 0.0;
    }
    let place = |letter: u8| usize::from(letter.wrapping_sub(b'a'));
    let row = SUBSTITUTIONS.get(place(a));
    row.and_then(|row| row.get(place(b))).copied().unwrap_or(1.0)
}

/// The cost of each letter for each other, worked out once by the compiler.
static SUBSTITUTIONS: [[f32; 26]; 26] = {
    let mut costs = [[0.0; 26]; 26];
    let mut at = 0;
    while at < 26 * 26 {
        costs[at / 26][at % 26] = cost_of(b'a' + (at / 26) as u8, b'a' + (at % 26) as u8);
        at += 1;
    }
    costs
};

const fn cost_of(a: u8, b: u8) -> f32 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    match (low, high) {
        (b'i' | b'e', b'y') => 0.2,
        _ if is_vowel(a) && is_vowel(b) => 0.4,
        (b'c', b'k' | b's' | b'q') | (b'k', b'q') | (b's', b'z') | (b'f', b'v') | (b'g', b'j') => 0.3,
        (b'v' | b'u', b'w') | (b'j', b'y') | (b'b', b'p') | (b'd', b't') | (b'm', b'n') => 0.5,
        (b'k' | b's', b'x') | (b'x', b'z') | (b'g', b'k') | (b'b', b'v') | (b'c', b'x') => 0.5,
        _ if beside(a, b) => 0.7,
        _ => 1.0,
    }
}

/// Whether two letters lie beside or above each other on a keyboard.
const fn beside(a: u8, b: u8) -> bool {
    let (a, b) = (key(a), key(b));
    a.0.abs_diff(b.0) <= 1 && a.1.abs_diff(b.1) <= 2
}

/// Row and place of a letter's key; rows are shifted by half a key each.
const fn key(letter: u8) -> (i8, i8) {
    const KEYS: &[u8] = b"qwertyuiopasdfghjkl zxcvbnm";
    let mut at = 0;
    while KEYS[at] != letter {
        at += 1;
    }
    ((at / 10) as i8, (at % 10) as i8 * 2 + (at / 10) as i8)
}
