//! Teams that no public register lists: `teams.csv`, described in `config/directory/README.md`.

use std::fmt;
use std::io::{Read, Seek};

use encompass_core::routing::{Whom, is_outside};

use crate::Error;
use crate::contact::setting;
use crate::report::{Problem, Reason};
use crate::setting::Kind;
use crate::text::{Column, Fields, Format, Limits, Reader};
use crate::value::{self, Area, Identifier, Scheme, email, list, telephone};

const KIND: Column = Column::optional("kind");
const SCHEME: Column = Column::required("scheme");
const IDENTIFIER: Column = Column::required("identifier");
const NAME: Column = Column::required("name");
const POSTCODE: Column = Column::optional("postcode");
const POSTCODES: Column = Column::optional("postcodes");
const PRACTICES: Column = Column::optional("practices");
const DUTIES: Column = Column::optional("duties");
const TELEPHONE: Column = Column::required("telephone");
const EMAIL: Column = Column::required("email");

/// What children attend.
const ATTENDED: [Kind; 4] = [Kind::School, Kind::College, Kind::EarlyYears, Kind::Childminder];

/// The columns read.
pub const FORMAT: Format = Format {
    name: "teams",
    columns: &[KIND, SCHEME, IDENTIFIER, NAME, POSTCODE, POSTCODES, PRACTICES, DUTIES, TELEPHONE, EMAIL],
    header_within: 1,
};

/// One team, or a setting outside England and Wales.
#[derive(Clone, PartialEq, Eq)]
pub struct Team {
    /// Its number.
    pub identifier: Identifier,
    /// What it is: health visiting, maternity, an authority or a force; or what a child outside England and Wales attends.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Where it lies, if children attend it.
    pub postcode: Option<String>,
    /// The postcode areas whose children it looks after.
    pub areas: Vec<Area>,
    /// The general practices, by organisation code, whose patients it looks after.
    pub practices: Vec<Identifier>,
    /// An authority's duties, where it has a team for each; none: it has one for all but the virtual school's.
    pub duties: Vec<Whom>,
    /// For calls by the desk.
    pub telephone: Option<String>,
    /// Its mailbox: the team's first contact, unverified.
    pub email: Option<String>,
}

impl fmt::Debug for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Team")
            .field("identifier", &self.identifier)
            .field("kind", &self.kind)
            .field("areas", &self.areas)
            .field("practices", &self.practices)
            .finish_non_exhaustive()
    }
}

/// Reads the file.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits) -> Result<Reader<R, Team>, Error> {
    Reader::new(source, limits, &FORMAT, key, parse)
}

fn key(team: &Team) -> String {
    format!("{} {}", team.identifier.scheme.as_str(), team.identifier.value)
}

fn parse(fields: &mut Fields<'_>) -> Result<Team, Problem> {
    let identifier = setting(fields, SCHEME, IDENTIFIER)?;
    let kind = fields.strict(KIND, kind)?.unwrap_or(Kind::HealthVisiting);
    let name = fields.required(NAME)?;
    let areas = fields.strict(POSTCODES, |text| list(text, Area::parse))?.unwrap_or_default();
    let practice = |code: &str| Identifier::new(Scheme::Ods, code);
    let practices = fields.strict(PRACTICES, |text| list(text, practice))?.unwrap_or_default();
    let duties = fields.strict(DUTIES, |text| list(text, duty))?.unwrap_or_default();
    if !duties.is_empty() && kind != Kind::Authority {
        return Err(Problem::new(DUTIES.name, Reason::OutOfScope));
    }
    // A health or maternity team that covers nothing could never be found for a child.
    let needs_area = matches!(kind, Kind::HealthVisiting | Kind::Maternity);
    if needs_area && areas.is_empty() && practices.is_empty() {
        return Err(Problem::new(POSTCODES.name, Reason::Missing));
    }
    let postcode = fields.strict(POSTCODE, value::postcode)?;
    let looks_after = [areas.is_empty(), practices.is_empty(), duties.is_empty()].contains(&false);
    check_attended(kind, postcode.as_deref(), looks_after)?;
    let telephone = fields.lenient(TELEPHONE, telephone);
    let email = fields.strict(EMAIL, email)?;
    if telephone.is_none() && email.is_none() {
        return Err(Problem::new(TELEPHONE.name, Reason::Missing));
    }
    Ok(Team { identifier, kind, name, postcode, areas, practices, duties, telephone, email })
}

/// What children attend in England and Wales comes from the public registers, which know whether it is open.
fn check_attended(kind: Kind, postcode: Option<&str>, looks_after: bool) -> Result<(), Problem> {
    if !ATTENDED.contains(&kind) {
        return Ok(());
    }
    match postcode {
        None => Err(Problem::new(POSTCODE.name, Reason::Missing)),
        Some(postcode) if !is_outside(postcode) => Err(Problem::new(POSTCODE.name, Reason::OutOfScope)),
        Some(_) if looks_after => Err(Problem::new(KIND.name, Reason::OutOfScope)),
        Some(_) => Ok(()),
    }
}

fn duty(text: &str) -> Result<Whom, Reason> {
    let all = [Whom::HomeEducation, Whom::MissingEducation, Whom::VirtualSchool, Whom::HomeAuthority];
    all.into_iter().find(|duty| duty.as_str().eq_ignore_ascii_case(text)).ok_or(Reason::UnknownValue)
}

fn kind(text: &str) -> Result<Kind, Reason> {
    let teams = [Kind::HealthVisiting, Kind::Maternity, Kind::Authority, Kind::Force];
    teams
        .into_iter()
        .chain(ATTENDED)
        .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
        .ok_or(Reason::UnknownValue)
}
