//! Every word about a child that must not stand outside sealed content, for tests that search logs and files for it.

mod open_days;
mod search;

pub use search::Search;

use crate::county::County;
use crate::fortnight::{Fortnight, MARKERS};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::BTreeSet;

/// A shorter text would be found by chance in random bytes and identifiers.
const CHARS_MIN: usize = 6;

/// Names, birth dates in the forms in which they could appear, addresses, postcodes and the marker words of free text, of
/// all children of the county and of everybody in the incidents. Sorted, each once, none shorter than six characters.
///
/// Postcodes stand with their space only and birth dates never as eight digits: without a separator they would be found
/// by chance in identifiers. Birth dates of the last year are left out: calendars and instants hold the same days.
#[must_use]
pub fn personal_strings(county: &County, fortnight: &Fortnight) -> Vec<String> {
    let mut strings = Strings { found: BTreeSet::new(), recent: recent(fortnight) };
    for child in &county.children {
        strings.name(&child.given, &child.family);
        strings.born(child.birth_date);
        strings.add(&child.upn);
        strings.add(&child.nhs_number);
    }
    for household in &county.households {
        strings.add(&household.home.line);
        strings.add(&household.home.postcode);
    }
    for marker in MARKERS {
        strings.add(marker);
    }
    for event in fortnight.published.iter().filter_map(|message| message.event()) {
        strings.of_event(&event["data"]);
    }
    strings.found.into_iter().collect()
}

/// The first day of the year before the incidents.
fn recent(fortnight: &Fortnight) -> Date {
    let first = fortnight.published.iter().map(|message| message.at).min().unwrap_or(Timestamp::MAX);
    let first = first.to_zoned(TimeZone::UTC).date();
    first.checked_sub(jiff::Span::new().years(1)).unwrap_or(first)
}

struct Strings {
    found: BTreeSet<String>,
    recent: Date,
}

impl Strings {
    fn add(&mut self, text: &str) {
        if text.chars().count() >= CHARS_MIN {
            self.found.insert(text.to_owned());
        }
    }

    fn name(&mut self, given: &str, family: &str) {
        self.add(given);
        self.add(family);
        self.add(&format!("{given} {family}"));
    }

    fn born(&mut self, date: Date) {
        if date >= self.recent {
            return;
        }
        for form in ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%-d %B %Y"] {
            self.add(&date.strftime(form).to_string());
        }
    }

    /// What the children of an incident have that the county's children have not: misspelt names, people over eighteen.
    fn of_event(&mut self, data: &Value) {
        for child in data["children"].as_array().into_iter().flatten() {
            for name in child["names"].as_array().into_iter().flatten() {
                let part = |field: &str| name[field].as_str().unwrap_or_default();
                self.name(part("given"), part("family"));
            }
            if let Some(date) = child["birth_date"].as_str().and_then(|text| text.parse().ok()) {
                self.born(date);
            }
        }
    }
}
