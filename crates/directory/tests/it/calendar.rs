use encompass_directory::Error;
use encompass_directory::calendar::bank_holiday::{self, ENGLAND_AND_WALES};
use encompass_directory::calendar::term::{Listing, TermDates, read_icalendar, read_json};
use jiff::civil::date;

use crate::{cursor, findings, limits};

fn calendar(events: &[&str]) -> String {
    let events: String =
        events.iter().map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n")).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn read(events: &[&str], listing: Option<Listing>) -> TermDates {
    read_icalendar(cursor(calendar(events)), &limits(), listing).expect("the calendar is whole")
}

fn days(dates: &TermDates) -> Vec<String> {
    let text = |day: &encompass_directory::calendar::DayRow| format!("{} {:?}", day.date, day.kind);
    dates.days.iter().map(text).collect()
}

#[test]
fn the_end_of_an_event_is_the_day_after_its_last() {
    let table = [
        ("DTSTART;VALUE=DATE:20261026\r\nDTEND;VALUE=DATE:20261028", 2),
        ("DTSTART;VALUE=DATE:20261026", 1),
        ("DTSTART;VALUE=DATE:20261026\r\nDTEND;VALUE=DATE:20261026", 1),
        ("DTSTART:20261026\r\nDURATION:P3D", 3),
        ("DTSTART;VALUE=DATE:20261026\r\nDURATION:P2W", 14),
    ];
    for (times, length) in table {
        let dates = read(&[&format!("SUMMARY:Half-term\r\n{times}")], None);
        assert_eq!((dates.days.len(), dates.taken_as), (length, Listing::Closures), "{times}");
        assert_eq!(dates.days[0].date, date(2026, 10, 26));
    }
}

#[test]
fn events_that_are_no_plain_days_are_set_aside_with_their_reason() {
    let day = "DTSTART;VALUE=DATE:20261026";
    let table = [
        (format!("SUMMARY:Holiday\r\n{day}\r\nRRULE:FREQ=WEEKLY"), "RRULE recurring"),
        ("SUMMARY:Holiday\r\nDTSTART:20261026T090000Z".to_owned(), "DTSTART timed"),
        (format!("SUMMARY:Holiday\r\n{day}\r\nDURATION:PT8H"), "DURATION timed"),
        (format!("SUMMARY:Holiday\r\n{day}\r\nSTATUS:CANCELLED"), "STATUS cancelled"),
        (format!("SUMMARY:Holiday\r\n{day}\r\nDTEND;VALUE=DATE:20261001"), " date_order"),
        (format!("SUMMARY:Holiday\r\n{day}\r\nDTEND;VALUE=DATE:99991231"), "DTEND not_a_date"),
        (format!("SUMMARY:Holiday\r\n{day}\r\nDTEND;VALUE=DATE:20280101"), " too_long"),
        ("SUMMARY:Holiday".to_owned(), "DTSTART missing"),
        ("SUMMARY:Holiday\r\nDTSTART;VALUE=DATE:20261301".to_owned(), "DTSTART not_a_date"),
        (format!("SUMMARY:Christmas concert\r\n{day}"), "SUMMARY unclear"),
        (day.to_owned(), "SUMMARY unclear"),
    ];
    for (event, expected) in table {
        let dates = read(&[&event], None);
        assert_eq!(findings(&dates.report), [format!("3 {expected}")], "{event}");
        assert!(dates.days.is_empty());
    }
}

#[test]
fn an_alarm_within_an_event_does_not_change_it() {
    let event = "SUMMARY:Half-term\r\nDTSTART;VALUE=DATE:20261026\r\nBEGIN:VALARM\r\nSUMMARY:Concert\r\n\
                 DTSTART:20270101T090000\r\nEND:VALARM";
    assert_eq!(days(&read(&[event], None)), ["2026-10-26 Holiday"]);
}

#[test]
fn a_list_of_school_days_closes_the_weekdays_between_them() {
    let days_of = |list: &[u32]| -> Vec<String> {
        list.iter().map(|day| format!("SUMMARY:Term day\r\nDTSTART;VALUE=DATE:202609{day:02}")).collect()
    };
    // 2026-09-07 is a Monday; Wednesday the 9th and the weekend are not listed.
    let listed = days_of(&[7, 8, 10, 11, 14]);
    let dates = read(&listed.iter().map(String::as_str).collect::<Vec<_>>(), None);
    assert_eq!((dates.taken_as, dates.closed_by_gap), (Listing::SchoolDays, 1));
    assert_eq!(days(&dates)[2], "2026-09-09 Holiday");
    assert_eq!(dates.days.len(), 6);

    let sparse = days_of(&[1, 30]);
    let dates = read(&sparse.iter().map(String::as_str).collect::<Vec<_>>(), None);
    assert_eq!(
        (dates.closed_by_gap, dates.days.len()),
        (0, 2),
        "a list with more gaps than days closes nothing"
    );
}

