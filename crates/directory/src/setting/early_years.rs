//! Ofsted's register of childcare providers.

use std::io::{Read, Seek};

use super::{Kind, Setting, Status};
use crate::Error;
use crate::report::{Problem, Reason};
use crate::text::{Column, Fields, Format, Limits, Reader};
use crate::value::{Identifier, Scheme, date, postcode, telephone};

const URN: Column = Column::required("Provider URN");
const REGISTERED: Column = Column::required("Registration date");
const TYPE: Column = Column::required("Provider type");
const STATUS: Column = Column::required("Provider status");
const NAME: Column = Column::required("Provider name");
const TOWN: Column = Column::optional("Provider town");
const POSTCODE: Column = Column::required("Postcode");
const TELEPHONE: Column = Column::optional("Telephone Number");
const AUTHORITY: Column = Column::required("Local authority");

/// What the register writes where it withholds something.
const WITHHELD: &str = "REDACTED";

/// The columns read. Those of the registered person are not among them. Later editions put free text above the
/// header.
pub const FORMAT: Format = Format {
    name: "early-years register (Ofsted)",
    columns: &[URN, REGISTERED, TYPE, STATUS, NAME, TOWN, POSTCODE, TELEPHONE, AUTHORITY],
    header_within: 10,
};

/// Reads the register.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits) -> Result<Reader<R, Setting>, Error> {
    Reader::new(source, limits, &FORMAT, Setting::key, parse)
}

fn parse(fields: &mut Fields<'_>) -> Result<Setting, Problem> {
    let urn = fields.needed(URN, |text| Identifier::new(Scheme::Ofsted, text))?;
    let place = fields.needed(TYPE, place)?;
    let (kind, at_home) = match place {
        Place::Childminder => (Kind::Childminder, true),
        Place::Home => (Kind::EarlyYears, true),
        Place::Premises => (Kind::EarlyYears, false),
        // A nanny works in the family's own home: there is no setting to tell, and a letter there could be read
        // by the suspect.
        Place::Nanny => return Err(Problem::new(TYPE.name, Reason::OutOfScope)),
    };
    let status = fields.needed(STATUS, status)?;
    let name = shown(fields, NAME, |text| Ok(text.to_owned())).filter(|_| !at_home);
    Ok(Setting {
        name,
        opened: fields.lenient(REGISTERED, date),
        authority_name: fields.words(AUTHORITY),
        town: shown(fields, TOWN, |text| Ok(text.to_owned())),
        postcode: shown(fields, POSTCODE, postcode),
        telephone: shown(fields, TELEPHONE, telephone),
        ..Setting::bare(urn, kind, status)
    })
}

enum Place {
    Childminder,
    Home,
    Premises,
    Nanny,
}

fn place(text: &str) -> Result<Place, Reason> {
    match text.to_ascii_lowercase().as_str() {
        "childminder" => Ok(Place::Childminder),
        "childcare on domestic premises" => Ok(Place::Home),
        "childcare on non-domestic premises" => Ok(Place::Premises),
        "home childcarer" => Ok(Place::Nanny),
        _ => Err(Reason::UnknownValue),
    }
}

fn status(text: &str) -> Result<Status, Reason> {
    match text.to_ascii_lowercase().as_str() {
        // A suspension may be lifted any day, and the children are still theirs.
        "active" | "suspended" => Ok(Status::Open),
        "proposed" | "application" => Ok(Status::Proposed),
        "inactive" | "closed" | "resigned" | "cancelled" | "left" => Ok(Status::Closed),
        _ => Err(Reason::UnknownValue),
    }
}

/// A field that the register may withhold, which is no fault of the row.
fn shown<T>(
    fields: &mut Fields<'_>,
    column: Column,
    parse: impl FnOnce(&str) -> Result<T, Reason>,
) -> Option<T> {
    let read = |text: &str| if text == WITHHELD { Ok(None) } else { parse(text).map(Some) };
    fields.lenient(column, read).flatten()
}
