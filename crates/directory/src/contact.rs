//! Contacts of settings: `contacts.csv`, described in `config/directory/README.md`.

use std::fmt;
use std::io::{Read, Seek};

use jiff::civil::Date;

use crate::Error;
use crate::report::{Problem, Reason};
use crate::text::{Column, Fields, Format, Limits, Reader};
use crate::value::{Identifier, Scheme, date, email, list, telephone, webhook};

const SCHEME: Column = Column::required("setting_scheme");
const IDENTIFIER: Column = Column::required("setting_identifier");
const NAME: Column = Column::required("name");
const ROLE: Column = Column::required("role");
const CHANNEL: Column = Column::required("channel");
const ADDRESS: Column = Column::required("address");
const TELEPHONE: Column = Column::optional("telephone");
const ELIGIBLE_FROM: Column = Column::optional("eligible_from");
const FORCES: Column = Column::required("forces");

/// The columns read.
pub const FORMAT: Format = Format {
    name: "contacts",
    columns: &[SCHEME, IDENTIFIER, NAME, ROLE, CHANNEL, ADDRESS, TELEPHONE, ELIGIBLE_FROM, FORCES],
    header_within: 1,
};

/// What the contact is at the setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Designated safeguarding lead.
    Lead,
    /// Deputy safeguarding lead.
    Deputy,
    /// A mailbox that several trained people read.
    Mailbox,
    /// A responsible officer of an authority, team or force.
    Officer,
    /// A safeguarding system of the setting.
    System,
}

impl Role {
    /// The word in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Deputy => "deputy",
            Self::Mailbox => "mailbox",
            Self::Officer => "officer",
            Self::System => "system",
        }
    }

    fn parse(text: &str) -> Result<Self, Reason> {
        let all = [Self::Lead, Self::Deputy, Self::Mailbox, Self::Officer, Self::System];
        all.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(text)).ok_or(Reason::UnknownValue)
    }

    /// Whether a person is meant, who has a name.
    pub fn is_person(self) -> bool {
        matches!(self, Self::Lead | Self::Deputy | Self::Officer)
    }
}

/// How the contact is reached.
#[derive(Clone, PartialEq, Eq)]
pub enum Channel {
    /// By e-mail to this address.
    Email(String),
    /// By signed webhook to this https address.
    Webhook(String),
}

impl Channel {
    /// The word in files and in the store.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Webhook(_) => "webhook",
        }
    }

    /// The address.
    pub fn address(&self) -> &str {
        match self {
            Self::Email(address) | Self::Webhook(address) => address,
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(self.as_str()).finish_non_exhaustive()
    }
}

/// One contact; unverified, whatever the file's owner knows, until we have verified it.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The setting.
    pub setting: Identifier,
    /// The person's name; `None` for a mailbox or system.
    pub name: Option<String>,
    /// What the contact is there.
    pub role: Role,
    /// How to reach it.
    pub channel: Channel,
    /// For calls by the desk.
    pub telephone: Option<String>,
    /// First day on which the contact may be told; `None` for at once.
    pub eligible_from: Option<Date>,
    /// Codes of the forces that may tell this contact; never empty.
    pub forces: Vec<String>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("setting", &self.setting)
            .field("role", &self.role)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// Reads the file.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits) -> Result<Reader<R, Contact>, Error> {
    Reader::new(source, limits, &FORMAT, key, parse)
}

/// Addresses are compared without case: two spellings of one mailbox are one contact.
fn key(contact: &Contact) -> String {
    let setting = &contact.setting;
    let address = contact.channel.address().to_lowercase();
    format!("{} {} {} {address}", setting.scheme.as_str(), setting.value, contact.channel.as_str())
}

fn parse(fields: &mut Fields<'_>) -> Result<Contact, Problem> {
    let setting = setting(fields, SCHEME, IDENTIFIER)?;
    let role = fields.needed(ROLE, Role::parse)?;
    let name = if role.is_person() { Some(fields.required(NAME)?) } else { fields.text(NAME)? };
    let channel = match fields.required(CHANNEL)?.to_ascii_lowercase().as_str() {
        "email" => Channel::Email(fields.needed(ADDRESS, email)?),
        "webhook" => Channel::Webhook(fields.needed(ADDRESS, webhook)?),
        _ => return Err(Problem::new(CHANNEL.name, Reason::UnknownValue)),
    };
    let forces = fields.needed(FORCES, |text| list(text, force))?;
    if forces.is_empty() {
        return Err(Problem::new(FORCES.name, Reason::Missing));
    }
    Ok(Contact {
        setting,
        name,
        role,
        channel,
        telephone: fields.lenient(TELEPHONE, telephone),
        // An eligibility that can't be read is not guessed to be "at once".
        eligible_from: fields.strict(ELIGIBLE_FROM, date)?,
        forces,
    })
}

fn force(text: &str) -> Result<String, Reason> {
    Identifier::new(Scheme::Force, text).map(|identifier| identifier.value)
}

/// A setting by scheme and number in two columns, as contacts and registers name it.
pub(crate) fn setting(fields: &Fields<'_>, scheme: Column, number: Column) -> Result<Identifier, Problem> {
    let scheme = fields.needed(scheme, Scheme::parse)?;
    fields.needed(number, |text| Identifier::new(scheme, text))
}
