//! When a setting is open, and why.
//!
//! A calendar only says when a notification is late; it never holds a send back. A day that no source speaks of
//! counts as open, because a due time that is too early costs a telephone call and one that is too late costs a
//! child's morning.

mod day;
mod days;
pub mod london;
mod opening;
mod school;
mod working;

use jiff::{Timestamp, civil::Date};

pub use day::{DayKind, DayRow, DayVerdict, Why};
pub use days::{Dates, Days};
pub use opening::Opening;
pub use school::SchoolDays;
pub use working::WorkingDays;

/// The days of one setting: cheap to clone, its lists are shared.
#[derive(Clone, Debug)]
pub enum Calendar {
    /// A school, college, early-years setting or childminder.
    School(SchoolDays),
    /// A health-visiting or maternity team, a local-authority officer or another force.
    Working(WorkingDays),
}

impl Calendar {
    /// Whether the setting is open on `date`, and what says so.
    #[must_use]
    pub fn verdict(&self, date: Date) -> DayVerdict {
        match self {
            Self::School(days) => days.verdict(date),
            Self::Working(days) => days.verdict(date),
        }
    }

    /// The instant at which the setting opens on `date`, whether or not it is open that day.
    #[must_use]
    pub fn opening_at(&self, date: Date) -> Timestamp {
        let opening = match self {
            Self::School(days) => &days.opening,
            Self::Working(days) => &days.opening,
        };
        london::instant(date.to_datetime(opening.time(date)))
    }
}

#[cfg(test)]
mod tests;
