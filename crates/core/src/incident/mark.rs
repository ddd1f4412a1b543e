//! What was wrong with a field, said without a word of what it held.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::fields::Kind;
use super::number::Version;
use super::reading::Readable;
use super::words::words;

/// One step of a [`Pointer`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A property of our own schema.
    Property(&'static str),
    /// An item of a list, counted from 0.
    Item(usize),
}

/// A JSON Pointer (RFC 6901) into an event's `data`. It is made of our own schema's property names and of list
/// positions only, so it cannot carry text from a payload.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Pointer(Vec<Step>);

impl Pointer {
    /// The pointer to one property of the data.
    pub fn to(property: &'static str) -> Self {
        Self(vec![Step::Property(property)])
    }

    pub(crate) fn new(steps: &[Step]) -> Self {
        Self(steps.to_vec())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Property(name) => write!(f, "/{name}"),
            Step::Item(position) => write!(f, "/{position}"),
        })
    }
}

impl fmt::Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Pointer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

words! {
    /// Why a field was set aside or marked.
    Problem {
        /// It is of another JSON type than expected.
        WrongType = "wrong_type",
        /// It is not in a form that we can read.
        Unreadable = "unreadable",
        /// It is none of the words of its list.
        UnknownWord = "unknown_word",
        /// The time has no offset from UTC, so it names no moment.
        NoOffset = "no_offset",
        /// The time lies after our receipt.
        InFuture = "in_future",
        /// The number's own check letter or digit does not agree with it.
        WrongCheckDigit = "wrong_check_digit",
        /// The number is below or above what is possible.
        OutOfRange = "out_of_range",
        /// The text is longer than we take.
        TooLong = "too_long",
        /// The list has more items than we take; the rest was set aside.
        TooMany = "too_many",
        /// It is expected, and not there.
        Missing = "missing",
        /// Another item has the same reference.
        Repeated = "repeated",
        /// Another field says otherwise; the one that protects the child better was used.
        Contradicts = "contradicts",
        /// The object has a name that is none of its fields and may be meant for one that protects somebody.
        UnknownField = "unknown_field",
        /// Versions of this incident are numbered in two ways, by numbers of the system's own and by time, so that
        /// which of them holds is not certain: a person looks. Send what holds with a number above all of them.
        NumberedOtherwise = "numbered_otherwise",
        /// The child has no name, number or due date to look it up by, so a person has to.
        NothingToLookUp = "nothing_to_look_up",
    }
}

/// One field that was set aside or mended, for the desk and for the force. Holds nothing of the field's value.
#[derive(Clone, PartialEq)]
pub struct Mark {
    /// Where in the data.
    pub pointer: Pointer,
    /// What is wrong.
    pub problem: Problem,
    /// Whether the field protects somebody: then nothing may be sent by itself, a person looks first.
    pub guarded: bool,
    pub(crate) expected: &'static Kind,
}

impl Mark {
    /// A mark on the number of a version.
    pub fn of_version(problem: Problem) -> Self {
        Self { pointer: Pointer::to("version"), problem, guarded: false, expected: Version::KIND }
    }

    /// What to do about it, in a sentence for the people who run the force's system.
    pub fn advice(&self) -> String {
        format!("{} Expected: {}.", self.problem.meaning(), self.expected.in_words())
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pointer, self.problem)
    }
}

impl Serialize for Mark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut mark = serializer.serialize_struct("Mark", 3)?;
        mark.serialize_field("pointer", &self.pointer)?;
        mark.serialize_field("problem", self.problem.word())?;
        mark.serialize_field("advice", &self.advice())?;
        mark.end()
    }
}
