//! A reduced school register: number, name, town, postcode and dates of every establishment, closed ones included.
//!
//! It has neither types nor authorities, so every row is a school with term dates of its own; it serves to build a
//! county for tests, not to notify by.

use std::io::{Read, Seek};

use jiff::civil::Date;

use super::{Kind, Setting, Status};
use crate::Error;
use crate::report::Problem;
use crate::text::{Column, Fields, Format, Limits, Reader};
use crate::value::{Identifier, Scheme, date, postcode};

const URN: Column = Column::required("urn");
const NAME: Column = Column::required("name");
const TOWN: Column = Column::required("town");
const POSTCODE: Column = Column::required("postcode");
const OPENED: Column = Column::required("open_date");
const CLOSED: Column = Column::required("close_date");

/// The columns read.
pub const FORMAT: Format = Format {
    name: "reduced school register",
    columns: &[URN, NAME, TOWN, POSTCODE, OPENED, CLOSED],
    header_within: 1,
};

/// Reads the file; `as_of` is the day by which a setting is open or closed.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits, as_of: Date) -> Result<Reader<R, Setting>, Error> {
    Reader::new(source, limits, &FORMAT, Setting::key, move |fields| parse(fields, as_of))
}

fn parse(fields: &mut Fields<'_>, as_of: Date) -> Result<Setting, Problem> {
    let urn = fields.needed(URN, |text| Identifier::new(Scheme::Urn, text))?;
    let name = fields.required(NAME)?;
    let opened = fields.lenient(OPENED, date);
    // A closing date that can't be read would make a closed school look open.
    let closed = fields.strict(CLOSED, date)?;
    let status = match (opened, closed) {
        (_, Some(closed)) if closed <= as_of => Status::Closed,
        (Some(opened), _) if opened > as_of => Status::Proposed,
        (_, Some(_)) => Status::Closing,
        (_, None) => Status::Open,
    };
    Ok(Setting {
        name: Some(name),
        opened,
        closed,
        town: fields.words(TOWN),
        postcode: fields.lenient(POSTCODE, postcode),
        ..Setting::bare(urn, Kind::School, status)
    })
}
