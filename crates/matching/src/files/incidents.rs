//! The incidents' file.

use std::collections::HashSet;
use std::io::Read;

use jiff::civil::Date;

use super::column::{Column, Table};
use super::error::{BadRow, Error, Faults};
use crate::person::{Born, Sex, Sought};

/// A child of an incident, with the references under which it is answered.
#[derive(Clone, Debug)]
pub struct Incident {
    /// The row's own reference.
    pub id: String,
    /// Children named in one event share it; empty for "alone".
    pub event: String,
    /// The child.
    pub sought: Sought,
}

/// Reads incidents; rows that cannot be used are set aside, and a birth date or an age that can't be read is left out.
///
/// # Errors
/// When a required column is missing (`incident_id`, `forename`, `surname`, `dob`) or the file is no CSV.
pub fn incidents(input: impl Read) -> Result<(Vec<Incident>, Faults), Error> {
    let mut table = Table::new(input, "incidents");
    let columns = Columns::new(&mut table)?;
    let mut incidents: Vec<Incident> = Vec::new();
    let mut seen = HashSet::new();
    let faults = table.each(|row| {
        let incident = columns.incident(row)?;
        if !seen.insert(incident.id.clone()) {
            row.leave_out("incident_id", "is that of another row too; both are answered");
        }
        incidents.push(incident);
        Ok(())
    })?;
    Ok((incidents, faults))
}

struct Columns {
    id: Column,
    event: Column,
    time: Column,
    forename: Column,
    surname: Column,
    born: Column,
    age: Column,
    sex: Column,
    address: Column,
    postcode: Column,
    upn: Column,
    nhs_number: Column,
}

impl Columns {
    fn new<R: Read>(table: &mut Table<R>) -> Result<Self, Error> {
        Ok(Self {
            id: table.required("incident_id")?,
            event: table.column("event_id")?,
            time: table.column("incident_time")?,
            forename: table.required("forename")?,
            surname: table.required("surname")?,
            born: table.required("dob")?,
            age: table.column("age")?,
            sex: table.column("sex")?,
            address: table.column("address_line1")?,
            postcode: table.column("postcode")?,
            upn: table.column("upn")?,
            nhs_number: table.column("nhs_number")?,
        })
    }

    fn incident<R: Read>(&self, table: &mut Table<R>) -> Result<Incident, BadRow> {
        let id = table.name(self.id, "incident_id")?;
        let sought = Sought {
            forename: table.owned(self.forename),
            surname: table.owned(self.surname),
            born: self.born(table),
            age: self.age(table),
            on: self.day(table),
            sex: Sex::parse(&table.text(self.sex)),
            address: table.owned(self.address),
            postcode: table.owned(self.postcode),
            upn: table.owned(self.upn),
            nhs_number: table.owned(self.nhs_number),
        };
        Ok(Incident { id, event: table.owned(self.event), sought })
    }

    fn born<R: Read>(&self, table: &mut Table<R>) -> Born {
        let text = table.owned(self.born);
        Born::parse(&text).unwrap_or_else(|| {
            table.leave_out("dob", "is none of YYYY-MM-DD, DD/MM/YYYY, YYYY-MM, YYYY and empty");
            Born::part_of(&text)
        })
    }

    fn day<R: Read>(&self, table: &mut Table<R>) -> Option<Date> {
        let text = table.owned(self.time);
        let day = text.split([' ', 'T']).next().and_then(Born::parse);
        let Some(Born::Day(day)) = day else {
            if !text.is_empty() {
                table.leave_out("incident_time", "begins with no date: the row's age says nothing then");
            }
            return None;
        };
        Some(day)
    }

    fn age<R: Read>(&self, table: &mut Table<R>) -> Option<u16> {
        let text = table.owned(self.age);
        let age = years(&text);
        if age.is_none() && !text.is_empty() {
            table.leave_out("age", "is no number of years");
        }
        age
    }
}

/// An age in whole years, of one given as "7", "7.5", "7 years" or "7-8".
fn years(text: &str) -> Option<u16> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (years, rest) = text.split_at(digits);
    let unit = rest.trim_start_matches(|letter: char| letter.is_ascii_digit() || " .-".contains(letter));
    let is_years =
        ["", "y", "yr", "yrs", "year", "years", "years old"].contains(&unit.to_lowercase().as_str());
    years.parse().ok().filter(|_| is_years)
}

#[cfg(test)]
mod tests {
    use super::years;

    #[test]
    fn an_age_is_a_number_of_years() {
        for (text, expected) in [
            ("7", Some(7)),
            ("7.5", Some(7)),
            ("7-8", Some(7)),
            ("7 - 8 yrs", Some(7)),
            ("12 Years", Some(12)),
            ("103y", Some(103)),
            ("18 months", None),
            ("6m", None),
            ("-1", None),
            ("about 7", None),
            ("99999999", None),
            ("", None),
        ] {
            assert_eq!(years(text), expected, "{text}");
        }
    }
}