#[test]
fn a_half_term_inside_a_term_is_a_holiday_and_an_inset_day_is_one() {
    let dates = read(
        &[
            "SUMMARY:INSET day\r\nDTSTART;VALUE=DATE:20260907",
            "SUMMARY:Autumn term\r\nDTSTART;VALUE=DATE:20260907\r\nDTEND;VALUE=DATE:20260912",
            "SUMMARY:Half-term\r\nDTSTART;VALUE=DATE:20260910\r\nDTEND;VALUE=DATE:20260912",
        ],
        None,
    );
    assert_eq!(dates.taken_as, Listing::Both);
    let expected = [
        "2026-09-07 Inset",
        "2026-09-08 Term",
        "2026-09-09 Term",
        "2026-09-10 Holiday",
        "2026-09-11 Holiday",
    ];
    assert_eq!(days(&dates), expected);
}

#[test]
fn what_the_caller_says_of_a_calendar_decides_where_words_do_not() {
    let event = "SUMMARY:Week 7\r\nDTSTART;VALUE=DATE:20260907";
    let table = [
        (None, vec![]),
        (Some(Listing::SchoolDays), vec!["2026-09-07 Term"]),
        (Some(Listing::Closures), vec!["2026-09-07 Closed"]),
        (Some(Listing::Both), vec![]),
    ];
    for (listing, expected) in table {
        assert_eq!(days(&read(&[event], listing)), expected, "{listing:?}");
    }
}

#[test]
fn a_calendar_that_is_cut_off_or_none_is_refused() {
    for text in ["hello", "BEGIN:VCALENDAR\n", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Holiday\n"] {
        let error = read_icalendar(cursor(text), &limits(), None).unwrap_err();
        assert!(matches!(error, Error::Calendar(_)), "{text}");
    }
}

#[test]
fn our_own_list_of_spans_takes_good_ones_and_sets_bad_ones_aside() {
    let file = r#"[
        {"from": "2026-10-26", "to": "2026-10-27", "kind": "holiday", "label": "Half-term"},
        {"from": "2026-09-01", "kind": "inset"},
        {"from": "2026-10-27", "kind": "open"},
        {"from": "2026-10-26", "kind": "maybe"},
        {"from": "2026-10-26"},
        {"to": "2026-10-26", "kind": "closed"},
        {"from": "2026-10-26", "to": "2026-10-01", "kind": "closed"},
        "2026-10-26", 7
    ]"#;
    let dates = read_json(cursor(file), &limits()).unwrap();
    assert_eq!(days(&dates), ["2026-09-01 Inset", "2026-10-26 Holiday", "2026-10-27 Open"]);
    let expected = [
        "3 date contradicted",
        "4 kind unknown_value",
        "5 kind missing",
        "6 from missing",
        "7  date_order",
        "8 kind missing",
        "9 kind missing",
    ];
    assert_eq!(findings(&dates.report), expected);
}

#[test]
fn academic_years_are_read_with_holidays_term_days_and_training_days() {
    let file = r#"{"school": "Anyshire", "pd_days": ["2026-09-01"], "academic_years": [{
        "name": "2026-27", "bank_holidays": ["2026-12-25"], "dates": [{"date": "2026-09-02", "week": 1}],
        "school_holidays": [{"start": "2026-10-26", "end": "2026-10-27", "label": "Half-term"}]}]}"#;
    let dates = read_json(cursor(file), &limits()).unwrap();
    let expected = [
        "2026-09-01 Inset",
        "2026-09-02 Term",
        "2026-10-26 Holiday",
        "2026-10-27 Holiday",
        "2026-12-25 Holiday",
    ];
    assert_eq!(days(&dates), expected);
    assert_eq!(dates.taken_as, Listing::Both);
}

#[test]
fn json_errors_name_the_place_and_not_the_content() {
    let error = read_json(cursor("[\n{\"from\": Quillfeather}]"), &limits()).unwrap_err();
    assert!(matches!(error, Error::Json { line: 2, .. }));
    assert!(!format!("{error} {error:?}").contains("Quillfeather"));
    assert!(matches!(read_json(cursor("{}"), &limits()), Err(Error::Calendar(_))));
}

#[test]
fn one_division_of_the_bank_holidays_is_read() {
    let file = r#"{"england-and-wales": {"division": "england-and-wales", "events": [
        {"title": "Boxing Day", "date": "2026-12-28", "notes": "Substitute day", "bunting": true}]},
        "scotland": {"division": "scotland", "events": []}}"#;
    let days = bank_holiday::read(cursor(file), &limits(), ENGLAND_AND_WALES).unwrap();
    assert_eq!(days.get(&date(2026, 12, 28)).map(String::as_str), Some("Boxing Day"));
    for absent in ["scotland", "wales"] {
        let error = bank_holiday::read(cursor(file), &limits(), absent).unwrap_err();
        assert!(matches!(error, Error::NoDivision), "{absent}");
    }
}
