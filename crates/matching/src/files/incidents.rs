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
    let mut incidents = Vec::new();
    let bad = table.each(|row| columns.incident(row).map(|incident| incidents.push(incident)))?;
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
        let born = Born::parse(&table.text(self.born));
        let age = table.text(self.age);
        let age = match &*age {
            "" => None,
            age => Some(age.parse().map_err(|_| table.bad("age", "is no number of whole years"))?),
        };
        let sought = Sought {
            forename: table.owned(self.forename),
            surname: table.owned(self.surname),
            born: born.ok_or_else(|| table.bad("dob", "is none of YYYY-MM-DD, YYYY-MM, YYYY and empty"))?,
            age,
            on: table.text(self.time).get(..10).and_then(|day| day.parse().ok()),
            sex: Sex::parse(&table.text(self.sex)),
            address: table.owned(self.address),
            postcode: table.owned(self.postcode),
            upn: table.owned(self.upn),
            nhs_number: table.owned(self.nhs_number),
        };
        Ok(Incident { id: table.name(self.id, "incident_id")?, event: table.owned(self.event), sought })
    }
}
