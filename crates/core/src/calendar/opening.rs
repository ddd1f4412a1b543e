//! When a setting's day begins.

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

/// Local opening time, with other times for some weekdays where a setting has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    usual: Time,
    /// Monday first.
    by_weekday: [Option<Time>; 7],
}

impl Opening {
    /// The same time every day.
    #[must_use]
    pub fn at(usual: Time) -> Self {
        Self { usual, by_weekday: [None; 7] }
    }

    /// Another time on one weekday.
    #[must_use]
    pub fn on(mut self, weekday: Weekday, time: Time) -> Self {
        self.by_weekday[index(weekday)] = Some(time);
        self
    }

    /// The opening time on `date`.
    #[must_use]
    pub fn time(&self, date: Date) -> Time {
        self.by_weekday[index(date.weekday())].unwrap_or(self.usual)
    }
}

fn index(weekday: Weekday) -> usize {
    usize::try_from(weekday.to_monday_zero_offset()).expect("an offset of a weekday is 0 to 6")
}
