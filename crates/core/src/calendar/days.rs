//! Sorted, shared lists of days, searched by bisection.

use std::sync::Arc;

use jiff::civil::Date;

use super::{DayKind, DayRow};

/// One source's rows. A clone shares the list: thousands of schools follow one authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days(Arc<[DayRow]>);

impl Days {
    /// Sorts the rows and keeps the weightiest of each day (see [`DayKind`]).
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = DayRow>) -> Self {
        let mut rows: Vec<DayRow> = rows.into_iter().collect();
        rows.sort_unstable_by(|a, b| b.cmp(a));
        rows.dedup_by_key(|row| row.date);
        rows.reverse();
        Self(rows.into())
    }

    /// What the source says of `date`, if anything.
    #[must_use]
    pub fn on(&self, date: Date) -> Option<DayKind> {
        let found = self.0.binary_search_by_key(&date, |row| row.date).ok()?;
        Some(self.0[found].kind)
    }

    /// The rows, in order of date, one a day.
    #[must_use]
    pub fn rows(&self) -> &[DayRow] {
        &self.0
    }
}

impl FromIterator<DayRow> for Days {
    fn from_iter<I: IntoIterator<Item = DayRow>>(rows: I) -> Self {
        Self::new(rows)
    }
}

/// A set of dates, for bank holidays. A clone shares the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dates(Arc<[Date]>);

impl Dates {
    /// Sorts the dates and drops repeats.
    #[must_use]
    pub fn new(dates: impl IntoIterator<Item = Date>) -> Self {
        let mut dates: Vec<Date> = dates.into_iter().collect();
        dates.sort_unstable();
        dates.dedup();
        Self(dates.into())
    }

    /// Whether `date` is in the set.
    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.0.binary_search(&date).is_ok()
    }
}

impl FromIterator<Date> for Dates {
    fn from_iter<I: IntoIterator<Item = Date>>(dates: I) -> Self {
        Self::new(dates)
    }
}
