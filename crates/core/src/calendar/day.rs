//! One day: what a source says of it, and what follows.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a source says of one day. Where one source says several things of a day, the last in this order holds:
/// a half-term inside a term's range is a holiday, an INSET day inside it is one, and an explicit opening wins
/// because too early is the safe mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Inside a term: open, unless it is a weekend or a bank holiday.
    Term,
    /// Inside a school holiday.
    Holiday,
    /// Closed for another reason (polling station, snow).
    Closed,
    /// Staff training without pupils: the head chooses up to five a year, on any day.
    Inset,
    /// Open by the setting's own word, weekends and bank holidays included.
    Open,
}

/// One row of a source's days, as the store keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DayRow {
    /// The day, in Europe/London.
    pub date: Date,
    /// What the source says of it.
    pub kind: DayKind,
}

/// Why a day is open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The setting says that it is open.
    OwnOpen,
    /// Inside the setting's own term.
    OwnTerm,
    /// Inside the authority's term, which the setting follows.
    AuthorityTerm,
    /// A weekday that no source closes.
    NothingSaid,
    /// A weekday that is no bank holiday, for a team.
    WorkingDay,
    /// Saturday or Sunday.
    Weekend,
    /// A bank holiday in England and Wales.
    BankHoliday,
    /// The authority's school holiday.
    AuthorityHoliday,
    /// An INSET day set by the authority.
    AuthorityInset,
    /// The setting's own holiday.
    OwnHoliday,
    /// The setting's own INSET day.
    OwnInset,
    /// The setting says that it is closed.
    OwnClosed,
}

impl Why {
    /// Whether this is a reason to be open.
    #[must_use]
    pub fn opens(self) -> bool {
        match self {
            Self::OwnOpen | Self::OwnTerm | Self::AuthorityTerm | Self::NothingSaid | Self::WorkingDay => {
                true
            }
            Self::Weekend
            | Self::BankHoliday
            | Self::AuthorityHoliday
            | Self::AuthorityInset
            | Self::OwnHoliday
            | Self::OwnInset
            | Self::OwnClosed => false,
        }
    }

    /// The reason in the words of a sentence, such as "weekend".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OwnOpen => "open by the setting's own word",
            Self::OwnTerm | Self::AuthorityTerm => "term",
            Self::NothingSaid => "nothing says that it is closed",
            Self::WorkingDay => "working day",
            Self::Weekend => "weekend",
            Self::BankHoliday => "bank holiday",
            Self::AuthorityHoliday => "school holiday (authority's dates)",
            Self::AuthorityInset => "INSET day (authority's dates)",
            Self::OwnHoliday => "school holiday",
            Self::OwnInset => "INSET day",
            Self::OwnClosed => "closed by the setting's own word",
        }
    }
}

/// The answer for one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayVerdict {
    /// Whether the setting is open.
    pub open: bool,
    /// What says so.
    pub why: Why,
}

impl From<Why> for DayVerdict {
    fn from(why: Why) -> Self {
        Self { open: why.opens(), why }
    }
}
