//! The register's file.

use std::io::Read;

use super::column::{Column, Table};
use super::error::{BadRow, Error, Faults};
use crate::person::{Born, Child, Sex};

/// Reads a register, and hands over its children one by one; rows that cannot be used are set aside, and a birth date
/// that is no whole one is left out.
///
/// # Errors
/// When a required column is missing (`register_id`, `forename`, `surname`, `dob`) or the file is no CSV.
pub fn register(input: impl Read, mut child: impl FnMut(Child)) -> Result<Faults, Error> {
    let mut table = Table::new(input, "register");
    let columns = Columns::new(&mut table)?;
    table.each(|row| columns.child(row).map(&mut child))
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

    fn child<R: Read>(&self, table: &mut Table<R>) -> Result<Child, BadRow> {
        let id = table.name(self.id, "register_id")?;
        let born = match Born::parse(&table.text(self.born)) {
            Some(Born::Day(born)) => Some(born),
            Some(Born::Unknown) => None,
            _ => {
                table.leave_out("dob", "is no date of the form YYYY-MM-DD or DD/MM/YYYY");
                None
            }
        };
        Ok(Child {
            id,
            forename: table.owned(self.forename),
            middle_names: table.owned(self.middle_names),
            surname: table.owned(self.surname),
            preferred_forename: table.owned(self.preferred_forename),
            born,
            sex: Sex::parse(&table.text(self.sex)),
            address: table.owned(self.address),
            postcode: table.owned(self.postcode),
            upn: table.owned(self.upn),
            nhs_number: table.owned(self.nhs_number),
        })
    }
}
