//! Bank holidays as the government publishes them, `bank-holidays.json`.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use jiff::civil::Date;
use serde::Deserialize;

use crate::Error;
use crate::text::{Limits, open};

/// The division that the service works in unless told otherwise.
pub const ENGLAND_AND_WALES: &str = "england-and-wales";

const FORMAT: &str = "bank holidays";

/// Bank holidays with their titles.
pub type Holidays = BTreeMap<Date, String>;

#[derive(Deserialize)]
struct Division {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    title: String,
    date: Date,
}

/// Reads one division.
///
/// The file is short and made by one publisher, so it is taken whole or not at all.
///
/// # Errors
/// [`Error::Json`] with the place of the first surprise, [`Error::NoDivision`] also for one without a day, and
/// what [`open`] refuses.
pub fn read(source: impl Read + Seek, limits: &Limits, division: &str) -> Result<Holidays, Error> {
    let mut text = String::new();
    open(source, limits)?.read_to_string(&mut text).map_err(Error::Read)?;
    let divisions: BTreeMap<String, Division> =
        serde_json::from_str(&text).map_err(|error| Error::json(FORMAT, &error))?;
    let events = divisions.into_iter().find(|(name, _)| name == division).map(|(_, found)| found.events);
    let events = events.filter(|events| !events.is_empty()).ok_or(Error::NoDivision)?;
    Ok(events.into_iter().map(|event| (event.date, event.title)).collect())
}

/// What a merge makes of the stored days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// All days as they stand now.
    pub days: Holidays,
    /// Days that were not there before.
    pub added: Vec<Date>,
    /// Days ahead that the publisher took back.
    pub removed: Vec<Date>,
}

/// Merges a newly published file into the stored days.
///
/// The file is a rolling window, so a day outside it stays, and a day before `today` stays in any case: due times
/// were worked out by it. Within the window and from `today` on the file alone counts.
pub fn merge(existing: &Holidays, published: &Holidays, today: Date) -> Merged {
    let window = published.keys().next().zip(published.keys().next_back());
    let superseded = |date: &Date| {
        let inside = window.is_some_and(|(first, last)| first <= date && date <= last);
        inside && *date >= today && !published.contains_key(date)
    };
    let (removed, kept): (Vec<_>, Vec<_>) = existing.iter().partition(|(date, _)| superseded(date));
    let added = published.keys().filter(|date| !existing.contains_key(*date)).copied().collect();
    let mut days: Holidays = kept.into_iter().map(|(date, title)| (*date, title.clone())).collect();
    for (date, title) in published {
        if *date >= today || !days.contains_key(date) {
            days.insert(*date, title.clone());
        }
    }
    Merged { days, added, removed: removed.into_iter().map(|(date, _)| *date).collect() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::{Holidays, merge};

    fn days(list: &[Date]) -> Holidays {
        list.iter().map(|day| (*day, "day".to_owned())).collect()
    }

    #[test]
    fn a_day_taken_back_goes_only_from_the_future_inside_the_window() {
        let before_window = date(2024, 12, 25);
        let past = date(2026, 1, 1);
        let taken_back = date(2026, 5, 4);
        let after_window = date(2028, 1, 3);
        let existing = days(&[before_window, past, taken_back, after_window]);
        let published = days(&[date(2025, 12, 25), date(2026, 5, 8), date(2027, 12, 28)]);
        let merged = merge(&existing, &published, date(2026, 4, 1));
        assert_eq!(merged.removed, [taken_back]);
        assert_eq!(merged.added, [date(2025, 12, 25), date(2026, 5, 8), date(2027, 12, 28)]);
        for kept in [before_window, past, after_window] {
            assert!(merged.days.contains_key(&kept), "{kept}");
        }
    }

    proptest! {
        #[test]
        fn merging_never_loses_a_past_or_outlying_day_and_is_stable(
            old in prop::collection::btree_set(0_i32..2000, 0..40),
            new in prop::collection::btree_set(500_i32..1500, 0..40),
            today in 0_i32..2000,
        ) {
            let at = |offset: i32| date(2024, 1, 1).saturating_add(jiff::Span::new().days(offset));
            let (existing, published) = (
                days(&old.iter().map(|day| at(*day)).collect::<Vec<_>>()),
                days(&new.iter().map(|day| at(*day)).collect::<Vec<_>>()),
            );
            let merged = merge(&existing, &published, at(today));
            prop_assert!(published.keys().all(|day| merged.days.contains_key(day)));
            let bounds = (new.first().copied().unwrap_or(0), new.last().copied().unwrap_or(-1));
            for day in old.iter().filter(|day| **day < today || **day < bounds.0 || **day > bounds.1) {
                prop_assert!(merged.days.contains_key(&at(*day)));
            }
            let again = merge(&merged.days, &published, at(today));
            prop_assert!(again.added.is_empty() && again.removed.is_empty());
        }
    }
}
