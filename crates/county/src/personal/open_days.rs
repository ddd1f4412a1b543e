//! Days that stand openly in the store for something else than a birth: what public files and registers' enrolments
//! state, and the days around the play. A birth date that falls on one of them can't be looked for.

use std::collections::HashSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::{County, files};

/// Days around the play on which something falls due, history left out.
const AROUND: i64 = 400;
/// As they are written in the files: iCalendar's, ISO 8601's, and the two of public registers.
const FORMS: [(usize, &str); 4] = [(8, "%Y%m%d"), (10, "%Y-%m-%d"), (10, "%d-%m-%Y"), (10, "%d/%m/%Y")];

/// The days of a county.
pub(super) struct OpenDays(HashSet<Date>);

impl OpenDays {
    /// Reads the county's public files, and its enrolments.
    pub(super) fn of(county: &County) -> Self {
        let mut days = HashSet::new();
        let public = [files::gias(county), files::early_years(county), files::bank_holidays(county)];
        let terms = county.term_dates.iter().map(files::term_calendar);
        for file in public.into_iter().chain(terms) {
            days.extend(days_in(&file));
        }
        days.extend(county.entries.iter().flat_map(|entry| [Some(entry.from), entry.until]).flatten());
        days.extend((-2 * AROUND..AROUND).map(|day| county.on.saturating_add(day.days())));
        Self(days)
    }

    /// Whether a word is one of them.
    pub(super) fn has(&self, word: &str) -> bool {
        word.parse::<Date>().is_ok_and(|day| self.0.contains(&day))
    }
}

fn days_in(file: &[u8]) -> impl Iterator<Item = Date> {
    FORMS.into_iter().flat_map(move |(length, form)| {
        file.windows(length)
            .filter(move |window| window[0].is_ascii_digit() && window[length - 1].is_ascii_digit())
            .filter_map(|window| std::str::from_utf8(window).ok())
            .filter_map(move |text| Date::strptime(form, text).ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_each_form() {
        let file = b"x,01-09-2015,31/08/2016\r\nDTSTART;VALUE=DATE:20260525\r\n\"2026-05-04\"";
        let days: HashSet<String> = days_in(file).map(|day| day.to_string()).collect();
        for day in ["2015-09-01", "2016-08-31", "2026-05-25", "2026-05-04"] {
            assert!(days.contains(day), "{day}");
        }
    }
}
