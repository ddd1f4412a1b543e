//! The register's file.

use std::io::Read;

use super::column::{Column, Table};
use super::error::{BadRow, Error};
use crate::person::{Child, Sex};

/// Reads a register, and hands over its children one by one; rows that cannot be used are set aside.
///
/// # Errors
/// When a required column is missing (`register_id`, `forename`, `surname`, `dob`) or the file is no CSV.
pub fn register(input: impl Read, mut child: impl FnMut(Child)) -> Result<Vec<BadRow>, Error> {
    let mut table = Table::new(input, "register");
    let columns = Columns::new(&mut table)?;
    let mut bad = Vec::new();
    while table.advance()? {
        match columns.child(&table) {
            Ok(row) => child(row),
            Err(row) => bad.push(row),
        }
    }
    Ok(bad)
}

struct Columns {
    id: Column,
    forename: Column,
    middle_names: Column,
    surname: Column,
    preferred_forename: Column,
    born: Column,
    sex: Column,
    address: Column,
    postcode: Column,
    upn: Column,
    nhs_number: Column,
}

impl Columns {
    fn new<R: Read>(table: &mut Table<R>) -> Result<Self, Error> {
        Ok(Self {
            id: table.required("register_id")?,
            forename: table.required("forename")?,
            middle_names: table.column("middle_names")?,
            surname: table.required("surname")?,
            preferred_forename: table.column("preferred_forename")?,
            born: table.required("dob")?,
            sex: table.column("sex")?,
            address: table.column("address_line1")?,
            postcode: table.column("postcode")?,
            upn: table.column("upn")?,
            nhs_number: table.column("nhs_number")?,
        })
    }

    fn child<R: Read>(&self, table: &Table<R>) -> Result<Child, BadRow> {
        let text = |column| table.text(column).into_owned();
        let bad = |column, problem| BadRow { line: table.line(), column, problem };
        let born = table.text(self.born);
        let born = match &*born {
            "" => None,
            date => Some(date.parse().map_err(|_| bad("dob", "is no date of the form YYYY-MM-DD"))?),
        };
        let child = Child {
            id: text(self.id),
            forename: text(self.forename),
            middle_names: text(self.middle_names),
            surname: text(self.surname),
            preferred_forename: text(self.preferred_forename),
            born,
            sex: Sex::parse(&table.text(self.sex)),
            address: text(self.address),
            postcode: text(self.postcode),
            upn: text(self.upn),
            nhs_number: text(self.nhs_number),
        };
        if child.id.is_empty() { Err(bad("register_id", "is empty")) } else { Ok(child) }
    }
}
