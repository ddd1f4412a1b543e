//! Identities: entries of several registers judged to be one person.
//!
//! A judgement is about two entries and stands beside them, never in them: it can be taken back, and a register's
//! next version keeps it, because an entry's id is the same in every version. The hashes that entries are found by
//! stay apart for each register; what joins two owners' entries is the judgement alone.

mod group;
mod judge;
mod number;

use std::str::FromStr;

use encompass_core::id::EntryId;

pub(super) use group::{joined, leaders};
pub(super) use number::{Numbered, Pairs, is_number};

/// What a judgement rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The pupil number, and the given name with the birth date.
    Upn,
    /// The NHS number, and the given name with the birth date.
    Nhs,
    /// Names, birth date and address.
    Names,
    /// A named person's decision, which nothing but another one replaces.
    Person,
}

impl Basis {
    /// The word in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upn => "upn",
            Self::Nhs => "nhs",
            Self::Names => "names",
            Self::Person => "person",
        }
    }
}

impl FromStr for Basis {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = [Self::Upn, Self::Nhs, Self::Names, Self::Person].into_iter();
        all.find(|basis| basis.as_str() == text).ok_or(())
    }
}

/// That two entries are one person, or are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// An entry.
    pub one: EntryId,
    /// Another.
    pub other: EntryId,
    /// Whether they are one person.
    pub is_same: bool,
    /// What it rests on.
    pub basis: Basis,
}

/// A pair in the order in which it is stored; `None` for an entry and itself.
fn pair(one: EntryId, other: EntryId) -> Option<(EntryId, EntryId)> {
    match one.bytes().cmp(&other.bytes()) {
        std::cmp::Ordering::Less => Some((one, other)),
        std::cmp::Ordering::Greater => Some((other, one)),
        std::cmp::Ordering::Equal => None,
    }
}
