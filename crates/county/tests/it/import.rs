//! Every file goes through the real importers.

use crate::{DEMO, ON};
use encompass_county::{Dates, Owner, files};
use encompass_directory::calendar::{DayKind, bank_holiday, term};
use encompass_directory::report::Report;
use encompass_directory::setting::{early_years, gias};
use encompass_directory::text::{Limits, Reader};
use encompass_directory::{Error, contact, register, team};
use std::io::Cursor;

type Bytes = Cursor<Vec<u8>>;

/// The rows of a file, and its account.
fn rows<T>(reader: Result<Reader<Bytes, T>, Error>) -> (Vec<T>, Report) {
    let mut reader = reader.expect("the file is not refused as a whole");
    let rows = reader.by_ref().map(|row| row.expect("memory can be read").value).collect();
    (rows, reader.into_report())
}

fn limits() -> Limits {
    Limits::default()
}

fn whole(report: &Report) {
    assert!(report.set_aside.is_empty(), "{:?}", report.set_aside);
    assert!(report.left_out.is_empty(), "{:?}", report.left_out);
}

#[test]
fn the_school_register_is_read_whole_in_windows_1252() {
    let (county, _) = &*DEMO;
    let bytes = files::gias(county);
    assert!(std::str::from_utf8(&bytes).is_err(), "an accented name makes it Windows-1252");
    let (settings, report) = rows(gias::read(Cursor::new(bytes), &limits()));
    whole(&report);
    assert_eq!(settings.len(), county.settings.iter().filter(|it| it.kind.in_school_register()).count());
    for read in &settings {
        let made = county.settings.iter().find(|it| it.identifier.value == read.identifier.value).unwrap();
        assert_eq!(read.name.as_deref(), Some(made.name.as_str()));
        assert_eq!(read.telephone, Some(made.telephone.replace(' ', "")));
        assert_eq!(read.follows_authority_calendar, made.dates == Dates::Authority, "{}", made.name);
    }
}

#[test]
fn the_header_of_the_school_register_has_its_139_columns() {
    let bytes = files::gias(&DEMO.0);
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap();
    assert_eq!(header.split(|byte| *byte == b',').count(), 139);
}

#[test]
fn the_early_years_register_is_read_whole_and_withholds_childminders() {
    let (county, _) = &*DEMO;
    let (settings, report) = rows(early_years::read(Cursor::new(files::early_years(county)), &limits()));
    whole(&report);
    assert_eq!(settings.len(), county.settings.iter().filter(|it| it.kind.in_early_years_register()).count());
    assert!(settings.iter().any(|setting| setting.name.is_none() && setting.postcode.is_none()));
}

#[test]
fn contacts_and_teams_are_read_whole() {
    let (county, _) = &*DEMO;
    let (contacts, report) = rows(contact::read(Cursor::new(files::contacts(county)), &limits()));
    whole(&report);
    let (teams, team_report) = rows(team::read(Cursor::new(files::teams(county)), &limits()));
    whole(&team_report);
    assert_eq!(teams.len(), 7, "two authorities with three teams, and one force");
    assert_eq!(contacts.len() + teams.len(), county.contacts.len());
}

#[test]
fn registers_are_read_but_for_rows_without_a_birth_date() {
    let (county, _) = &*DEMO;
    for (place, source) in county.sources.iter().enumerate() {
        let (entries, report) = rows(register::read(Cursor::new(files::register(county, place)), &limits()));
        let made: Vec<_> = county.entries.iter().filter(|entry| entry.source == place).collect();
        let undated = made.iter().filter(|entry| !county.children[entry.child].dated).count();
        assert_eq!(entries.len() + undated, made.len(), "{}", source.name);
        assert!(!entries.is_empty(), "{}", source.name);
        assert!(report.left_out.is_empty(), "{}: {:?}", source.name, report.left_out);
    }
}

#[test]
fn bank_holidays_are_read() {
    let bytes = Cursor::new(files::bank_holidays(&DEMO.0));
    let days = bank_holiday::read(bytes, &limits(), bank_holiday::ENGLAND_AND_WALES).unwrap();
    assert_eq!(days.len(), 32);
    assert!(days.contains_key(&jiff::civil::date(2026, 4, 3)), "Good Friday");
}

#[test]
fn term_dates_are_the_same_from_both_forms() {
    let (county, _) = &*DEMO;
    assert!(county.term_dates.iter().any(|terms| matches!(terms.owner, Owner::Setting(_))));
    for terms in &county.term_dates {
        let json = term::read_json(Cursor::new(files::term_json(terms)), &limits()).unwrap();
        let calendar =
            term::read_icalendar(Cursor::new(files::term_calendar(terms)), &limits(), None).unwrap();
        whole(&json.report);
        whole(&calendar.report);
        assert_eq!(json.days, calendar.days, "{:?}", terms.owner);
        let inset = json.days.iter().filter(|day| day.kind == DayKind::Inset).count();
        assert_eq!(inset, terms.inset.len());
        assert!(json.days.iter().any(|day| day.date > ON));
    }
}
