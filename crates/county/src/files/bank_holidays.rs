//! Bank holidays in the shape of gov.uk's file: three divisions, a rolling window of years.

use crate::calendar::{self, BankHoliday};
use crate::county::County;
use serde_json::{Value, json};

/// The bank holidays of four years around the county's day. Scotland and Northern Ireland have the same days here, since
/// nothing of theirs is read.
#[must_use]
pub fn bank_holidays(county: &County) -> Vec<u8> {
    let years = county.on.year() - 1..=county.on.year() + 2;
    let events: Vec<Value> = years.flat_map(calendar::bank_holidays).map(|holiday| event(&holiday)).collect();
    let division = |name: &str| json!({ "division": name, "events": events });
    let file = json!({
        "england-and-wales": division("england-and-wales"),
        "scotland": division("scotland"),
        "northern-ireland": division("northern-ireland"),
    });
    file.to_string().into_bytes()
}

fn event(holiday: &BankHoliday) -> Value {
    json!({
        "title": holiday.title,
        "date": holiday.date.to_string(),
        "notes": if holiday.substitute { "Substitute day" } else { "" },
        "bunting": holiday.title != "Good Friday",
    })
}
