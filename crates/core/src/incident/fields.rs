//! The description of the contract as data: what the schema, the field reference and the advice are made from.

/// One word of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it stands in the JSON.
    pub word: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// What a field can hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A reference given by a system: text or a whole number.
    Key {
        /// Longest accepted, in characters.
        chars_max: usize,
    },
    /// Text.
    Text {
        /// Longest accepted, in characters.
        chars_max: usize,
    },
    /// One word of a closed list.
    OneOf(&'static [Word]),
    /// Yes or no.
    Flag,
    /// A whole number from 0.
    Whole {
        /// Largest accepted.
        max: u64,
    },
    /// A whole number, as a number or in digits.
    Version,
    /// A moment: RFC 3339 with an offset.
    Instant,
    /// A calendar day.
    Day,
    /// A calendar day, month or year.
    PartialDate,
    /// Text of a fixed form.
    Form {
        /// Its name in the schema's and our own words.
        name: &'static str,
        /// A regular expression for it, as JSON Schema takes them.
        pattern: &'static str,
    },
    /// One of our own ids.
    Id,
    /// A word of ours that grows with releases: lower case letters and underscores.
    OpenWord,
    /// Another object.
    Object(&'static Object),
    /// A list.
    List {
        /// What each item is.
        of: &'static Kind,
        /// Most items accepted.
        items_max: usize,
    },
}

impl Kind {
    /// What is expected, in words that fit after "expected:".
    pub fn in_words(&self) -> String {
        match self {
            Self::Key { chars_max } => {
                format!("a reference, text of 1 to {chars_max} characters or a whole number")
            }
            Self::Text { chars_max } => format!("text of at most {chars_max} characters"),
            Self::OneOf(words) => {
                format!("one of {}", words.iter().map(|w| w.word).collect::<Vec<_>>().join(", "))
            }
            Self::Flag => "true or false".into(),
            Self::Whole { max } => format!("a whole number from 0 to {max}"),
            Self::Version => "a whole number from 0 that rises with every event about the incident".into(),
            Self::Instant => "a time by RFC 3339 with an offset, as in 2026-01-31T22:05:00Z".into(),
            Self::Day => "a day as in 2026-01-31".into(),
            Self::PartialDate => "a date as in 2015-01-31, 2015-01 or 2015".into(),
            Self::Form { name, .. } => (*name).into(),
            Self::Id => "an id of ours (UUID)".into(),
            Self::OpenWord => "a word in lower case".into(),
            Self::Object(object) => format!("an object, {}", object.name),
            Self::List { of, items_max } => format!("a list of at most {items_max}, each {}", of.in_words()),
        }
    }
}

/// How much a field is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Without it the event is refused.
    Required,
    /// Without it the event is accepted and a mark made.
    Expected,
    /// It may be left out.
    Optional,
    /// It may be left out; when it can't be read a person decides before anything is sent.
    Guarded,
}

/// One field of an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Its name in the JSON.
    pub name: &'static str,
    /// What it holds.
    pub kind: &'static Kind,
    /// What it says.
    pub meaning: &'static str,
    /// How much it is needed.
    pub need: Need,
    /// The version of the contract that brought it.
    pub since: u8,
}

/// Something of which at least one has to hold in an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// The field is there.
    Has(&'static str),
    /// The list is there and not empty.
    HasItems(&'static str),
    /// The field is this word.
    Is(&'static str, &'static str),
}

/// One kind of object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Object {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// Of these at least one has to hold; none means no such rule.
    pub any_of: &'static [Condition],
    /// Whether we write it (then it has no other properties) or read it.
    pub ours: bool,
}
