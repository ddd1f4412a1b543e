//! Text of the contract, by what it may hold.

use std::fmt;
use std::ops::Deref;

use serde_json::Value;

use super::fields::Kind;
use super::mark::Problem;
use super::reading::{Personal, Readable, Reading};

/// A reference that a force's system gave: not a person's words, so it may be shown where its case may be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// A short text that says nothing about a person by itself: a team, a kind of incident, a setting's name.
#[derive(Clone, PartialEq, Eq)]
pub struct Label(String);

/// A short text about a person: part of a name, a line of an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Line(String);

/// Free text.
#[derive(Clone, PartialEq, Eq)]
pub struct Prose(String);

const KEY_CHARS_MAX: usize = 100;
const LINE_CHARS_MAX: usize = 300;
const PROSE_CHARS_MAX: usize = 20_000;

impl Key {
    /// A key of our own making.
    pub(crate) fn derived(text: String) -> Self {
        Self(text)
    }
}

impl Readable for Key {
    const KIND: &'static Kind = &Kind::Key { chars_max: KEY_CHARS_MAX };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        if let Some(number) = value.as_u64() {
            return Some(Self(number.to_string()));
        }
        let text = text(value, at, KEY_CHARS_MAX, Self::KIND)?;
        if text.chars().any(char::is_control) {
            return at.wrong(Problem::Unreadable, Self::KIND);
        }
        Some(Self(text))
    }
}

impl Readable for Label {
    const KIND: &'static Kind = &Kind::Text { chars_max: LINE_CHARS_MAX };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        text(value, at, LINE_CHARS_MAX, Self::KIND).map(Self)
    }
}

impl Readable for Line {
    const KIND: &'static Kind = &Kind::Text { chars_max: LINE_CHARS_MAX };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        text(value, at, LINE_CHARS_MAX, Self::KIND).map(Self)
    }
}

impl Readable for Prose {
    const KIND: &'static Kind = &Kind::Text { chars_max: PROSE_CHARS_MAX };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        text(value, at, PROSE_CHARS_MAX, Self::KIND).map(Self)
    }
}

/// Blank text says nothing: many systems write it for a field that was not filled in.
fn text(value: &Value, at: &mut Reading, chars_max: usize, kind: &'static Kind) -> Option<String> {
    let Some(text) = value.as_str() else { return at.wrong(Problem::WrongType, kind) };
    let text = text.trim();
    match text.chars().count() {
        0 => None,
        chars if chars > chars_max => at.wrong(Problem::TooLong, kind),
        _ => Some(text.to_owned()),
    }
}

impl Personal for Key {}
impl Personal for Label {}

impl Personal for Line {
    fn personal(&self, texts: &mut Vec<String>) {
        texts.push(self.0.clone());
    }
}

impl Personal for Prose {
    fn personal(&self, texts: &mut Vec<String>) {
        texts.push(self.0.clone());
    }
}

macro_rules! as_text {
    ($($type:ident),+) => {$(
        impl Deref for $type {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )+};
}

as_text!(Key, Label, Line, Prose);
