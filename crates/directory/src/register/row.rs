use std::fmt;

use jiff::civil::Date;

use super::word::{Attendance, Enrolment, Restriction, Sex};
use crate::contact::setting;
use crate::mapping::Target;
use crate::report::{Problem, Reason};
use crate::text::{Column, Fields, Format};
use crate::value::{Identifier, Scheme, birth_date, date, flag, list, nhs_number, postcode, upn};

const CHILD: Column = Column::required("child_id");
const GIVEN: Column = Column::required("given_names");
const FAMILY: Column = Column::required("family_name");
const KNOWN_AS: Column = Column::optional("known_as");
const KNOWN_AS_FAMILY: Column = Column::optional("known_as_family_name");
const FORMER: Column = Column::optional("former_family_names");
const FORMER_GIVEN: Column = Column::optional("former_given_names");
const BORN: Column = Column::required("birth_date");
const SEX: Column = Column::optional("sex");
const ADDRESS: Column = Column::optional("address");
const POSTCODE: Column = Column::required("postcode");
const ADDRESS_FROM: Column = Column::optional("address_from");
const PREVIOUS_ADDRESS: Column = Column::optional("previous_address");
const PREVIOUS_POSTCODE: Column = Column::optional("previous_postcode");
const PREVIOUS_TO: Column = Column::optional("previous_address_to");
const HOUSEHOLD: Column = Column::optional("household_id");
const PRACTICE: Column = Column::optional("practice");
const SCHEME: Column = Column::required("setting_scheme");
const IDENTIFIER: Column = Column::required("setting_identifier");
const START: Column = Column::required("enrolled_from");
const END: Column = Column::required("enrolled_to");
const ENROLMENT: Column = Column::optional("enrolment");
const ATTENDANCE: Column = Column::optional("attendance");
const LEFT: Column = Column::optional("left");
pub(super) const RESTRICTED: Column = Column::required("restricted");
pub(super) const RESTRICTION: Column = Column::optional("restriction");
const UPN: Column = Column::optional("upn");
const NHS: Column = Column::optional("nhs_number");

/// The columns read.
pub const FORMAT: Format = Format {
    name: "register of children",
    columns: &[
        CHILD,
        GIVEN,
        FAMILY,
        KNOWN_AS,
        KNOWN_AS_FAMILY,
        FORMER,
        FORMER_GIVEN,
        BORN,
        SEX,
        ADDRESS,
        POSTCODE,
        ADDRESS_FROM,
        PREVIOUS_ADDRESS,
        PREVIOUS_POSTCODE,
        PREVIOUS_TO,
        HOUSEHOLD,
        PRACTICE,
        SCHEME,
        IDENTIFIER,
        START,
        END,
        ENROLMENT,
        ATTENDANCE,
        LEFT,
        RESTRICTED,
        RESTRICTION,
        UPN,
        NHS,
    ],
    header_within: 1,
};

/// What a mapping to a register must say, and how its fields are made.
pub(super) const TARGET: Target = Target {
    format: &FORMAT,
    required: &[GIVEN, FAMILY, BORN, SCHEME, IDENTIFIER],
    one_of: [RESTRICTED, RESTRICTION],
    dates: &[BORN, START, END, ADDRESS_FROM, PREVIOUS_TO],
    joins: &[
        (ADDRESS, ", "),
        (PREVIOUS_ADDRESS, ", "),
        (IDENTIFIER, "/"),
        (FORMER, ";"),
        (FORMER_GIVEN, ";"),
    ],
    check,
};

