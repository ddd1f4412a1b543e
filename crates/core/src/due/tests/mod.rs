mod properties;
mod public;
mod told;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date, time},
};
use serde_json::json;

use super::*;
use crate::calendar::{Calendar, Dates, DayKind, DayRow, Days, Opening, SchoolDays, WorkingDays, london};
use crate::incident::Incident;

fn at(local: &str) -> Timestamp {
    london::instant(local.parse().unwrap())
}

fn known(local: &str) -> Known {
    Known { at: at(local), from: KnownFrom::Known }
}

fn row(day: Date, kind: DayKind) -> DayRow {
    DayRow { date: day, kind }
}

fn range(from: Date, to: Date, kind: DayKind) -> impl Iterator<Item = DayRow> {
    from.series(1.day()).take_while(move |day| *day <= to).map(move |day| row(day, kind))
}

fn bank_holidays() -> Dates {
    Dates::new([date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28)])
}

/// A made-up community school: its authority's summer, its own INSET days.
fn school() -> Calendar {
    let authority = range(date(2026, 7, 20), date(2026, 8, 31), DayKind::Holiday)
        .chain(range(date(2026, 10, 24), date(2026, 11, 1), DayKind::Holiday))
        .chain(range(date(2026, 12, 19), date(2027, 1, 3), DayKind::Holiday));
    let own = [row(date(2026, 7, 6), DayKind::Inset), row(date(2026, 9, 1), DayKind::Inset)];
    Calendar::School(SchoolDays {
        bank_holidays: bank_holidays(),
        authority: Some(authority.collect()),
        own: Days::new(own),
        opening: Rules::default().school_opening(),
    })
}

fn team() -> Calendar {
    Calendar::Working(WorkingDays {
        bank_holidays: bank_holidays(),
        opening: Rules::default().team_opening(),
    })
}

#[test]
fn the_due_time_is_the_next_opening_after_the_force_knew() {
    let cases = [
        ("in the small hours", "2026-06-10T02:00", "2026-06-10T08:40"),
        ("a minute before opening", "2026-06-10T08:39", "2026-06-10T08:40"),
        ("at opening", "2026-06-10T08:40", "2026-06-11T08:40"),
        ("in the school day", "2026-06-10T11:00", "2026-06-11T08:40"),
        ("at midnight", "2026-06-11T00:00", "2026-06-11T08:40"),
        ("Friday evening before an INSET Monday", "2026-07-03T22:10", "2026-07-07T08:40"),
        ("Saturday", "2026-06-13T12:00", "2026-06-15T08:40"),
        ("before a bank holiday Monday", "2026-05-22T20:00", "2026-05-26T08:40"),
        ("the last day of term", "2026-07-17T21:00", "2026-09-02T08:40"),
        ("in the summer", "2026-08-12T03:00", "2026-09-02T08:40"),
        ("Saturday night before the clocks go on", "2026-03-28T23:30", "2026-03-30T08:40"),
        ("in the hour that the clocks repeat", "2026-10-25T01:30", "2026-11-02T08:40"),
        ("over Christmas", "2026-12-24T23:00", "2027-01-04T08:40"),
    ];
    for (name, knew, due) in cases {
        let found = due_at(&known(knew), &school(), &Rules::default());
        assert_eq!(london::local(found.at), due.parse().unwrap(), "{name}");
        assert!(found.reason.found, "{name}");
    }
}

#[test]
fn the_hours_before_opening_are_real_hours_when_the_clocks_change() {
    let academy = Calendar::School(SchoolDays::unknown(Rules::default().school_opening()));
    let cases = [
        ("an ordinary weekend", "2026-06-13T00:00", 2 * 24 * 60 + 520),
        ("the clocks go on", "2026-03-28T00:00", 2 * 24 * 60 + 520 - 60),
        ("the clocks go back", "2026-10-24T00:00", 2 * 24 * 60 + 520 + 60),
    ];
    for (name, knew, left) in cases {
        let due = due_at(&known(knew), &academy, &Rules::default());
        assert_eq!(minutes(due.at.duration_since(at(knew))), left, "{name}");
    }
}

