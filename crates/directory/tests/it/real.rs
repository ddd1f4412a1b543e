//! The real public files, where they lie beside the repository. Counts only: they name real people.

use std::fs::File;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::Command;

use encompass_directory::calendar::DayKind;
use encompass_directory::calendar::bank_holiday::{self, ENGLAND_AND_WALES};
use encompass_directory::calendar::term::{Listing, TermDates, read_icalendar, read_json};
use encompass_directory::report::Report;
use encompass_directory::setting::{Kind, Setting, early_years, gias, link, reduced};
use encompass_directory::text::Row;
use jiff::civil::date;

use crate::{gather, limits};

/// The path of a real file; `None`, said aloud past the test runner's capture, where it is not at hand.
fn real(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    let line = format!("LEFT OUT: real file {path} is not beside the repository\n");
    std::io::stderr().write_all(line.as_bytes()).expect("standard error takes a line");
    None
}

fn open(path: &str) -> Option<File> {
    real(path).map(|path| File::open(path).expect("it is there"))
}

fn faults(report: &Report) -> Vec<(&'static str, u64)> {
    report.set_aside.iter().map(|(reason, count)| (reason.as_str(), *count)).collect()
}

fn left_out(report: &Report) -> Vec<(&'static str, u64)> {
    report.left_out.iter().map(|(column, reasons)| (*column, reasons.values().sum())).collect()
}

fn count(rows: &[Row<Setting>], is: impl Fn(&Setting) -> bool) -> usize {
    rows.iter().filter(|row| is(&row.value)).count()
}

#[test]
fn the_school_registers_sample_is_read_without_a_fault() {
    let Some(file) = open("gias/gias_sample_npq-registration.csv") else { return };
    let (rows, report) = gather(gias::read(file, &limits()).unwrap()).unwrap();
    assert_eq!((report.read, report.accepted), (99, 99));
    assert_eq!(count(&rows, |setting| setting.status.is_open()), 89);
    assert_eq!(count(&rows, |setting| setting.follows_authority_calendar), 22);
    assert_eq!(count(&rows, |setting| setting.nursery == Some(true)), 34);
    assert_eq!(left_out(&report), []);

    let Some(file) = open("gias/gias_update_npq-registration.csv") else { return };
    assert_eq!(gather(gias::read(file, &limits()).unwrap()).unwrap().1.accepted, 1);
}

#[test]
fn all_establishments_of_the_reduced_register_are_read() {
    let Some(file) = open("gias/schools_register-trainee-teachers_2022-07.csv") else { return };
    let (rows, report) = gather(reduced::read(file, &limits(), date(2022, 7, 31)).unwrap()).unwrap();
    assert_eq!((report.accepted, faults(&report)), (49_514, vec![]));
    assert_eq!(count(&rows, |setting| setting.postcode.is_some()), 49_514 - 1_333);
    assert_eq!(left_out(&report), [("postcode", 1)]);
}

#[test]
fn the_links_extract_is_read_as_windows_1252() {
    let Some(file) = open("gias/links_edubasealldata20250422.csv") else { return };
    let (rows, report) = gather(link::read(file, &limits()).unwrap()).unwrap();
    assert_eq!((report.encoding, report.accepted, faults(&report)), ("windows-1252", 33_801, vec![]));
    let whole = |row: &&Row<link::Link>| row.value.relation == link::Relation::Successor;
    assert_eq!(rows.iter().filter(whole).count(), 16_451);
}

#[test]
fn the_early_years_register_is_read_with_its_withheld_rows() {
    let Some(path) = real("ofsted/childcare_providers_2021-08-31.csv.gz") else { return };
    let unpacked = Command::new("gzip").arg("-dc").arg(path).output().unwrap();
    assert!(unpacked.status.success());
    let (rows, report) = gather(early_years::read(Cursor::new(unpacked.stdout), &limits()).unwrap()).unwrap();
    assert_eq!((report.read, faults(&report)), (70_980, vec![("out_of_scope", 9_685)]));
    assert_eq!(count(&rows, |setting| setting.kind == Kind::Childminder), 33_683);
    assert_eq!(count(&rows, |setting| setting.kind == Kind::Childminder && setting.name.is_some()), 0);
    assert_eq!(count(&rows, |setting| setting.postcode.is_some()), 27_359);
}

#[test]
fn bank_holidays_of_two_vintages_merge() {
    let Some(long) = open("bank-holidays/bank-holidays.json") else { return };
    let Some(short) = open("bank-holidays/bank-holidays-govuk-2025-08-17.json") else { return };
    let existing = bank_holiday::read(long, &limits(), ENGLAND_AND_WALES).unwrap();
    let published = bank_holiday::read(short, &limits(), ENGLAND_AND_WALES).unwrap();
    assert_eq!((existing.len(), published.len()), (140, 32));
    let merged = bank_holiday::merge(&existing, &published, date(2025, 8, 17));
    assert_eq!((merged.days.len(), merged.added.len(), merged.removed.len()), (140, 0, 0));
}

fn kinds(dates: &TermDates, kind: DayKind) -> usize {
    dates.days.iter().filter(|day| day.kind == kind).count()
}

#[test]
fn an_authoritys_calendars_agree_with_each_other() {
    let Some(json) = open("term-dates/sheffield_term_dates.json") else { return };
    let Some(days) = open("term-dates/sheffield_term_dates.ics") else { return };
    let Some(holidays) = open("term-dates/sheffield_school_holidays.ics") else { return };
    let json = read_json(json, &limits()).unwrap();
    let days = read_icalendar(days, &limits(), None).unwrap();
    let holidays = read_icalendar(holidays, &limits(), None).unwrap();
    assert_eq!((json.taken_as, days.taken_as), (Listing::Both, Listing::SchoolDays));
    assert_eq!(holidays.taken_as, Listing::Closures);
    for dates in [&json, &days, &holidays] {
        assert_eq!((faults(&dates.report), left_out(&dates.report)), (vec![], vec![]));
    }
    assert_eq!((kinds(&json, DayKind::Term), kinds(&days, DayKind::Term)), (585, 585));
    let by_gap = days.days.iter().filter(|day| day.kind == DayKind::Holiday);
    let unknown = by_gap.filter(|day| !holidays.days.iter().any(|other| other.date == day.date)).count();
    assert_eq!(unknown, 0, "every gap in the school days is a published holiday");
}

#[test]
fn an_academys_own_school_days_are_read() {
    let Some(file) = open("term-dates/sutc_school_dates.ics") else { return };
    let dates = read_icalendar(file, &limits(), None).unwrap();
    assert_eq!((dates.taken_as, faults(&dates.report)), (Listing::SchoolDays, vec![]));
    assert_eq!(kinds(&dates, DayKind::Term), 575);
    assert!(dates.closed_by_gap > 0);
}
