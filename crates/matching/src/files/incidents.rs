//! The incidents' file.

use std::io::Read;

use super::column::{Column, Table};
use super::error::{BadRow, Error};
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

/// Reads incidents; rows that cannot be used are set aside.
///
/// # Errors
/// When a required column is missing (`incident_id`, `forename`, `surname`, `dob`) or the file is no CSV.
pub fn incidents(input: impl Read) -> Result<(Vec<Incident>, Vec<BadRow>), Error> {
    let mut table = Table::new(input, "incidents");
    let columns = Columns::new(&mut table)?;
    let (mut incidents, mut bad) = (Vec::new(), Vec::new());
    while table.advance()? {
        match columns.incident(&table) {
            Ok(incident) => incidents.push(incident),
            Err(row) => bad.push(row),
        }
    }
    Ok((incidents, bad))
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

    fn incident<R: Read>(&self, table: &Table<R>) -> Result<Incident, BadRow> {
        let text = |column| table.text(column).into_owned();
        let bad = |column, problem| BadRow { line: table.line(), column, problem };
        let born = Born::parse(&table.text(self.born));
        let age = table.text(self.age);
        let age = match &*age {
            "" => None,
            age => Some(age.parse().map_err(|_| bad("age", "is no number of whole years"))?),
        };
        let sought = Sought {
            forename: text(self.forename),
            surname: text(self.surname),
            born: born.ok_or_else(|| bad("dob", "is none of YYYY-MM-DD, YYYY-MM, YYYY and empty"))?,
            age,
            on: table.text(self.time).get(..10).and_then(|day| day.parse().ok()),
            sex: Sex::parse(&table.text(self.sex)),
            address: text(self.address),
            postcode: text(self.postcode),
            upn: text(self.upn),
            nhs_number: text(self.nhs_number),
        };
        let incident = Incident { id: text(self.id), event: text(self.event), sought };
        if incident.id.is_empty() { Err(bad("incident_id", "is empty")) } else { Ok(incident) }
    }
}
