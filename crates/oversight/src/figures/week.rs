//! The periods that figures are given for: whole weeks, Monday to Sunday, Europe/London. One grid only: figures of
//! overlapping periods, or of a week that still goes on, would tell single children by their differences.

use encompass_core::calendar::london;
use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, ToSpan};

/// A whole week that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Week {
    monday: Date,
}

impl Week {
    /// The newest week that is over at `now`.
    pub fn newest(now: Timestamp) -> Self {
        let this_monday = monday_of(london::date(now));
        Self { monday: this_monday.saturating_sub(7.days()) }
    }

    /// The week that begins on this Monday, if it is one and is over at `now`.
    pub fn beginning(text: &str, now: Timestamp) -> Option<Self> {
        let monday: Date = text.parse().ok()?;
        let is_over = monday <= Self::newest(now).monday;
        (monday.weekday() == Weekday::Monday && is_over).then_some(Self { monday })
    }

    /// From its first moment to that of the next.
    pub fn bounds(self) -> (Timestamp, Timestamp) {
        let midnight = |date: Date| london::instant(date.to_datetime(Time::midnight()));
        (midnight(self.monday), midnight(self.monday.saturating_add(7.days())))
    }

    pub fn before(self) -> Self {
        Self { monday: self.monday.saturating_sub(7.days()) }
    }

    /// The next, if it is over at `now`.
    pub fn after(self, now: Timestamp) -> Option<Self> {
        let next = Self { monday: self.monday.saturating_add(7.days()) };
        (next.monday <= Self::newest(now).monday).then_some(next)
    }

    /// As it stands in an address.
    pub fn key(self) -> String {
        self.monday.to_string()
    }

    /// As people say it.
    pub fn words(self) -> String {
        let sunday = self.monday.saturating_add(6.days());
        format!("{} to {}", self.monday.strftime("%a %-d %b %Y"), sunday.strftime("%a %-d %b %Y"))
    }
}

fn monday_of(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_weeks_that_are_over_can_be_asked_for() {
        let now: Timestamp = "2026-01-14T10:00:00Z".parse().unwrap();
        assert_eq!(Week::newest(now).key(), "2026-01-05");
        for (text, is_given) in [
            ("2026-01-05", true),
            ("2026-01-12", false),
            ("2026-01-06", false),
            ("2025-12-29", true),
            ("soon", false),
        ] {
            assert_eq!(Week::beginning(text, now).is_some(), is_given, "{text}");
        }
        assert_eq!(Week::newest(now).after(now), None);
        assert_eq!(Week::newest(now).before().after(now), Some(Week::newest(now)));
    }
}
