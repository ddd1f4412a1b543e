//! The school register of England, "Get information about schools": all establishment data, 139 columns.

use std::io::{Read, Seek};

use super::{Establishment, Phase, Setting, Status};
use crate::Error;
use crate::report::{Problem, Reason};
use crate::text::{Column, Fields, Format, Limits, Reader};
use crate::value::{Identifier, Scheme, date, postcode, telephone};

const URN: Column = Column::required("URN");
const AUTHORITY_CODE: Column = Column::required("LA (code)");
const AUTHORITY_NAME: Column = Column::optional("LA (name)");
const NUMBER: Column = Column::required("EstablishmentNumber");
const NAME: Column = Column::required("EstablishmentName");
const TYPE: Column = Column::required("TypeOfEstablishment (code)");
const STATUS: Column = Column::required("EstablishmentStatus (code)");
const OPENED: Column = Column::required("OpenDate");
const CLOSED: Column = Column::required("CloseDate");
const PHASE: Column = Column::required("PhaseOfEducation (code)");
const AGE_LOW: Column = Column::optional("StatutoryLowAge");
const AGE_HIGH: Column = Column::optional("StatutoryHighAge");
const BOARDERS: Column = Column::optional("Boarders (name)");
const NURSERY: Column = Column::optional("NurseryProvision (name)");
const UKPRN: Column = Column::optional("UKPRN");
const STREET: Column = Column::optional("Street");
const LOCALITY: Column = Column::optional("Locality");
const TOWN: Column = Column::optional("Town");
const POSTCODE: Column = Column::required("Postcode");
const WEBSITE: Column = Column::optional("SchoolWebsite");
const TELEPHONE: Column = Column::optional("TelephoneNum");
const EASTING: Column = Column::optional("Easting");
const NORTHING: Column = Column::optional("Northing");
const SITE: Column = Column::optional("SiteName");

/// The columns read. Those of the head teacher are not among them.
pub const FORMAT: Format = Format {
    name: "school register (GIAS)",
    columns: &[
        URN,
        AUTHORITY_CODE,
        AUTHORITY_NAME,
        NUMBER,
        NAME,
        TYPE,
        STATUS,
        OPENED,
        CLOSED,
        PHASE,
        AGE_LOW,
        AGE_HIGH,
        BOARDERS,
        NURSERY,
        UKPRN,
        STREET,
        LOCALITY,
        TOWN,
        POSTCODE,
        WEBSITE,
        TELEPHONE,
        EASTING,
        NORTHING,
        SITE,
    ],
    header_within: 1,
};

/// Reads the register, Windows-1252 as published or re-saved by a spreadsheet.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits) -> Result<Reader<R, Setting>, Error> {
    Reader::new(source, limits, &FORMAT, Setting::key, parse)
}

fn parse(fields: &mut Fields<'_>) -> Result<Setting, Problem> {
    let urn = fields.needed(URN, |text| Identifier::new(Scheme::Urn, text))?;
    let code = fields.needed(TYPE, |text| text.parse().map_err(|_| Reason::NotANumber))?;
    let Some(establishment) = Establishment::of_type(code) else {
        return Err(Problem::new(TYPE.name, Reason::OutOfScope));
    };
    if !establishment.known {
        fields.leave_out(TYPE, Reason::UnknownValue);
    }
    let status = fields.needed(STATUS, status)?;
    let name = Some(fields.required(NAME)?);
    let authority = fields.lenient(AUTHORITY_CODE, authority).flatten();
    let number = fields.lenient(NUMBER, number);
    let also = also(fields, authority.as_deref(), number.as_deref());
    Ok(Setting {
        also,
        name,
        opened: fields.lenient(OPENED, date),
        closed: fields.lenient(CLOSED, date),
        authority_code: authority,
        authority_name: fields.words(AUTHORITY_NAME),
        establishment_number: number,
        type_code: Some(code),
        follows_authority_calendar: establishment.follows_authority_calendar,
        age_low: fields.lenient(AGE_LOW, age),
        age_high: fields.lenient(AGE_HIGH, age),
        phase: fields.lenient(PHASE, Phase::of_code).flatten(),
        nursery: fields.lenient(NURSERY, nursery).flatten(),
        boarders: fields.lenient(BOARDERS, boarders).flatten(),
        street: fields.words(STREET),
        locality: fields.words(LOCALITY),
        town: fields.words(TOWN),
        postcode: fields.lenient(POSTCODE, postcode),
        telephone: fields.lenient(TELEPHONE, telephone),
        website: fields.words(WEBSITE),
        point: fields
            .lenient(EASTING, metres)
            .zip(fields.lenient(NORTHING, metres))
            .filter(|point| *point != (0, 0)),
        site: fields.words(SITE),
        ..Setting::bare(urn, establishment.kind, status)
    })
}

/// The numbers that outlive a conversion to an academy better than the URN does.
fn also(fields: &mut Fields<'_>, authority: Option<&str>, number: Option<&str>) -> Vec<Identifier> {
    let establishment = authority.zip(number).and_then(|(authority, number)| {
        Identifier::new(Scheme::Establishment, &format!("{authority}{number}")).ok()
    });
    let ukprn = fields.lenient(UKPRN, |text| Identifier::new(Scheme::Ukprn, text));
    establishment.into_iter().chain(ukprn).collect()
}

fn status(text: &str) -> Result<Status, Reason> {
    match text {
        "1" => Ok(Status::Open),
        "2" => Ok(Status::Closed),
        "3" => Ok(Status::Closing),
        "4" => Ok(Status::Proposed),
        _ => Err(Reason::UnknownValue),
    }
}

/// Authority 000 is the register's "does not apply".
fn authority(text: &str) -> Result<Option<String>, Reason> {
    if text.bytes().all(|byte| byte == b'0') {
        return Ok(None);
    }
    Identifier::new(Scheme::Authority, text).map(|identifier| Some(identifier.value))
}

fn number(text: &str) -> Result<String, Reason> {
    let number: u16 = text.parse().map_err(|_| Reason::NotANumber)?;
    if number > 9999 { Err(Reason::NotANumber) } else { Ok(format!("{number:04}")) }
}

fn age(text: &str) -> Result<u8, Reason> {
    text.parse().ok().filter(|age| *age <= 99).ok_or(Reason::NotANumber)
}

/// Metres on the national grid, which is less than 1,300 kilometres high.
fn metres(text: &str) -> Result<i32, Reason> {
    text.parse().ok().filter(|metres| (0..1_300_000).contains(metres)).ok_or(Reason::NotANumber)
}

fn nursery(text: &str) -> Result<Option<bool>, Reason> {
    match text.to_ascii_lowercase().as_str() {
        "has nursery classes" => Ok(Some(true)),
        "no nursery classes" => Ok(Some(false)),
        "not applicable" | "not recorded" => Ok(None),
        _ => Err(Reason::UnknownValue),
    }
}

fn boarders(text: &str) -> Result<Option<bool>, Reason> {
    match text.to_ascii_lowercase().as_str() {
        "no boarders" => Ok(Some(false)),
        "not applicable" | "not recorded" | "does not apply" => Ok(None),
        "boarding school"
        | "children's home (boarding school)"
        | "college / fe residential accommodation" => Ok(Some(true)),
        _ => Err(Reason::UnknownValue),
    }
}