#[test]
fn an_opening_in_the_repeated_hour_counts_once() {
    // A night nursery, open every day at half past one: on 25 October that time comes twice, at 00:30 and 01:30 UTC.
    let own = range(date(2026, 10, 20), date(2026, 10, 30), DayKind::Open).collect();
    let nursery = Calendar::School(SchoolDays { own, ..SchoolDays::unknown(Opening::at(time(1, 30, 0, 0))) });
    let cases = [
        ("2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z"),
        ("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ("2026-10-25T01:29:00Z", "2026-10-26T01:30:00Z"),
    ];
    for (knew, due) in cases {
        let knew = Known { at: knew.parse().unwrap(), from: KnownFrom::Known };
        assert_eq!(due_at(&knew, &nursery, &Rules::default()).at, due.parse().unwrap(), "{knew:?}");
    }
}

#[test]
fn a_team_is_due_on_its_next_working_day() {
    let cases = [
        ("2026-07-24T08:00", "2026-07-24T09:00"),
        ("2026-07-24T09:00", "2026-07-27T09:00"),
        ("2026-08-28T17:00", "2026-09-01T09:00"),
        ("2026-12-24T10:00", "2026-12-29T09:00"),
    ];
    for (knew, due) in cases {
        assert_eq!(due_at(&known(knew), &team(), &Rules::default()).at, at(due), "{knew}");
    }
}

#[test]
fn a_child_without_a_setting_is_due_at_its_candidates_earliest_else_the_next_weekday() {
    let knew = known("2026-08-28T17:00");
    let rules = Rules::default();
    let earliest = provisional(&knew, [&school(), &team()], &rules);
    assert_eq!(earliest.at, at("2026-09-01T09:00"));
    assert_eq!(earliest.reason.basis, Basis::Candidate);
    // 31 August is a bank holiday: nobody asks, for the child may be where it is not kept.
    let unknown = provisional(&knew, [], &rules);
    assert_eq!(unknown.at, at("2026-08-31T08:40"));
    assert_eq!(unknown.reason.basis, Basis::DefaultWeekday);
}

#[test]
fn a_calendar_without_an_open_day_gives_the_bound_and_says_so() {
    let own = range(date(2026, 1, 1), date(2027, 12, 31), DayKind::Closed).collect();
    let closed =
        Calendar::School(SchoolDays { own, ..SchoolDays::unknown(Rules::default().school_opening()) });
    let due = due_at(&known("2026-06-10T12:00"), &closed, &Rules::default());
    assert_eq!(due.at, at("2026-10-08T08:40"));
    assert!(!due.reason.found);
    assert_eq!(
        due.reason.to_string(),
        "Known Wed 10 Jun 2026 12:00; Wed 10 Jun to Thu 8 Oct closed by the setting's own word; \
         no open day found, so Thu 8 Oct 08:40 stands until the calendar is mended."
    );
}

#[test]
fn the_reason_reads_as_one_sentence() {
    let rules = Rules::default();
    let recorded = |local| Known { at: at(local), from: KnownFrom::Recorded };
    let cases = [
        (
            due_at(&known("2026-07-03T22:10"), &school(), &rules),
            "Known Fri 3 Jul 2026 22:10, after that day's opening; Sat 4 Jul to Sun 5 Jul weekend; \
             Mon 6 Jul INSET day; Tue 7 Jul opens 08:40.",
        ),
        (
            due_at(&known("2026-06-10T02:00"), &school(), &rules),
            "Known Wed 10 Jun 2026 02:00; Wed 10 Jun opens 08:40.",
        ),
        (
            due_at(&recorded("2026-07-18T02:00"), &school(), &rules),
            "Recorded Sat 18 Jul 2026 02:00; Sat 18 Jul to Sun 19 Jul weekend; \
             Mon 20 Jul to Mon 31 Aug school holiday (authority's dates); Tue 1 Sep INSET day; Wed 2 Sep opens 08:40.",
        ),
        (
            due_at(&known("2026-08-29T10:00"), &team(), &rules),
            "Known Sat 29 Aug 2026 10:00; Sat 29 Aug to Sun 30 Aug weekend; Mon 31 Aug bank holiday; \
             Tue 1 Sep is the next working day, from 09:00.",
        ),
        (
            provisional(&known("2026-06-13T10:00"), [], &rules),
            "Known Sat 13 Jun 2026 10:00; Sat 13 Jun to Sun 14 Jun weekend; \
             no setting known, so the next weekday counts: Mon 15 Jun 08:40.",
        ),
    ];
    for (due, sentence) in cases {
        assert_eq!(due.reason.to_string(), sentence);
    }
}

#[test]
fn weekends_inside_a_holiday_do_not_break_it_up() {
    let weekdays = range(date(2026, 7, 20), date(2026, 8, 31), DayKind::Holiday)
        .filter(|row| row.date.weekday().to_monday_zero_offset() < 5);
    let days =
        SchoolDays { own: weekdays.collect(), ..SchoolDays::unknown(Rules::default().school_opening()) };
    let due = due_at(&known("2026-07-20T03:00"), &Calendar::School(days), &Rules::default());
    assert_eq!(
        due.reason.to_string(),
        "Known Mon 20 Jul 2026 03:00; Mon 20 Jul to Mon 31 Aug school holiday; Tue 1 Sep opens 08:40."
    );
}

#[test]
fn a_due_time_is_stored_with_its_reason_and_reads_back() {
    let due = due_at(&known("2026-07-03T22:10"), &school(), &Rules::default());
    let json = serde_json::to_string(&due).unwrap();
    assert_eq!(serde_json::from_str::<Due>(&json).unwrap(), due);
}

#[test]
fn the_force_knew_at_the_first_instant_stated_and_never_after_our_receipt() {
    let received = at("2026-06-10T06:00");
    let cases = [
        (
            json!({"known_at": "2026-06-10T01:00:00+01:00", "recorded_at": "2026-06-10T02:00:00+01:00"}),
            "01:00",
            KnownFrom::Known,
        ),
        (json!({"recorded_at": "2026-06-10T01:00:00Z"}), "02:00", KnownFrom::Recorded),
        (json!({"published_at": "2026-06-10T05:00:00+01:00"}), "05:00", KnownFrom::Published),
        (json!({"happened": {"from": "2019-01-01T00:00:00Z"}}), "06:00", KnownFrom::Receipt),
        (json!({"known_at": "2026-06-10T01:00:00"}), "06:00", KnownFrom::Receipt),
        (json!({"known_at": "2026-06-11T01:00:00+01:00"}), "06:00", KnownFrom::Receipt),
        (
            json!({"known_at": "2026-06-11T01:00:00+01:00", "recorded_at": "2026-06-10T02:00:00+01:00"}),
            "06:00",
            KnownFrom::Receipt,
        ),
        (json!({"known_at": "2026-06-10T06:02:00+01:00"}), "06:00", KnownFrom::Known),
    ];
    for (mut data, clock, from) in cases {
        data["force"] = json!("northshire");
        data["reference"] = json!("1");
        data["children_checked"] = json!("none");
        let incident = Incident::parse(&data, received).unwrap();
        let expected = Known { at: at(&format!("2026-06-10T{clock}")), from };
        assert_eq!(Known::of(&incident, received), expected, "{data}");
    }
}

#[test]
fn rules_that_are_nonsense_are_reported() {
    assert!(Rules::default().check().is_empty());
    let odd = Rules { school_opens: time(20, 40, 0, 0), search_days_max: 0, ..Rules::default() };
    assert_eq!(odd.check().len(), 2);
}
