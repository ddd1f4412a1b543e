//! Decided cases as two CSV files: what officers wrote, and who the children were.

use super::table::{self, Dialect, Row};
use crate::county::County;
use crate::history::{Decided, on_register};

/// What officers wrote.
#[must_use]
pub fn decided_incidents(decided: &[Decided]) -> Vec<u8> {
    let header = "incident_id,event_id,forename,surname,dob,sex,address_line1,postcode";
    let row = |(number, one): (usize, &Decided)| {
        Row::from([
            ("incident_id", format!("H{number:06}")),
            ("event_id", format!("E{:06}", one.event)),
            ("forename", one.given.clone()),
            ("surname", one.family.clone()),
            ("dob", one.birth_date.clone()),
            ("sex", if one.female { "F" } else { "M" }.to_owned()),
            ("address_line1", one.address.clone()),
            ("postcode", one.postcode.clone()),
        ])
    };
    table::write(header, &decided.iter().enumerate().map(row).collect::<Vec<_>>(), &Dialect::Plain)
}

/// Who they were, by the numbers of the register of the source with that place in [`County::sources`]; empty for those
/// who are not on it.
#[must_use]
pub fn decisions(county: &County, decided: &[Decided], source: usize) -> Vec<u8> {
    let listed = on_register(county, source);
    let row = |(number, one): (usize, &Decided)| {
        let id = if listed.contains(&one.child) { format!("C{:06}", one.child) } else { String::new() };
        Row::from([("incident_id", format!("H{number:06}")), ("register_id", id)])
    };
    table::write(
        "incident_id,register_id",
        &decided.iter().enumerate().map(row).collect::<Vec<_>>(),
        &Dialect::Plain,
    )
}