/// One child at one setting, as the register says. A child at two settings stands on two rows.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The register's own number for the child; where it has none, the pupil number, the NHS number, or the names
    /// and birth date.
    pub child: String,
    /// Whether `child` is a number, and so the same child's in the next file too.
    pub is_numbered: bool,
    /// Given names, in their order.
    pub given_names: String,
    /// Family name.
    pub family_name: String,
    /// The given name that the child goes by, where it differs.
    pub known_as: Option<String>,
    /// The family name that the child goes by, where it differs.
    pub known_as_family_name: Option<String>,
    /// Earlier family names.
    pub former_family_names: Vec<String>,
    /// Earlier given names.
    pub former_given_names: Vec<String>,
    /// Birth date.
    pub birth_date: Date,
    /// Sex as registered, where known.
    pub sex: Option<Sex>,
    /// Address without its postcode.
    pub address: Option<String>,
    /// Postcode of the address.
    pub postcode: Option<String>,
    /// First day at the address, where known.
    pub address_from: Option<Date>,
    /// The address before, where known.
    pub previous: Option<Address>,
    /// The register's own number for those who live together.
    pub household: Option<String>,
    /// The general practice, by organisation code.
    pub practice: Option<String>,
    /// The setting.
    pub setting: Identifier,
    /// First day there, where known.
    pub enrolled_from: Option<Date>,
    /// Last day there; `None` while it goes on.
    pub enrolled_to: Option<Date>,
    /// In which way.
    pub enrolment: Enrolment,
    /// When in the week.
    pub attendance: Option<Attendance>,
    /// Whether the child is no longer there, also where the last day is not known.
    pub left: bool,
    /// Whether only named people may see the case.
    pub restricted: bool,
    /// Why, where the file says so.
    pub restriction: Option<Restriction>,
    /// Unique pupil number, its check letter proved.
    pub upn: Option<String>,
    /// NHS number, its check digit proved.
    pub nhs_number: Option<String>,
}

/// Where a child lived.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Without its postcode.
    pub text: Option<String>,
    /// Its postcode.
    pub postcode: Option<String>,
    /// First day there, where known.
    pub from: Option<Date>,
    /// Last day there, where known.
    pub to: Option<Date>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(personal data)")
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("setting", &self.setting)
            .field("enrolment", &self.enrolment)
            .finish_non_exhaustive()
    }
}

/// Tells rows apart: two that differ in anything that can change who is told are two.
pub(super) fn key(entry: &Entry) -> String {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let Entry { setting, enrolment, left, restricted, .. } = entry;
    [
        entry.child.clone(),
        format!("{} {} {}", setting.scheme.as_str(), setting.value, enrolment.as_str()),
        format!("{} {} {left} {restricted}", day(entry.enrolled_from), day(entry.enrolled_to)),
        entry.given_names.clone(),
        entry.family_name.clone(),
        entry.birth_date.to_string(),
        text(&entry.address),
        text(&entry.postcode),
        text(&entry.upn),
        text(&entry.nhs_number),
    ]
    .join("\u{1f}")
}

pub(super) fn parse(fields: &mut Fields<'_>) -> Result<Entry, Problem> {
    // A number whose check fails is somebody else's or nobody's: the child is looked up without it.
    let (upn, nhs_number) = (fields.lenient(UPN, upn), fields.lenient(NHS, nhs_number));
    let number = number(fields, upn.as_ref(), nhs_number.as_ref())?;
    let (enrolled_from, enrolled_to) = period(fields)?;
    let (given_names, family_name) = (fields.required(GIVEN)?, fields.required(FAMILY)?);
    let birth_date = fields.needed(BORN, birth_date)?;
    let (restricted, restriction) = restriction(fields)?;
    Ok(Entry {
        is_numbered: number.is_some(),
        child: number.unwrap_or_else(|| named(&given_names, &family_name, birth_date)),
        given_names,
        family_name,
        birth_date,
        setting: setting(fields, SCHEME, IDENTIFIER)?,
        enrolled_from,
        enrolled_to,
        enrolment: fields.strict(ENROLMENT, Enrolment::parse)?.unwrap_or_default(),
        left: fields.strict(LEFT, flag)?.unwrap_or(false),
        restricted,
        restriction,
        attendance: fields.lenient(ATTENDANCE, Attendance::parse),
        known_as: fields.words(KNOWN_AS),
        known_as_family_name: fields.words(KNOWN_AS_FAMILY),
        former_family_names: fields.lenient(FORMER, names).unwrap_or_default(),
        former_given_names: fields.lenient(FORMER_GIVEN, names).unwrap_or_default(),
        sex: fields.lenient(SEX, Sex::parse).flatten(),
        address: fields.words(ADDRESS),
        postcode: fields.lenient(POSTCODE, postcode),
        address_from: fields.lenient(ADDRESS_FROM, date),
        previous: previous(fields),
        household: fields.words(HOUSEHOLD),
        practice: fields.words(PRACTICE).map(|code| code.to_uppercase()),
        upn,
        nhs_number,
    })
}

