//! Term dates as iCalendar (whole days, exclusive end) and as JSON.

use crate::calendar::{Closure, TermDates, academic_year};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The term dates as an iCalendar file (RFC 5545).
#[must_use]
pub fn term_calendar(name: &str, terms: &TermDates) -> Vec<u8> {
    let mut text = String::from(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//wexcombe//term dates//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n",
    );
    for holiday in &terms.holidays {
        event(&mut text, name, holiday);
    }
    for day in &terms.inset {
        event(&mut text, name, &Closure { first: *day, last: *day, label: "INSET day" });
    }
    text.push_str("END:VCALENDAR\r\n");
    text.into_bytes()
}

fn event(text: &mut String, name: &str, closure: &Closure) {
    let (first, end) = (closure.first.strftime("%Y%m%d"), closure.last.saturating_add(1.day()).strftime("%Y%m%d"));
    write!(
        text,
        "BEGIN:VEVENT\r\nUID:closed-{first}@wexcombe.example\r\nDTSTAMP:{first}T000000Z\r\n\
         DTSTART;VALUE=DATE:{first}\r\nDTEND;VALUE=DATE:{end}\r\nSUMMARY:{name}: {}\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n",
        closure.label
    )
    .expect("writing to a string does not fail");
}

/// The term dates as JSON: academic years with their holidays, and the days on which only staff come.
#[must_use]
pub fn term_json(name: &str, on: Date, terms: &TermDates) -> Vec<u8> {
    let years: Vec<Value> = (academic_year(on) - 1..=academic_year(on) + 1).map(|year| of_year(year, terms)).collect();
    let inset: Vec<String> = terms.inset.iter().map(Date::to_string).collect();
    json!({ "source": "made up", "school": name, "pd_days": inset, "academic_years": years }).to_string().into_bytes()
}

fn of_year(year: i16, terms: &TermDates) -> Value {
    let within = date(year, 9, 2)..=date(year + 1, 9, 1);
    let of_year = terms.holidays.iter().filter(|holiday| within.contains(&holiday.first));
    let holidays: Vec<Value> = of_year
        .map(|it| json!({ "start": it.first.to_string(), "end": it.last.to_string(), "label": it.label }))
        .collect();
    json!({ "name": format!("{year}-{:02}", (year + 1) % 100), "provisional": false, "school_holidays": holidays })
}
