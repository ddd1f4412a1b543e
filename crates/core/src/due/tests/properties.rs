use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

fn kinds() -> impl Strategy<Value = DayKind> {
    prop::sample::select(vec![
        DayKind::Term,
        DayKind::Holiday,
        DayKind::Closed,
        DayKind::Inset,
        DayKind::Open,
    ])
}

fn rows() -> impl Strategy<Value = Vec<DayRow>> {
    prop::collection::vec((0..200_i64, kinds()), 0..80).prop_map(|days| {
        days.into_iter().map(|(ahead, kind)| row(date(2026, 2, 1) + ahead.days(), kind)).collect()
    })
}

prop_compose! {
    fn any_school()(authority in rows(), own in rows(), follows: bool, off in rows(), hour in 0..24_i8)
        -> SchoolDays
    {
        SchoolDays {
            bank_holidays: off.iter().map(|row| row.date).collect(),
            authority: follows.then(|| authority.into_iter().collect()),
            own: own.into_iter().collect(),
            opening: Opening::at(time(hour, 30, 0, 0)),
        }
    }
}

fn any_known() -> impl Strategy<Value = Known> {
    (0..200 * 24 * 3600_i64).prop_map(|seconds| Known {
        at: at("2026-02-01T00:00") + SignedDuration::from_secs(seconds),
        from: KnownFrom::Known,
    })
}

proptest! {
    #[test]
    fn due_is_after_knowing_at_the_opening_of_an_open_day(days in any_school(), knew in any_known()) {
        let calendar = Calendar::School(days);
        let due = due_at(&knew, &calendar, &Rules::default());
        let day = london::date(due.at);
        prop_assert!(due.at > knew.at);
        prop_assert_eq!(due.at, calendar.opening_at(day));
        prop_assert!(calendar.verdict(day).open && due.reason.found);
        let from = london::date(knew.at);
        for closed in from.series(1.day()).take_while(|closed| *closed < day) {
            prop_assert!(!calendar.verdict(closed).open || calendar.opening_at(closed) <= knew.at);
        }
    }

    #[test]
    fn knowing_later_is_never_due_earlier(days in any_school(), one in any_known(), two in any_known()) {
        let calendar = Calendar::School(days);
        let (early, late) = if one.at <= two.at { (one, two) } else { (two, one) };
        let rules = Rules { search_days_max: 20, ..Rules::default() };
        prop_assert!(due_at(&early, &calendar, &rules).at <= due_at(&late, &calendar, &rules).at);
    }

    #[test]
    fn a_closed_day_added_never_makes_due_earlier(
        days in any_school(),
        knew in any_known(),
        ahead in 0..200_i64,
        kind in prop::sample::select(vec![DayKind::Holiday, DayKind::Closed, DayKind::Inset]),
        to_own: bool,
    ) {
        let added = row(date(2026, 2, 1) + ahead.days(), kind);
        let mut more = days.clone();
        if to_own {
            more.own = days.own.rows().iter().copied().chain([added]).collect();
        } else {
            let authority = days.authority.clone().unwrap_or_default();
            more.authority = Some(authority.rows().iter().copied().chain([added]).collect());
        }
        let rules = Rules { search_days_max: 20, ..Rules::default() };
        let before = due_at(&knew, &Calendar::School(days), &rules);
        prop_assert!(due_at(&knew, &Calendar::School(more), &rules).at >= before.at);
    }
}
