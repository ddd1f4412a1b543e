use jiff::civil::{Weekday, date, time};

use super::*;

fn row(day: Date, kind: DayKind) -> DayRow {
    DayRow { date: day, kind }
}

/// July 2026: the 6th is a Monday. Made up but for the weekdays.
fn school() -> SchoolDays {
    SchoolDays {
        bank_holidays: Dates::new([date(2026, 7, 8), date(2026, 7, 9)]),
        authority: Some(Days::new([
            row(date(2026, 7, 6), DayKind::Term),
            row(date(2026, 7, 7), DayKind::Holiday),
            row(date(2026, 7, 10), DayKind::Holiday),
            row(date(2026, 7, 11), DayKind::Term),
            row(date(2026, 7, 14), DayKind::Inset),
        ])),
        own: Days::new([
            row(date(2026, 7, 9), DayKind::Open),
            row(date(2026, 7, 10), DayKind::Term),
            row(date(2026, 7, 12), DayKind::Open),
            row(date(2026, 7, 15), DayKind::Inset),
            row(date(2026, 7, 16), DayKind::Closed),
            row(date(2026, 7, 17), DayKind::Holiday),
            row(date(2026, 7, 18), DayKind::Term),
        ]),
        opening: Opening::at(time(8, 40, 0, 0)),
    }
}

#[test]
fn every_layer_of_a_school_is_asked_in_its_turn() {
    let cases = [
        (6, Why::AuthorityTerm),
        (7, Why::AuthorityHoliday),
        (8, Why::BankHoliday),
        (9, Why::OwnOpen),
        (10, Why::OwnTerm),
        (11, Why::Weekend),
        (12, Why::OwnOpen),
        (13, Why::NothingSaid),
        (14, Why::AuthorityInset),
        (15, Why::OwnInset),
        (16, Why::OwnClosed),
        (17, Why::OwnHoliday),
        (18, Why::Weekend),
    ];
    for (day, why) in cases {
        let verdict = school().verdict(date(2026, 7, day));
        assert_eq!(verdict, DayVerdict { open: why.opens(), why }, "July {day}");
    }
}

#[test]
fn the_authoritys_dates_close_no_school_that_does_not_follow_them() {
    let academy = SchoolDays { authority: None, ..school() };
    assert_eq!(academy.verdict(date(2026, 7, 7)).why, Why::NothingSaid);
    assert!(academy.verdict(date(2026, 7, 14)).open);
}

#[test]
fn a_team_works_on_weekdays_that_are_no_bank_holidays() {
    let team =
        WorkingDays { bank_holidays: Dates::new([date(2026, 7, 8)]), opening: Opening::at(time(9, 0, 0, 0)) };
    let whys: Vec<Why> = (6..=12).map(|day| team.verdict(date(2026, 7, day)).why).collect();
    assert_eq!(
        whys,
        [
            Why::WorkingDay,
            Why::WorkingDay,
            Why::BankHoliday,
            Why::WorkingDay,
            Why::WorkingDay,
            Why::Weekend,
            Why::Weekend
        ]
    );
}

#[test]
fn of_several_rows_for_a_day_the_weightiest_holds_in_any_order() {
    let day = date(2026, 7, 6);
    let kinds = [DayKind::Open, DayKind::Inset, DayKind::Closed, DayKind::Holiday, DayKind::Term];
    for (skipped, holds) in kinds.iter().enumerate() {
        let rows = kinds[skipped..].iter().map(|kind| row(day, *kind));
        assert_eq!(Days::new(rows.clone()).on(day), Some(*holds));
        assert_eq!(Days::new(rows.rev()).on(day), Some(*holds));
    }
    assert_eq!(Days::new([row(day, DayKind::Term)]).on(date(2026, 7, 7)), None);
}

#[test]
fn an_opening_time_may_differ_by_weekday() {
    let opening = Opening::at(time(8, 40, 0, 0)).on(Weekday::Wednesday, time(9, 30, 0, 0));
    assert_eq!(opening.time(date(2026, 7, 7)), time(8, 40, 0, 0));
    assert_eq!(opening.time(date(2026, 7, 8)), time(9, 30, 0, 0));
}

#[test]
fn opening_times_follow_the_clocks() {
    let school = |hour, minute| Calendar::School(SchoolDays::unknown(Opening::at(time(hour, minute, 0, 0))));
    let cases = [
        ("winter", date(2026, 3, 27), 8, 40, "2026-03-27T08:40:00Z"),
        ("summer", date(2026, 3, 30), 8, 40, "2026-03-30T07:40:00Z"),
        ("back in winter", date(2026, 10, 26), 8, 40, "2026-10-26T08:40:00Z"),
        ("skipped in March", date(2026, 3, 29), 1, 30, "2026-03-29T01:30:00Z"),
        ("twice in October, the first", date(2026, 10, 25), 1, 30, "2026-10-25T00:30:00Z"),
    ];
    for (name, day, hour, minute, expected) in cases {
        let expected: Timestamp = expected.parse().unwrap();
        assert_eq!(school(hour, minute).opening_at(day), expected, "{name}");
    }
}

#[test]
fn day_rows_have_a_plain_form_for_the_store() {
    let json = serde_json::to_string(&row(date(2026, 7, 6), DayKind::Inset)).unwrap();
    assert_eq!(json, r#"{"date":"2026-07-06","kind":"inset"}"#);
    assert_eq!(serde_json::from_str::<DayRow>(&json).unwrap(), row(date(2026, 7, 6), DayKind::Inset));
}
