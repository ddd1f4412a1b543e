//! Bank holidays and term dates.

use std::io::{Read, Seek, SeekFrom};

use encompass_core::calendar::{DayKind, DayRow, london};
use encompass_directory::calendar::bank_holiday::{self, ENGLAND_AND_WALES};
use encompass_directory::calendar::term::{self, Listing, TermDates};
use encompass_directory::report::Report as FileReport;
use encompass_store::Store;
use encompass_store::directory::calendar::{File, Owner, merge};
use encompass_store::directory::load::Kind;
use jiff::Timestamp;

use super::{Options, Report, check_set_aside};

pub(super) async fn bank_holidays(
    store: &Store,
    file: impl Read + Seek,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let holidays = bank_holiday::read(file, &options.limits, ENGLAND_AND_WALES)?;
    let read = holidays.len() as u64;
    let report = FileReport { encoding: "UTF-8", read, accepted: read, ..FileReport::default() };
    let days = holidays.keys().map(|date| DayRow { date: *date, kind: DayKind::Closed }).collect();
    write(store, Owner::BankHolidays, days, report, options, now).await
}

pub(super) async fn term_dates(
    store: &Store,
    file: impl Read + Seek,
    owner: Owner,
    listing: Option<Listing>,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let TermDates { days, report, .. } = read(file, listing, options)?;
    check_set_aside(&report, options)?;
    write(store, owner, days, report, options, now).await
}

/// iCalendar begins with a `B`, JSON does not.
fn read(
    mut file: impl Read + Seek,
    listing: Option<Listing>,
    options: &Options,
) -> anyhow::Result<TermDates> {
    let mut head = [0; 16];
    let read = file.read(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let text = head[..read].iter().find(|byte| byte.is_ascii_graphic());
    Ok(match text {
        Some(b'{' | b'[') => term::read_json(file, &options.limits)?,
        _ => term::read_icalendar(file, &options.limits, listing)?,
    })
}

async fn write(
    store: &Store,
    owner: Owner,
    days: Vec<DayRow>,
    report: FileReport,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let first = days.iter().map(|day| day.date).min();
    let last = days.iter().map(|day| day.date).max();
    let window = first.zip(last).ok_or_else(|| anyhow::anyhow!("the calendar speaks of no day"))?;
    let start = options.start(Kind::Calendar, &options.source);
    let outcome = merge(store, File { owner, days, window }, start, london::date(now), now).await?;
    Ok(Report { file: report, outcome: Some(outcome), contacts: None, unjoined: None, terms: Vec::new() })
}
