//! Registers of children: `register.csv`, described in `config/directory/README.md`.

use std::fmt;
use std::io::{Read, Seek};

use jiff::civil::Date;

use crate::Error;
use crate::contact::setting;
use crate::report::{Problem, Reason};
use crate::text::{Column, Fields, Format, Limits, Reader};
use crate::value::{Identifier, birth_date, date, flag, list, nhs_number, postcode, upn};

const CHILD: Column = Column::required("child_id");
const GIVEN: Column = Column::required("given_names");
const FAMILY: Column = Column::required("family_name");
const KNOWN_AS: Column = Column::optional("known_as");
const FORMER: Column = Column::optional("former_family_names");
const BORN: Column = Column::required("birth_date");
const SEX: Column = Column::optional("sex");
const ADDRESS: Column = Column::optional("address");
const POSTCODE: Column = Column::required("postcode");
const SCHEME: Column = Column::required("setting_scheme");
const IDENTIFIER: Column = Column::required("setting_identifier");
const START: Column = Column::required("enrolled_from");
const END: Column = Column::required("enrolled_to");
const ENROLMENT: Column = Column::optional("enrolment");
const RESTRICTED: Column = Column::required("restricted");
const UPN: Column = Column::optional("upn");
const NHS: Column = Column::optional("nhs_number");

/// The columns read.
pub const FORMAT: Format = Format {
    name: "register of children",
    columns: &[
        CHILD, GIVEN, FAMILY, KNOWN_AS, FORMER, BORN, SEX, ADDRESS, POSTCODE, SCHEME, IDENTIFIER, START, END,
        ENROLMENT, RESTRICTED, UPN, NHS,
    ],
    header_within: 1,
};

/// Sex as registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl Sex {
    /// The letter in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Female => "f",
            Self::Male => "m",
        }
    }
}

/// In which way the child belongs to the setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Enrolment {
    /// Registered there, alone or as the main of two.
    #[default]
    Main,
    /// Registered there besides the main one.
    Subsidiary,
    /// A guest from elsewhere.
    Guest,
    /// Educated at home; the setting is the authority.
    HomeEducated,
    /// Missing education; the setting is the authority.
    MissingEducation,
    /// On the caseload of a health-visiting or maternity team.
    Caseload,
}

impl Enrolment {
    /// The word in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Subsidiary => "subsidiary",
            Self::Guest => "guest",
            Self::HomeEducated => "home_educated",
            Self::MissingEducation => "missing_education",
            Self::Caseload => "caseload",
        }
    }

    fn parse(text: &str) -> Result<Self, Reason> {
        let all = [
            Self::Main,
            Self::Subsidiary,
            Self::Guest,
            Self::HomeEducated,
            Self::MissingEducation,
            Self::Caseload,
        ];
        all.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text)).ok_or(Reason::UnknownValue)
    }
}

/// One child at one setting, as the register says. A child at two settings stands on two rows.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The register's own number for the child.
    pub child: String,
    /// Given names, in their order.
    pub given_names: String,
    /// Family name.
    pub family_name: String,
    /// The given name that the child goes by, where it differs.
    pub known_as: Option<String>,
    /// Earlier family names.
    pub former_family_names: Vec<String>,
    /// Birth date.
    pub birth_date: Date,
    /// Sex as registered, where known.
    pub sex: Option<Sex>,
    /// Address without its postcode.
    pub address: Option<String>,
    /// Postcode of the address.
    pub postcode: Option<String>,
    /// The setting.
    pub setting: Identifier,
    /// First day there, where known.
    pub enrolled_from: Option<Date>,
    /// Last day there; `None` while it goes on.
    pub enrolled_to: Option<Date>,
    /// In which way.
    pub enrolment: Enrolment,
    /// Whether only named people may see the case.
    pub restricted: bool,
    /// Unique pupil number, its check letter proved.
    pub upn: Option<String>,
    /// NHS number, its check digit proved.
    pub nhs_number: Option<String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("setting", &self.setting)
            .field("enrolment", &self.enrolment)
            .finish_non_exhaustive()
    }
}

/// Reads the file.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits) -> Result<Reader<R, Entry>, Error> {
    Reader::new(source, limits, &FORMAT, key, parse)
}

fn key(entry: &Entry) -> String {
    let Entry { child, setting, enrolled_from, .. } = entry;
    let from = enrolled_from.map(|from| from.to_string()).unwrap_or_default();
    format!("{} {} {from} {child}", setting.scheme.as_str(), setting.value)
}

fn parse(fields: &mut Fields<'_>) -> Result<Entry, Problem> {
    let (enrolled_from, enrolled_to) = (fields.strict(START, date)?, fields.strict(END, date)?);
    if enrolled_from.zip(enrolled_to).is_some_and(|(from, to)| to < from) {
        return Err(Problem::new(END.name, Reason::DateOrder));
    }
    Ok(Entry {
        child: fields.required(CHILD)?,
        given_names: fields.required(GIVEN)?,
        family_name: fields.required(FAMILY)?,
        birth_date: fields.needed(BORN, birth_date)?,
        setting: setting(fields, SCHEME, IDENTIFIER)?,
        enrolled_from,
        enrolled_to,
        enrolment: fields.strict(ENROLMENT, Enrolment::parse)?.unwrap_or_default(),
        restricted: fields.strict(RESTRICTED, flag)?.unwrap_or(false),
        known_as: fields.words(KNOWN_AS),
        former_family_names: fields.lenient(FORMER, names).unwrap_or_default(),
        sex: fields.lenient(SEX, sex).flatten(),
        address: fields.words(ADDRESS),
        postcode: fields.lenient(POSTCODE, postcode),
        // A number whose check fails is somebody else's or nobody's: the child is looked up without it.
        upn: fields.lenient(UPN, upn),
        nhs_number: fields.lenient(NHS, nhs_number),
    })
}

fn names(text: &str) -> Result<Vec<String>, Reason> {
    list(text, |name| Ok(name.to_owned()))
}

fn sex(text: &str) -> Result<Option<Sex>, Reason> {
    match text.to_ascii_lowercase().as_str() {
        "f" | "female" => Ok(Some(Sex::Female)),
        "m" | "male" => Ok(Some(Sex::Male)),
        "u" | "x" | "unknown" => Ok(None),
        _ => Err(Reason::UnknownValue),
    }
}
