//! Files of the directory into the store: settings, calendars, contacts, teams and registers.
//!
//! A file is read as a whole and judged before anything is written; a register, which is larger, before anything of it
//! can be read. What only the store can see, such as a setting that it does not know, is set aside here too; nothing
//! that is reported repeats what stood in a row.

mod calendar;
mod contact;
mod known_as;
mod register;
mod setting;
mod team;
#[cfg(test)]
mod tests;

use std::io::{Read, Seek};

use encompass_core::calendar::london;
use encompass_directory::calendar::term::Listing;
use encompass_directory::report::{Problem, Reason, Report as FileReport};
use encompass_directory::text::{Limits, Reader, Row};
use encompass_directory::value;
use encompass_store::directory::calendar::Owner;
use encompass_store::directory::load::{Brake, Kind as LoadKind, Outcome, Start};
use encompass_store::directory::{Identifier, Setting};
use encompass_store::register::New;
use encompass_store::{Actor, Store, contact as contacts};
use jiff::Timestamp;

pub use register::{AsRegister, KEEP_LEAVERS_DAYS, Layout, join};

/// Rows written in one transaction.
const BATCH: usize = 512;

/// What a file is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The school register of England (GIAS), with the links extract if there is one.
    Schools {
        /// Which establishment became which.
        links: Option<Vec<u8>>,
    },
    /// The same, reduced to name, place and dates.
    ReducedSchools,
    /// Ofsted's register of childcare providers.
    EarlyYears,
    /// Teams that no public register lists, and their mailboxes for these forces.
    Teams {
        /// The forces that may tell them.
        forces: Vec<String>,
    },
    /// Bank holidays as published.
    BankHolidays,
    /// Term dates as iCalendar or JSON.
    TermDates {
        /// Whose.
        of: CalendarOf,
        /// What the calendar lists, where its own words do not say.
        listing: Option<Listing>,
    },
    /// Contacts of settings.
    Contacts,
    /// A register of children, on these terms.
    Register(New),
}

/// Whose term dates a file has.
#[derive(Clone, Debug)]
pub enum CalendarOf {
    /// An authority's, by its number.
    Authority(String),
    /// A setting's, by one of its identifiers.
    Setting(Identifier),
}

/// How a file is taken in.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whose file it is, where the kind does not say: the versions of one source follow each other.
    pub source: String,
    /// When the file was true.
    pub as_of: Timestamp,
    /// Who takes it in.
    pub by: Actor,
    /// How much it may close.
    pub brake: Brake,
    /// The largest share of its rows that may be set aside for a fault, 0.0 to 1.0.
    pub set_aside_share: f64,
    /// What it may take.
    pub limits: Limits,
    /// What only a register needs.
    pub register: AsRegister,
    /// The forces that contacts and registers may name; any, where none are given.
    pub forces: Vec<String>,
}

impl Options {
    /// The defaults for everything that can have one.
    pub fn new(source: impl Into<String>, as_of: Timestamp, by: Actor) -> Self {
        let (brake, limits) = (Brake::default(), Limits::default());
        let register = AsRegister::default();
        let (source, forces) = (source.into(), Vec::new());
        Self { source, as_of, by, brake, set_aside_share: 0.05, limits, register, forces }
    }

    fn start(&self, kind: LoadKind, source: &str) -> Start {
        let source = source.to_owned();
        Start { kind, owner: source.clone(), source, as_of: self.as_of, by: self.by.clone() }
    }
}

/// What became of a file.
#[derive(Clone, Debug)]
pub struct Report {
    /// The account of its rows.
    pub file: FileReport,
    /// How its load ended; `None` for a file of contacts, which is no version.
    pub outcome: Option<Outcome>,
    /// What became of its contacts.
    pub contacts: Option<contacts::Report>,
    /// Why a register's children could not be joined with those of others, although the file is taken in. The next load
    /// of any register tries again, and so does [`join`].
    pub unjoined: Option<String>,
    /// What has changed of a register's terms, and whether it decides nothing, in sentences.
    pub terms: Vec<String>,
}

/// A file that was refused for what was set aside, with the account of its rows.
#[derive(Debug)]
pub struct Refused {
    /// The account.
    pub report: FileReport,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the file is refused, and nothing has changed")
    }
}

