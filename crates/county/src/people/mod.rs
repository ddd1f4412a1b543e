//! Families: adults, children, where the children really are, and what the registers say of it.

mod household;
mod numbers;
mod register;
mod school;

use crate::places::Address;
use jiff::civil::Date;
use std::fmt;

pub(crate) use household::people;
pub(crate) use numbers::{nhs_number, upn};
pub use register::{Entry, Source};
pub(crate) use register::{entries, source_of, sources};

/// How a child stands in the registers, compared with the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// On roll at one school, and the register says so.
    Enrolled,
    /// In the nursery class of a school, and in the care of the health visitors; the registers say so.
    NurseryClass,
    /// At an early-years setting or a childminder, and in the care of the health visitors; the registers say so.
    EarlyYears,
    /// On roll at two settings, and the register says so.
    TwoSettings,
    /// The register's enrolment has ended; the school where the child is now is not in it.
    Ended,
    /// Moved to another school, and the register does not know yet.
    Moved,
    /// The entry is for named people only.
    RestrictedEntry,
    /// The entry comes from a register past its stated age.
    Stale,
    /// At a school whose register reached nobody, or lacks the child.
    Unlisted,
    /// Educated at home; the authority's list mostly says so.
    HomeEducated,
    /// Of school age and at no school; the authority's list says so of a half.
    MissingEducation,
    /// Too young for school, at no setting, in the care of the health visitors.
    AtHome,
    /// Lives here, goes to school in the neighbour's area.
    OverBorder,
}

/// A person under eighteen.
#[derive(Clone, PartialEq, Eq)]
pub struct Child {
    /// Place in [`crate::County::children`].
    pub index: usize,
    /// Place of the household in [`crate::County::households`].
    pub household: usize,
    /// Given name.
    pub given: String,
    /// Family name, which may differ from the other children's.
    pub family: String,
    /// Birth date.
    pub birth_date: Date,
    /// True for a girl.
    pub female: bool,
    /// Unique pupil number, with a right check letter.
    pub upn: String,
    /// NHS number from the range kept for tests, with a right check digit.
    pub nhs_number: String,
    /// How the registers stand to the truth.
    pub standing: Standing,
    /// The settings where a register has the child, by their places in [`crate::County::settings`].
    pub listed: Vec<usize>,
    /// The settings where the child really is, likewise.
    pub attends: Vec<usize>,
    /// A brother or sister has the same birth date.
    pub twin: bool,
    /// Another child of the county has the same names and birth date.
    pub namesake: bool,
    /// The register knows the birth date.
    pub dated: bool,
}

/// An adult of a household.
#[derive(Clone, PartialEq, Eq)]
pub struct Adult {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Birth date.
    pub birth_date: Date,
    /// True for a woman.
    pub female: bool,
}

/// People who live together.
#[derive(Clone, PartialEq, Eq)]
pub struct Household {
    /// Place of the authority in [`crate::places::AUTHORITIES`].
    pub authority: usize,
    /// Where they live.
    pub home: Address,
    /// Two adults.
    pub adults: [Adult; 2],
    /// The children, oldest first, by their places in [`crate::County::children`].
    pub children: Vec<usize>,
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("index", &self.index)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Adult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Adult(withheld)")
    }
}

impl fmt::Debug for Household {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Household").field("children", &self.children).finish_non_exhaustive()
    }
}

impl Child {
    /// True where exact words of the police lead to one entry that nothing speaks against.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self.standing, Standing::Enrolled) && self.dated && !self.twin && !self.namesake
    }

    /// Age in whole years on the day.
    #[must_use]
    pub fn age_on(&self, day: Date) -> i16 {
        age(self.birth_date, day)
    }
}

/// Whole years from the birth date to the day.
pub(crate) fn age(birth_date: Date, day: Date) -> i16 {
    let before_birthday = (day.month(), day.day()) < (birth_date.month(), birth_date.day());
    day.year() - birth_date.year() - i16::from(before_birthday)
}

/// The 31 August by which a child's school year is reckoned.
pub(crate) fn school_year_start(day: Date) -> Date {
    let year = if day.month() >= 9 { day.year() } else { day.year() - 1 };
    jiff::civil::date(year, 8, 31)
}
