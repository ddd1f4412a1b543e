//! Term dates as iCalendar (whole days, exclusive end) and as JSON.

use crate::calendar::{Closure, TermDates};
use jiff::ToSpan as _;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The term dates as an iCalendar file (RFC 5545).
#[must_use]
pub fn term_calendar(terms: &TermDates) -> Vec<u8> {
    let mut text = String::from(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//wexcombe//term dates//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n",
    );
    for holiday in &terms.holidays {
        event(&mut text, holiday);
    }
    for day in &terms.inset {
        event(&mut text, &Closure { first: *day, last: *day, label: "INSET day" });
    }
    text.push_str("END:VCALENDAR\r\n");
    text.into_bytes()
}

fn event(text: &mut String, closure: &Closure) {
    let (first, end) =
        (closure.first.strftime("%Y%m%d"), closure.last.saturating_add(1.day()).strftime("%Y%m%d"));
    write!(
        text,
        "BEGIN:VEVENT\r\nUID:closed-{first}@wexcombe.example\r\nDTSTAMP:{first}T000000Z\r\n\
         DTSTART;VALUE=DATE:{first}\r\nDTEND;VALUE=DATE:{end}\r\nSUMMARY:{}\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n",
        closure.label
    )
    .expect("writing to a string does not fail");
}

/// The term dates as JSON: a list of spans, the last day included.
#[must_use]
pub fn term_json(terms: &TermDates) -> Vec<u8> {
    let holidays = terms.holidays.iter().map(|it| {
        json!({ "from": it.first.to_string(), "to": it.last.to_string(), "kind": "holiday", "label": it.label })
    });
    let inset = terms
        .inset
        .iter()
        .map(|day| json!({ "from": day.to_string(), "kind": "inset", "label": "Staff training" }));
    Value::Array(holidays.chain(inset).collect()).to_string().into_bytes()
}