/// Takes a file in.
///
/// # Errors
/// [`encompass_directory::Error`] when the file is refused as a whole, also for too many rows set aside: nothing
/// of it can be read then, and [`Refused`] has the account. [`encompass_store::Error`] as the store says.
pub async fn import(
    store: &Store,
    kind: Kind,
    file: impl Read + Seek + 'static,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    match kind {
        Kind::Schools { links } => setting::schools(store, file, links, options, now).await,
        Kind::ReducedSchools => setting::reduced_schools(store, file, options, now).await,
        Kind::EarlyYears => setting::early_years(store, file, options, now).await,
        Kind::Teams { forces } => team::teams(store, file, forces, options, now).await,
        Kind::BankHolidays => calendar::bank_holidays(store, file, options, now).await,
        Kind::TermDates { of, listing } => {
            let owner = owner(store, of, now).await?;
            calendar::term_dates(store, file, owner, listing, options, now).await
        }
        Kind::Contacts => contact::contacts(store, file, options, now).await,
        Kind::Register(terms) => register::register(store, file, terms, options, now).await,
    }
}

async fn owner(store: &Store, of: CalendarOf, now: Timestamp) -> anyhow::Result<Owner> {
    match of {
        CalendarOf::Authority(number) => Ok(Owner::Authority(number)),
        CalendarOf::Setting(identifier) => {
            let found = store.settings_by_identifier(std::slice::from_ref(&identifier), now).await?;
            let setting = found.into_iter().next().flatten();
            let Identifier { scheme, value } = &identifier;
            let setting =
                setting.ok_or_else(|| anyhow::anyhow!("the directory knows no setting {scheme} {value}"))?;
            Ok(Owner::Setting(setting.id))
        }
    }
}

/// Reads all rows, which then are judged together.
fn read<R: Read + Seek, T>(mut reader: Reader<R, T>) -> anyhow::Result<(Vec<Row<T>>, FileReport)> {
    let rows = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok((rows, reader.into_report()))
}

/// The row's settings, beside those rows whose setting the directory knows; the others are set aside.
async fn with_settings<T>(
    store: &Store,
    rows: Vec<Row<T>>,
    of: impl Fn(&T) -> &value::Identifier,
    report: &mut FileReport,
    now: Timestamp,
) -> anyhow::Result<Vec<(Row<T>, std::sync::Arc<Setting>)>> {
    let wanted: Vec<Identifier> = rows.iter().map(|row| identifier(of(&row.value))).collect();
    let found = store.settings_by_identifier(&wanted, now).await?;
    let mut known = Vec::with_capacity(rows.len());
    for (row, setting) in rows.into_iter().zip(found) {
        match setting {
            Some(setting) => known.push((row, setting)),
            None => {
                report.reject_accepted(row.line, Problem::new("setting_identifier", Reason::UnknownSetting))
            }
        }
    }
    Ok(known)
}

fn identifier(of: &value::Identifier) -> Identifier {
    Identifier::new(of.scheme.as_str(), of.value.as_str())
}

/// Refuses a file that was true on a day before the version that is current: it would bring back old news.
async fn check_age(store: &Store, kind: LoadKind, source: &str, options: &Options) -> anyhow::Result<()> {
    let loads = store.current_loads().await?;
    let current = loads.iter().find(|load| load.kind == kind.as_str() && load.source == source);
    let (given, current) = (london::date(options.as_of), current.map(|load| london::date(load.as_of)));
    anyhow::ensure!(
        current.is_none_or(|current| current <= given),
        "refused: the version that is current was true on {}, and this file on {given}, before it",
        current.unwrap_or(given)
    );
    Ok(())
}

/// Refuses a file of which too much was set aside, with the account of its rows.
fn check_set_aside(report: &FileReport, options: &Options) -> anyhow::Result<()> {
    let checked = report.check_set_aside(options.set_aside_share);
    checked.map_err(|error| anyhow::Error::new(error).context(Refused { report: report.clone() }))
}

fn set_aside(report: &FileReport) -> i64 {
    report.set_aside_total().try_into().unwrap_or(i64::MAX)
}
