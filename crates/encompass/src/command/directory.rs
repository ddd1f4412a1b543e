//! `encompass directory import`: settings, calendars, contacts and registers from files.

#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};
use encompass_directory::calendar::term::Listing;
use encompass_directory::register;
use encompass_directory::report::{Reason, Report as FileReport};
use encompass_store::directory::Identifier;
use encompass_store::directory::load::{Brake, Emptied, Outcome};
use encompass_store::register::New;
use encompass_store::{Clock, Store};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{open_store, person, say};
use crate::config::Config;
use crate::directory::{
    AsRegister, CalendarOf, KEEP_LEAVERS_DAYS, Kind, Layout, Options, Refused, Report, import, join,
};

/// What can be done with the directory.
#[derive(Subcommand)]
pub enum Command {
    /// Takes a file in as a version that is made current at once, and reports what it added, changed, closed and
    /// set aside. config/directory/README.md describes each file.
    Import(Box<Import>),
    /// Lists the versions that are current.
    Loads,
    /// Looks for the children of registers in each other where that failed after a load. The next load of any register
    /// does it too.
    Join,
}

/// A file and what it is.
#[derive(Args)]
pub struct Import {
    kind: KindGiven,
    file: PathBuf,
    /// With teams and registers: whose file it is. The versions of one source follow each other.
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
    /// With registers: which column of the file is which of ours, as TOML; config/directory/mappings has examples.
    #[arg(long, conflicts_with = "ctf")]
    mapping: Option<PathBuf>,
    /// With registers: the file is a Common Transfer File (XML).
    #[arg(long)]
    ctf: bool,
    /// With registers: the file speaks only of those who changed; everybody else stays as they were.
    #[arg(long)]
    changed_only: bool,
    /// With registers: for how many days leavers stay findable, with every enrolment ended.
    #[arg(long, value_name = "DAYS", default_value_t = KEEP_LEAVERS_DAYS)]
    keep_leavers: u16,
    /// With registers: lets forces lose the register that are not named with --force.
    #[arg(long)]
    allow_fewer_forces: bool,
    /// Lets the file close more than the stated share.
    #[arg(long)]
    allow_shrink: bool,
    /// Where the rows that were set aside and the fields that were left out are listed, as CSV: line, column, problem,
    /// consequence; never what stood there. Written also when the file is refused for too many.
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

/// A file was taken in, but rows of it were set aside for a fault; or of a register fields were left out, or it could not
/// be joined.
const TAKEN_IN_WITH_FAULTS: u8 = 3;

/// Runs the command. It ends with 0 when the file was taken in; with 3 when rows of it were set aside for a fault, or
/// fields of a register left out.
///
/// # Errors
/// When the file is refused, an option is missing, or the store can't be reached. Nothing is changed then.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let store = open_store(config).await?;
    match command {
        Command::Import(given) => {
            let forces = config.forces.iter().map(|(force, _)| force.to_owned()).collect();
            return take_in(&store, *given, forces).await;
        }
        Command::Join => {
            let joined = join(&store, &person(), Clock::machine_time().now()).await?;
            say(format_args!("{joined} pairs of entries were judged to be one child"));
        }
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

async fn take_in(store: &Store, given: Import, forces: Vec<String>) -> anyhow::Result<ExitCode> {
    let now = Clock::machine_time().now();
    let file = File::open(&given.file).with_context(|| format!("the file {}", given.file.display()))?;
    let mut options = Options::new(given.source_or_kind()?, given.as_of(now)?, person());
    options.brake = Brake { allow_shrink: given.allow_shrink, ..Brake::default() };
    options.register = given.as_register()?;
    options.forces = forces;
    let taken = import(store, given.kind()?, file, &options, now).await;
    let refused = taken.as_ref().err().and_then(|refused| refused.downcast_ref::<Refused>());
    let account = taken.as_ref().ok().map(|report| &report.file).or(refused.map(|refused| &refused.report));
    if let (Some(path), Some(account)) = (&given.report, account) {
        let mut list = File::create(path).with_context(|| format!("the report {}", path.display()))?;
        account.write_csv(&mut list)?;
    }
    account.into_iter().for_each(tell_account);
    let report = taken?;
    tell(store, &report, now).await?;
    let is_register = matches!(given.kind, KindGiven::Register);
    let has_faults = report.file.has_rows_at_fault()
        || (is_register && (report.file.has_faults() || report.unjoined.is_some()));
    Ok(if has_faults { ExitCode::from(TAKEN_IN_WITH_FAULTS) } else { ExitCode::SUCCESS })
}

impl Import {
    fn source_or_kind(&self) -> anyhow::Result<String> {
        match (&self.source, self.kind) {
            (Some(source), KindGiven::Teams | KindGiven::Register) => Ok(source.clone()),
            (Some(_), KindGiven::Contacts) => bail!(
                "--source is for teams and registers: a file of contacts is the whole list of every setting that it \
                 names, whoever it is from"
            ),
            (Some(_), _) => bail!("--source is for teams and registers: this file says itself what it is"),
            (None, KindGiven::Teams | KindGiven::Register) => {
                bail!(
                    "--source says whose file it is, such as wexcombe-council: its next version replaces this one"
                )
            }
            (None, _) => Ok(String::new()),
        }
    }

    fn as_of(&self, now: Timestamp) -> anyhow::Result<Timestamp> {
        let Some(day) = self.as_of else { return Ok(now) };
        let as_of = day.to_zoned(jiff::tz::TimeZone::get("Europe/London")?)?.timestamp();
        ensure!(as_of <= now, "--as-of {day} lies in the future: it is the day on which the file was true");
        Ok(as_of)
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

    fn as_register(&self) -> anyhow::Result<AsRegister> {
        let is_register = matches!(self.kind, KindGiven::Register);
        let is_special = self.mapping.is_some() || self.ctf || self.changed_only;
        ensure!(is_register || !is_special, "--mapping, --ctf and --changed-only are for registers");
        let layout = match &self.mapping {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("the mapping {}", path.display()))?;
                let mapping = register::mapping(&text)
                    .with_context(|| format!("the mapping {} is refused", path.display()))?;
                Layout::Mapped(Box::new(mapping))
            }
            None if self.ctf => Layout::CommonTransfer,
            None => Layout::Ours,
        };
        ensure!(is_register || !self.allow_fewer_forces, "--allow-fewer-forces is for registers");
        Ok(AsRegister {
            layout,
            is_changes: self.changed_only,
            keep_leavers_days: self.keep_leavers,
            allow_fewer_forces: self.allow_fewer_forces,
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

/// Says what became of a file's rows.
fn tell_account(file: &FileReport) {
    say(format_args!("{} rows read, {} accepted", file.read, file.accepted));
    for (reason, count) in &file.set_aside {
        say(format_args!("  {count} set aside: {}", reason.as_str()));
    }
    for (reason, count) in &file.in_doubt {
        say(format_args!(
            "  {count} children accepted, and decide nothing by themselves: {}",
            reason.as_str()
        ));
    }
    if file.restricted_before > 0 {
        let restricted = file.restricted_before;
        say(format_args!("  {restricted} stay restricted as they were: the file has no word for it"));
    }
    if file.restriction_lifted > 0 {
        let lifted = file.restriction_lifted;
        say(format_args!(
            "  {lifted} are not restricted any more: what they are sent is decided like anybody's"
        ));
    }
    for (column, reasons) in &file.left_out {
        let is_restriction = *column == "restriction";
        let column = file.columns.get(column).map_or(*column, String::as_str);
        for (reason, count) in reasons {
            if is_restriction && *reason == Reason::UnknownValue {
                say(format_args!("  {count} accepted as restricted: {column} has a word that is not known"));
                continue;
            }
            say(format_args!("  {count} accepted without {column}: {}", reason.as_str()));
        }
    }
}

/// The settings that a file would empty, those that lose the most first.
async fn emptied_settings(store: &Store, emptied: &[Emptied], now: Timestamp) -> anyhow::Result<String> {
    const NAMED: usize = 10;
    let ids: Vec<_> = emptied.iter().take(NAMED).map(|one| one.setting).collect();
    let known = store.settings(&ids, now).await?;
    let named = emptied.iter().take(NAMED).map(|one| {
        let name = known
            .get(&one.setting)
            .map_or("a setting that is not known any more", |known| &known.record.name);
        format!("{name} ({} of {})", one.had - one.kept, one.had)
    });
    let mut named = named.collect::<Vec<_>>().join(", ");
    if emptied.len() > NAMED {
        named.push_str(&format!(" and {} more settings", emptied.len() - NAMED));
    }
    Ok(named)
}

/// Says what a file did; a version that was refused for what it would close is an error.
async fn tell(store: &Store, report: &Report, now: Timestamp) -> anyhow::Result<()> {
    if let Some(contacts) = &report.contacts {
        ensure!(
            contacts.missing.is_empty(),
            "refused: it no longer names {} contacts of the settings that it names, who would be told no more; look \
             whether the file is whole, then use --allow-shrink",
            contacts.missing.len()
        );
        let (added, retired) = (contacts.added.len(), contacts.retired.len());
        say(format_args!("contacts: {added} new and unverified, {} kept, {retired} retired", contacts.kept));
    }
    if let Some(why) = &report.unjoined {
        say(format_args!(
            "Its children could not be looked for in other registers: {why}. \
             The next load does it, or `encompass directory join`."
        ));
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
        Some(Outcome::Empties(emptied)) => bail!(
            "refused: it leaves out most of the children of {}; look whether the file is whole, then use --allow-shrink",
            emptied_settings(store, emptied, now).await?
        ),
    }
    report.terms.iter().for_each(say);
    Ok(())
}
