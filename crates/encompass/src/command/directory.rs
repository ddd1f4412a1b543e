//! `encompass directory import`: settings, calendars, contacts and registers from files.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};
use encompass_directory::calendar::term::Listing;
use encompass_store::directory::Identifier;
use encompass_store::directory::load::{Brake, Outcome};
use encompass_store::register::New;
use encompass_store::{Clock, Store};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{open_store, person, say};
use crate::config::Config;
use crate::directory::{CalendarOf, Kind, Options, Report, import};

/// What can be done with the directory.
#[derive(Subcommand)]
pub enum Command {
    /// Takes a file in as a version that is made current at once, and reports what it added, changed, closed and
    /// set aside. config/directory/README.md describes each file.
    Import(Box<Import>),
    /// Lists the versions that are current.
    Loads,
}

/// A file and what it is.
#[derive(Args)]
pub struct Import {
    kind: KindGiven,
    file: PathBuf,
    /// Whose file it is; the versions of one source follow each other. Needed for teams, contacts and registers.
    #[arg(long)]
    source: Option<String>,
    /// The day on which the file was true; today if not said.
    #[arg(long)]
    as_of: Option<Date>,
    /// With schools: the links extract, so that an academy keeps its contacts.
    #[arg(long)]
    links: Option<PathBuf>,
    /// With term-dates: the authority's number.
    #[arg(long)]
    authority: Option<String>,
    /// With term-dates: the setting, such as urn:100000.
    #[arg(long)]
    setting: Option<String>,
    /// With term-dates: what the calendar lists, where its own words do not say.
    #[arg(long)]
    lists: Option<ListingGiven>,
    /// With teams and registers: the forces that may tell or match them.
    #[arg(long = "force")]
    forces: Vec<String>,
    /// With registers: who answers for it.
    #[arg(long)]
    owner: Option<String>,
    /// With registers: after how many days it decides nothing by itself.
    #[arg(long)]
    max_age_days: Option<u16>,
    /// Lets the file close more than the stated share.
    #[arg(long)]
    allow_shrink: bool,
    /// Where the rows that were set aside are listed, as CSV: line, column, problem; never the row itself.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// The kinds of file.
#[derive(Clone, Copy, ValueEnum)]
enum KindGiven {
    /// GIAS, the register of schools, with its real 139-column header.
    Schools,
    /// The same, reduced to name, place and dates.
    ReducedSchools,
    /// Ofsted's register of early-years providers.
    EarlyYears,
    /// Health-visiting and other teams.
    Teams,
    /// gov.uk's bank-holidays.json.
    BankHolidays,
    /// Term dates of an authority or a setting: iCalendar or JSON.
    TermDates,
    /// Contacts of settings.
    Contacts,
    /// A register of children.
    Register,
}

/// What a calendar lists.
#[derive(Clone, Copy, ValueEnum)]
enum ListingGiven {
    /// The days on which the setting is open.
    SchoolDays,
    /// The days on which it is closed.
    Closures,
    /// Both, each by its own words.
    Both,
}

/// Runs the command.
///
/// # Errors
/// When the file is refused, an option is missing, or the store can't be reached. Nothing is changed then.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let store = open_store(config).await?;
    match command {
        Command::Import(given) => take_in(&store, *given).await?,
        Command::Loads => {
            for load in store.current_loads().await? {
                say(format_args!(
                    "{} {}: current since {}, as of {}",
                    load.kind, load.source, load.current_at, load.as_of
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn take_in(store: &Store, given: Import) -> anyhow::Result<()> {
    let now = Clock::machine_time().now();
    let file = File::open(&given.file).with_context(|| format!("the file {}", given.file.display()))?;
    let mut options = Options::new(given.source_or_kind()?, given.as_of(now)?, person());
    options.brake = Brake { allow_shrink: given.allow_shrink, ..Brake::default() };
    let report = import(store, given.kind()?, file, &options, now).await?;
    if let Some(path) = &given.report {
        let mut list = File::create(path).with_context(|| format!("the report {}", path.display()))?;
        report.file.write_csv(&mut list)?;
    }
    tell(&report)
}

impl Import {
    fn source_or_kind(&self) -> anyhow::Result<String> {
        match (&self.source, self.kind) {
            (Some(source), _) => Ok(source.clone()),
            (None, KindGiven::Teams | KindGiven::Contacts | KindGiven::Register) => {
                bail!(
                    "--source says whose file it is, such as wexcombe-council: its next version replaces this one"
                )
            }
            (None, _) => Ok(String::new()),
        }
    }

    fn as_of(&self, now: Timestamp) -> anyhow::Result<Timestamp> {
        let Some(day) = self.as_of else { return Ok(now) };
        Ok(day.to_zoned(jiff::tz::TimeZone::get("Europe/London")?)?.timestamp().min(now))
    }

    fn kind(&self) -> anyhow::Result<Kind> {
        Ok(match self.kind {
            KindGiven::Schools => {
                let links =
                    self.links.as_ref().map(std::fs::read).transpose().context("the links extract")?;
                Kind::Schools { links }
            }
            KindGiven::ReducedSchools => Kind::ReducedSchools,
            KindGiven::EarlyYears => Kind::EarlyYears,
            KindGiven::Teams => Kind::Teams { forces: self.forces("teams")? },
            KindGiven::BankHolidays => Kind::BankHolidays,
            KindGiven::TermDates => Kind::TermDates { of: self.calendar_of()?, listing: self.listing() },
            KindGiven::Contacts => Kind::Contacts,
            KindGiven::Register => Kind::Register(New {
                source: self.source_or_kind()?,
                owner: self.owner.clone().context("--owner says who answers for the register")?,
                max_age_days: self
                    .max_age_days
                    .context("--max-age-days says until when it decides by itself")?
                    .into(),
                forces: self.forces("a register")?,
            }),
        })
    }

    fn forces(&self, what: &str) -> anyhow::Result<Vec<String>> {
        ensure!(!self.forces.is_empty(), "--force says which forces {what} may be used for");
        Ok(self.forces.clone())
    }

    fn calendar_of(&self) -> anyhow::Result<CalendarOf> {
        match (&self.authority, &self.setting) {
            (Some(authority), None) => Ok(CalendarOf::Authority(authority.clone())),
            (None, Some(setting)) => {
                let (scheme, value) =
                    setting.split_once(':').context("a setting is named as scheme:identifier")?;
                Ok(CalendarOf::Setting(Identifier::new(scheme, value)))
            }
            _ => bail!("--authority or --setting says whose term dates these are"),
        }
    }

    fn listing(&self) -> Option<Listing> {
        self.lists.map(|lists| match lists {
            ListingGiven::SchoolDays => Listing::SchoolDays,
            ListingGiven::Closures => Listing::Closures,
            ListingGiven::Both => Listing::Both,
        })
    }
}

/// Says what a file did; a version that was refused for what it would close is an error.
fn tell(report: &Report) -> anyhow::Result<()> {
    let file = &report.file;
    say(format_args!("{} rows read, {} accepted", file.read, file.accepted));
    for (reason, count) in &file.set_aside {
        say(format_args!("  {count} set aside: {}", reason.as_str()));
    }
    if let Some(contacts) = &report.contacts {
        let (added, retired) = (contacts.added.len(), contacts.retired.len());
        say(format_args!("contacts: {added} new and unverified, {} kept, {retired} retired", contacts.kept));
    }
    match &report.outcome {
        None => {}
        Some(Outcome::Unchanged(_)) => say("It says the same as the version that is current."),
        Some(Outcome::Current(counts)) => say(format_args!(
            "Current now: {} rows, {} added, {} changed, {} closed",
            counts.rows, counts.added, counts.changed, counts.closed
        )),
        Some(Outcome::Shrinks(counts)) => bail!(
            "refused: it would close {} of {} open rows; look whether the file is whole, then use --allow-shrink",
            counts.closed,
            counts.open_before
        ),
    }
    Ok(())
}
