//! What was said about one field.

use std::fmt;

/// What the force said about one field: nothing, that it asked and does not know, or a value.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Stated<T> {
    /// Not said, `null`, or said in a way we could not read (then there is a mark).
    #[default]
    Absent,
    /// Named in `not_known`: asked, and not known.
    NotKnown,
    /// Said.
    Known(T),
}

impl<T> Stated<T> {
    /// The value, if one was said.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::NotKnown => None,
        }
    }

    /// Whether a value was said.
    pub fn is_known(&self) -> bool {
        self.known().is_some()
    }

    /// Whether the force said that it asked and does not know.
    pub fn is_not_known(&self) -> bool {
        matches!(self, Self::NotKnown)
    }
}

impl Stated<bool> {
    /// Whether the answer is a plain yes.
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Known(true))
    }
}

impl<T> Stated<Vec<T>> {
    /// The items said; none if nothing was.
    pub fn items(&self) -> &[T] {
        self.known().map_or(&[], Vec::as_slice)
    }
}

impl<T> fmt::Debug for Stated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::NotKnown => "NotKnown",
            Self::Known(_) => "Known(…)",
        })
    }
}
