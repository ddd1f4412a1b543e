//! The rules against public calendars, where those are at hand beside the repository.

use std::{fs, path::Path};

use serde_json::Value;

use super::*;

/// A file of public data, or `None` with a loud word when it is not there.
fn public(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let Ok(text) = fs::read_to_string(path) else {
        eprintln!("SKIPPED: no public data file {name} beside the repository");
        return None;
    };
    Some(serde_json::from_str(&text).expect("a published file is JSON"))
}

fn day(value: &Value) -> Date {
    value.as_str().expect("a date is a string").parse().expect("a date is a date")
}

fn each<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).expect("the published list")
}

#[test]
fn a_school_on_sheffields_dates_is_open_on_exactly_the_days_that_sheffield_lists() {
    let (Some(holidays), Some(sheffield)) =
        (public("bank-holidays/bank-holidays.json"), public("term-dates/sheffield_term_dates.json"))
    else {
        return;
    };
    let off = each(&holidays, "/england-and-wales/events").iter().map(|event| day(&event["date"]));
    let years = each(&sheffield, "/academic_years");
    let authority = years
        .iter()
        .flat_map(|year| each(year, "/school_holidays"))
        .flat_map(|run| range(day(&run["start"]), day(&run["end"]), DayKind::Holiday));
    let school = Calendar::School(SchoolDays {
        bank_holidays: off.collect(),
        authority: Some(authority.collect()),
        ..SchoolDays::unknown(Rules::default().school_opening())
    });
    for year in years {
        let listed: Vec<Date> = each(year, "/dates").iter().map(|entry| day(&entry["date"])).collect();
        let (first, last) = (listed[0], listed[listed.len() - 1]);
        let open = first.series(1.day()).take_while(|day| *day <= last);
        let open: Vec<Date> = open.filter(|day| school.verdict(*day).open).collect();
        assert_eq!(open, listed, "{}", year["name"]);
    }
    let due = due_at(&known("2026-05-21T20:00"), &school, &Rules::default());
    assert_eq!(due.at, at("2026-05-22T08:40"));
    let due = due_at(&known("2026-05-22T20:00"), &school, &Rules::default());
    assert_eq!(due.at, at("2026-06-01T08:40"));
}
