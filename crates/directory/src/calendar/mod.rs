//! Bank holidays and term dates.

pub mod bank_holiday;
mod content_line;
mod ics;
mod json;
mod reading;
pub mod term;

use jiff::civil::Date;
use serde::Serialize;

/// What a calendar says about a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Closed for children and staff.
    Closed,
    /// Closed for children; staff train (INSET).
    Inset,
    /// Open.
    Open,
}

impl DayKind {
    /// The word in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Inset => "inset",
            Self::Open => "open",
        }
    }
}

/// One day of an owner's calendar. A day that no calendar names counts as open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Day {
    /// The day, in Europe/London.
    pub date: Date,
    /// What it is.
    pub kind: DayKind,
}
