//! A search of free text for what must not go out unseen.
//!
//! It is a net, not a proof: what it finds waits for a person, and it rather finds too much.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::state::{UnknownWord, words};

words! {
    /// What a place in a text looks like.
    Trace {
        /// A postcode.
        Postcode = "postcode",
        /// A telephone number.
        Telephone = "telephone",
        /// An e-mail address.
        Email = "email",
        /// A word for a place of safety.
        SafePlace = "safe_place",
    }
}

/// One place in a text: what it looks like and where it stands, never what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub trace: Trace,
    /// Where, in bytes of the text as it was given.
    pub at: Range<usize>,
}

/// Words and phrases for places of safety, as their tokens.
const SAFE_PLACES: [&[&str]; 15] = [
    &["refuge"],
    &["refuges"],
    &["hostel"],
    &["shelter"],
    &["sanctuary"],
    &["safehouse"],
    &["safe", "house"],
    &["safe", "address"],
    &["safe", "accommodation"],
    &["emergency", "accommodation"],
    &["temporary", "accommodation"],
    &["undisclosed", "address"],
    &["new", "address"],
    &["women", "s", "aid"],
    &["womens", "aid"],
];

/// The fewest digits of a telephone number with its area code, but for the shortest foreign ones.
const TELEPHONE_DIGITS_MIN: usize = 9;

/// What in the text a person should look at before it goes out, in order of place.
#[must_use]
pub fn scan(text: &str) -> Vec<Finding> {
    let letters = Letters::of(text);
    let tokens = letters.tokens();
    let mut findings = letters.emails();
    findings.extend(letters.telephones());
    findings.extend(postcodes(&tokens));
    findings.extend(safe_places(&tokens));
    findings.sort_by_key(|finding| finding.at.start);
    findings
}

/// A text's letters in their plain, lower-case form, each with its place in the original: full-width digits and
/// invisible joiners hide nothing.
struct Letters(Vec<(char, Range<usize>)>);

struct Token {
    text: String,
    at: Range<usize>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let visible = text.char_indices().filter(|(_, letter)| !is_invisible(*letter));
        let plain = visible.flat_map(|(start, letter)| {
            let at = start..start + letter.len_utf8();
            std::iter::once(letter).nfkc().flat_map(char::to_lowercase).map(move |plain| (plain, at.clone()))
        });
        Self(plain.collect())
    }

    fn span(&self, from: usize, to: usize) -> Range<usize> {
        self.0[from].1.start..self.0[to].1.end
    }

    fn tokens(&self) -> Vec<Token> {
        let runs = self.0.chunk_by(|(a, _), (b, _)| a.is_alphanumeric() == b.is_alphanumeric());
        let runs = runs.filter(|run| run[0].0.is_alphanumeric());
        let token = |run: &[(char, Range<usize>)]| Token {
            text: run.iter().map(|(letter, _)| letter).collect(),
            at: run[0].1.start..run[run.len() - 1].1.end,
        };
        runs.map(token).collect()
    }

    fn emails(&self) -> Vec<Finding> {
        let of_address = |place: &usize| {
            let letter = self.0[*place].0;
            letter.is_alphanumeric() || ".-_+%'".contains(letter)
        };
        let ats = (0..self.0.len()).filter(|place| self.0[*place].0 == '@');
        let found = ats.filter_map(|at| {
            let first = (0..at).rev().take_while(of_address).last()?;
            let last = (at + 1..self.0.len()).take_while(of_address).last()?;
            Some(Finding { trace: Trace::Email, at: self.span(first, last) })
        });
        found.collect()
    }

    fn telephones(&self) -> Vec<Finding> {
        let of_number =
            |letter: char| letter.is_ascii_digit() || letter.is_whitespace() || "+-.()".contains(letter);
        let mut findings = Vec::new();
        let mut from = 0;
        for run in self.0.chunk_by(|(a, _), (b, _)| of_number(*a) == of_number(*b)) {
            let digits: Vec<usize> = (0..run.len()).filter(|place| run[*place].0.is_ascii_digit()).collect();
            if let ([first, .., last], true) = (digits.as_slice(), digits.len() >= TELEPHONE_DIGITS_MIN) {
                let at = self.span(from + first, from + last);
                findings.push(Finding { trace: Trace::Telephone, at });
            }
            from += run.len();
        }
        findings
    }
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn postcodes(tokens: &[Token]) -> Vec<Finding> {
    let whole = tokens.iter().filter(|token| {
        let split = token.text.len().saturating_sub(3);
        token.text.is_ascii() && is_outward(&token.text[..split]) && is_inward(&token.text[split..])
    });
    let whole = whole.map(|token| token.at.clone());
    let parted = tokens.windows(2).filter(|pair| is_outward(&pair[0].text) && is_inward(&pair[1].text));
    let parted = parted.map(|pair| pair[0].at.start..pair[1].at.end);
    whole.chain(parted).map(|at| Finding { trace: Trace::Postcode, at }).collect()
}

/// The first half of a postcode: one or two letters, a digit, and perhaps one more letter or digit.
fn is_outward(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_lowercase).count();
    let rest = &text.as_bytes()[letters..];
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest[0].is_ascii_digit()
        && rest.iter().all(u8::is_ascii_alphanumeric)
}

/// The second half: a digit and two letters.
fn is_inward(text: &str) -> bool {
    matches!(text.as_bytes(), [digit, one, two]
        if digit.is_ascii_digit() && one.is_ascii_lowercase() && two.is_ascii_lowercase())
}

fn safe_places(tokens: &[Token]) -> Vec<Finding> {
    let starts = (0..tokens.len()).filter_map(|start| {
        let rest = &tokens[start..];
        let said = |phrase: &&[&str]| {
            phrase.len() <= rest.len() && phrase.iter().zip(rest).all(|(word, token)| *word == token.text)
        };
        let phrase = SAFE_PLACES.into_iter().find(|phrase| said(phrase))?;
        Some(rest[0].at.start..rest[phrase.len() - 1].at.end)
    });
    starts.map(|at| Finding { trace: Trace::SafePlace, at }).collect()
}
