//! NHS trusts: the organisation data service's extract `etr.csv`, which has 27 columns and no header.
//!
//! A trust is no setting; its code says which provider a health-visiting or maternity team belongs to.

use std::io::{Read, Seek};

use jiff::civil::Date;
use serde::Serialize;

use crate::Error;
use crate::report::Problem;
use crate::text::{Column, Fields, Format, Limits, Reader};
use crate::value::{Identifier, Scheme, compact_date, postcode};

const CODE: Column = Column::required("Organisation Code");
const NAME: Column = Column::required("Name");
const POSTCODE: Column = Column::required("Postcode");
const OPENED: Column = Column::required("Open Date");
const CLOSED: Column = Column::required("Close Date");

const fn unread(name: &'static str) -> Column {
    Column::optional(name)
}

/// All 27 columns, in their order.
pub const FORMAT: Format = Format {
    name: "NHS trusts (etr)",
    columns: &[
        CODE,
        NAME,
        unread("National Grouping"),
        unread("High Level Health Geography"),
        unread("Address 1"),
        unread("Address 2"),
        unread("Address 3"),
        unread("Address 4"),
        unread("Address 5"),
        POSTCODE,
        OPENED,
        CLOSED,
        unread("Null 13"),
        unread("Null 14"),
        unread("Null 15"),
        unread("Null 16"),
        unread("Null 17"),
        unread("Contact Telephone Number"),
        unread("Null 19"),
        unread("Null 20"),
        unread("Null 21"),
        unread("Amended Record Indicator"),
        unread("Null 23"),
        unread("GOR Code"),
        unread("Null 25"),
        unread("Null 26"),
        unread("Null 27"),
    ],
    header_within: 0,
};

/// One trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trust {
    /// Its code.
    pub code: Identifier,
    /// Its name.
    pub name: String,
    /// Postcode of its headquarters.
    pub postcode: Option<String>,
    /// First day.
    pub opened: Option<Date>,
    /// Last day; may lie ahead.
    pub closed: Option<Date>,
}

/// Reads the extract.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits) -> Result<Reader<R, Trust>, Error> {
    Reader::new(source, limits, &FORMAT, |trust| trust.code.value.clone(), parse)
}

fn parse(fields: &mut Fields<'_>) -> Result<Trust, Problem> {
    Ok(Trust {
        code: fields.needed(CODE, |text| Identifier::new(Scheme::Ods, text))?,
        name: fields.required(NAME)?,
        postcode: fields.lenient(POSTCODE, postcode),
        opened: fields.lenient(OPENED, compact_date),
        closed: fields.strict(CLOSED, compact_date)?,
    })
}
