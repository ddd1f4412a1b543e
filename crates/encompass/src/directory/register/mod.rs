//! Registers of children.
//!
//! A file is streamed into a version that nobody reads yet, a batch at a time, and judged at its end: what is refused
//! then is removed unread.

mod entry;
mod same;
mod settle;
#[cfg(test)]
mod tests;

use std::io::{Read, Seek};

use anyhow::ensure;
use encompass_core::calendar::london;
use encompass_core::state::SettingKind;
use encompass_directory::mapping::Mapping;
use encompass_directory::register::{self as files, Child, Children, Shape};
use encompass_directory::report::{Reason, Report as FileReport};
use encompass_store::Store;
use encompass_store::directory::load::Outcome;
use encompass_store::register::{Change, Entry, New, RegisterLoad, Restricted, is_stale};
use jiff::Timestamp;

pub use self::same::join;
use self::settle::{Days, Place, settle};
use super::{BATCH, LoadKind, Options, Refused, Report, check_age, identifier, set_aside};

/// How long leavers stay findable where nobody says otherwise, in days: the summer holidays and a term.
pub const KEEP_LEAVERS_DAYS: u16 = 180;

/// What a register's file is.
#[derive(Clone, Debug, Default)]
pub enum Layout {
    /// `register.csv`.
    #[default]
    Ours,
    /// Any other CSV, by its mapping.
    Mapped(Box<Mapping>),
    /// The Common Transfer File.
    CommonTransfer,
}

impl Layout {
    fn shape(&self) -> Shape<'_> {
        match self {
            Self::Ours => Shape::Ours,
            Self::Mapped(mapping) => Shape::Mapped(mapping),
            Self::CommonTransfer => Shape::CommonTransfer,
        }
    }
}

/// How a register is taken in.
#[derive(Clone, Debug)]
pub struct AsRegister {
    /// What the file is.
    pub layout: Layout,
    /// Whether it speaks only of those who changed; everybody else stays as they were.
    pub is_changes: bool,
    /// How long leavers stay findable, in days.
    pub keep_leavers_days: u16,
    /// Whether a force may lose its licence.
    pub allow_fewer_forces: bool,
}

impl Default for AsRegister {
    fn default() -> Self {
        Self {
            layout: Layout::default(),
            is_changes: false,
            keep_leavers_days: KEEP_LEAVERS_DAYS,
            allow_fewer_forces: false,
        }
    }
}

pub(super) async fn register(
    store: &Store,
    file: impl Read + Seek,
    terms: New,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let children = files::children(file, &options.limits, options.register.layout.shape())?;
    let days = Days::new(options, &terms);
    let source = terms.source.clone();
    let mut told = terms_changed(store, &terms, options).await?;
    told.extend(decides_nothing(&terms, options.as_of, now));
    check_age(store, LoadKind::Register, &source, options).await?;
    make(store, &terms, options, now).await?;
    let is_full = !options.register.is_changes;
    let load = RegisterLoad::begin(store, &source, is_full, options.as_of, options.by.clone(), now).await?;
    let mut load = load.keep_leavers(options.register.keep_leavers_days);
    let report = match fill(store, &mut load, children, &days, options, now).await {
        Ok(report) => report,
        Err(refused) => {
            load.abandon(now).await?;
            return Err(refused);
        }
    };
    let outcome = load.finish_on(terms, options.brake, set_aside(&report), now).await?;
    let unjoined = match outcome {
        Outcome::Shrinks(_) | Outcome::Empties(_) => None,
        // The file is taken in whatever becomes of this.
        _ => join(store, &options.by, now).await.err().map(|error| format!("{error:#}")),
    };
    Ok(Report { file: report, outcome: Some(outcome), contacts: None, unjoined, terms: told })
}

/// What the terms given change of those that the register has. A force that nobody configured would be licensed in vain,
/// and one that loses its licence without anybody's meaning it would be decided on by the officer's word alone.
async fn terms_changed(store: &Store, given: &New, options: &Options) -> anyhow::Result<Vec<String>> {
    let known = &options.forces;
    let unknown: Vec<&str> =
        given.forces.iter().filter(|force| !known.contains(force)).map(String::as_str).collect();
    ensure!(
        known.is_empty() || unknown.is_empty(),
        "--force names {}: the configuration has {}",
        unknown.join(", "),
        known.join(", ")
    );
    let New { source, owner, .. } = given;
    let Some(before) = store.register_terms(source).await? else {
        return Ok(Vec::new());
    };
    ensure!(before.owner == *owner, "the register {source} belongs to {}, not to {owner}", before.owner);
    let lost = before.lost(given);
    ensure!(
        lost.is_empty() || options.register.allow_fewer_forces,
        "refused: {} would no longer have the register {source}; name every force with --force, or use \
         --allow-fewer-forces",
        lost.join(", ")
    );
    Ok(before.changes(given))
}