/// What the child goes by; a mapped file may have no number of its own. Kept aside for a row that turns out bad: what
/// it would have said of the child is then not known.
fn number(
    fields: &mut Fields<'_>,
    upn: Option<&String>,
    nhs_number: Option<&String>,
) -> Result<Option<String>, Problem> {
    let number = if fields.has(CHILD) { Some(fields.required(CHILD)?) } else { numbered(upn, nhs_number) };
    if let Some(number) = &number {
        fields.is_about(number);
    }
    Ok(number)
}

/// What a child goes by where the register has no number of its own.
pub(super) fn numbered(upn: Option<&String>, nhs_number: Option<&String>) -> Option<String> {
    let by_upn = || upn.map(|upn| format!("upn:{upn}"));
    by_upn().or_else(|| nhs_number.map(|number| format!("nhs:{number}")))
}

/// The last resort: the next file may spell it differently.
pub(super) fn named(given_names: &str, family_name: &str, birth_date: Date) -> String {
    format!("name:{given_names} {family_name} {birth_date}").to_lowercase()
}

fn period(fields: &Fields<'_>) -> Result<(Option<Date>, Option<Date>), Problem> {
    let (from, to) = (fields.strict(START, date)?, fields.strict(END, date)?);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return Err(Problem::new(END.name, Reason::DateOrder));
    }
    Ok((from, to))
}

/// Somebody whose restriction is given in a word that we do not know is restricted all the same.
fn restriction(fields: &mut Fields<'_>) -> Result<(bool, Option<Restriction>), Problem> {
    let restricted = fields.strict(RESTRICTED, flag)?.unwrap_or(false);
    let is_given = !matches!(fields.text(RESTRICTION), Ok(None));
    Ok((restricted || is_given, fields.lenient(RESTRICTION, Restriction::parse)))
}

fn previous(fields: &mut Fields<'_>) -> Option<Address> {
    let (text, postcode) = (fields.words(PREVIOUS_ADDRESS), fields.lenient(PREVIOUS_POSTCODE, postcode));
    let to = fields.lenient(PREVIOUS_TO, date);
    (text.is_some() || postcode.is_some()).then_some(Address { text, postcode, from: None, to })
}

fn names(text: &str) -> Result<Vec<String>, Reason> {
    list(text, |name| Ok(name.to_owned()))
}

/// Whether a text can stand in a field; asked for constants and tables of a mapping.
fn check(field: &str, text: &str) -> Result<(), Reason> {
    let column = |column: Column| column.name == field;
    match field {
        _ if column(SCHEME) => Scheme::parse(text).map(drop),
        _ if column(SEX) => Sex::parse(text).map(drop),
        _ if column(ENROLMENT) => Enrolment::parse(text).map(drop),
        _ if column(RESTRICTION) => Restriction::parse(text).map(drop),
        _ if column(ATTENDANCE) => Attendance::parse(text).map(drop),
        _ if column(LEFT) || column(RESTRICTED) => flag(text).map(drop),
        _ if TARGET.dates.iter().any(|day| column(*day)) => date(text).map(drop),
        _ => Ok(()),
    }
}