/// What a person has to know of a register that decides nothing by itself from the start.
fn decides_nothing(given: &New, as_of: Timestamp, now: Timestamp) -> Option<String> {
    let is_past = is_stale(as_of, given.max_age_days, now);
    is_past.then(|| {
        format!(
            "Nothing is decided by it without a person: it was true on {}, and decides for {} days.",
            london::date(as_of),
            given.max_age_days
        )
    })
}

/// Makes a register that is not there yet, for the file's rows are sealed under its key. One that is there keeps its
/// terms until the file is taken in.
async fn make(store: &Store, terms: &New, options: &Options, now: Timestamp) -> anyhow::Result<()> {
    if store.register_terms(&terms.source).await?.is_none() {
        let mut tx = store.begin().await?;
        tx.put_register(terms.clone(), options.by.clone(), now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Writes the children in batches, and refuses the file at its end if too much of it was set aside.
async fn fill<R: Read>(
    store: &Store,
    load: &mut RegisterLoad,
    mut children: Children<R>,
    days: &Days,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<FileReport> {
    let before = load.restricted_before().await?;
    let has_a_word = options.register.layout.shape().says_who_is_restricted();
    let mut doubted = 0;
    loop {
        let batch = children.by_ref().take(BATCH).collect::<Result<Vec<Child>, _>>()?;
        if batch.is_empty() {
            break;
        }
        let places = places(store, &batch, now).await?;
        let settled = batch.into_iter().zip(places).map(|(child, places)| {
            let line = child.lines.first().copied().unwrap_or_default();
            let mut change = settle(child, places, days, children.report_mut());
            if let Change::Put(entry) = &mut change {
                compare_restrictions(entry, &before, has_a_word, line, children.report_mut());
            }
            change
        });
        let changes: Vec<Change> = settled.collect();
        doubted += changes.iter().filter(|change| matches!(change, Change::Doubt(_))).count();
        load.apply(changes).await?;
    }
    let (report, unread) = children.finish();
    if let Err(error) = check(&report, doubted + unread.len(), options) {
        return Err(anyhow::Error::new(error).context(Refused { report }));
    }
    // Whoever was written already is passed over: what their other rows said is marked there.
    load.apply(unread.into_iter().map(Change::Doubt).collect()).await?;
    Ok(report)
}

/// Holds an entry against whom the version before restricts. A file that has no word for it lets nobody go, and one that
/// does is taken at its word, not in silence.
fn compare_restrictions(
    entry: &mut Entry,
    before: &Restricted,
    has_a_word: bool,
    line: u64,
    report: &mut FileReport,
) {
    if !has_a_word && before.restrict(entry) {
        report.keep_restricted(line);
    } else if before.lets_go(entry) {
        report.lift_restriction(line);
    }
}

/// A share of all rows says nothing of a few changes. Whoever a bad row is about decides nothing by themselves; of these
/// only a file is refused that says nothing of anybody, or has a row of another width, for whom that is about can't be
/// told.
fn check(report: &FileReport, doubted: usize, options: &Options) -> Result<(), encompass_directory::Error> {
    if report.read == 0 && !options.register.is_changes {
        return Err(encompass_directory::Error::NoRows);
    }
    let is_told_whose = !report.set_aside.contains_key(&Reason::ColumnCount);
    match options.register.is_changes {
        true if is_told_whose && (report.accepted > 0 || doubted > 0) => Ok(()),
        true => report.check_set_aside(0.0),
        false => report.check_set_aside(options.set_aside_share),
    }
}

/// The places of each child's enrolments, as far as the directory knows them.
async fn places(store: &Store, batch: &[Child], now: Timestamp) -> anyhow::Result<Vec<Vec<Option<Place>>>> {
    let all = batch.iter().flat_map(|child| &child.enrolments);
    let wanted: Vec<_> = all.map(|at| identifier(&at.setting)).collect();
    let mut found = store.settings_by_identifier(&wanted, now).await?.into_iter().map(|setting| {
        setting.map(|setting| {
            let is_school = setting.record.kind == SettingKind::School;
            Place { id: setting.id, is_school }
        })
    });
    Ok(batch.iter().map(|child| found.by_ref().take(child.enrolments.len()).collect()).collect())
}
