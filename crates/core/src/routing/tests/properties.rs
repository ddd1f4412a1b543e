//! What holds of every child.

use proptest::prelude::*;

use super::*;

fn any_enrolment() -> impl Strategy<Value = Enrolment> {
    let day = || {
        proptest::option::of(
            (-400_i64..400).prop_map(|days| TERM.saturating_add(jiff::Span::new().days(days))),
        )
    };
    (
        0..12_u128,
        proptest::sample::select(SettingKind::ALL),
        proptest::sample::select(Attendance::ALL),
        (day(), day(), day()),
        (
            any::<bool>(),
            any::<bool>(),
            proptest::collection::vec(20..22_u128, 0..3),
            proptest::sample::select(LastDay::ALL),
        ),
    )
        .prop_map(|(n, kind, how, (from, until, due_on), (is_open, is_outside, forces, last_day))| {
            Enrolment {
                setting: id(n),
                kind,
                how,
                from,
                until,
                last_day,
                due_on: due_on.unwrap_or(TERM),
                is_open,
                is_outside,
                forces: forces.into_iter().map(id).collect(),
            }
        })
}

fn any_question() -> impl Strategy<Value = Question> {
    let teams = proptest::collection::btree_map(
        proptest::sample::select(Whom::ALL),
        proptest::collection::vec((30..60_u128).prop_map(id), 0..3),
        0..8,
    );
    (
        any::<bool>(),
        proptest::option::of((0..18_i16, 0..2_i16)),
        proptest::option::of(proptest::collection::vec(any_enrolment(), 0..5)),
        (any::<bool>(), teams),
        proptest::collection::btree_set((0..40_u128).prop_map(id), 0..4),
    )
        .prop_map(|(is_unborn, ages, enrolments, (is_known, teams), excluded)| Question {
            is_unborn,
            ages: ages.map(|(age, more)| age..=age + more),
            enrolments,
            home: Home { is_known, teams },
            excluded,
        })
}

proptest! {
    #[test]
    fn every_child_has_a_setting_or_a_reason(question in any_question()) {
        match route(&question, &Routing::default()) {
            Ok(route) => prop_assert!(!route.targets.is_empty()),
            Err(held) => prop_assert!(!held.why.is_empty()),
        }
    }

    #[test]
    fn no_authority_takes_the_place_of_a_school_that_nobody_said_was_left(question in any_question()) {
        let Ok(route) = route(&question, &Routing::default()) else { return Ok(()) };
        let seasonal = |target: &Target| (target.when, target.tell) == (When::BetweenSchools, Whom::MissingEducation);
        let is_stated = |e: &Enrolment| e.standing() == Standing::Ended && e.last_day == LastDay::Stated;
        let replaces = !question.is_unborn && route.targets.iter().all(seasonal);
        prop_assert!(!replaces || question.enrolments.iter().flatten().any(is_stated));
    }

    #[test]
    fn nobody_is_told_twice_without_a_basis_while_closed_or_after_saying_no(question in any_question()) {
        let Ok(route) = route(&question, &Routing::default()) else { return Ok(()) };
        let settings: BTreeSet<_> = route.targets.iter().map(|target| target.setting).collect();
        prop_assert_eq!(settings.len(), route.targets.len());
        for target in &route.targets {
            prop_assert!(!target.basis.trim().is_empty());
            prop_assert!(!question.excluded.contains(&target.setting));
            let enrolled = || question.enrolments.iter().flatten().filter(|e| e.setting == target.setting);
            let in_teams = question.home.teams.values().flatten().any(|team| *team == target.setting);
            let at_force = question.enrolments.iter().flatten().any(|e| e.forces.contains(&target.setting));
            prop_assert!(enrolled().any(|e| e.is_open) || in_teams || at_force);
        }
    }

    #[test]
    fn the_duty_is_named_only_where_the_child_is_on_roll(question in any_question()) {
        let Ok(route) = route(&question, &Routing::default()) else { return Ok(()) };
        for target in route.targets.iter().filter(|target| target.basis == S49A) {
            let on_roll = question.enrolments.iter().flatten().any(|e| {
                e.setting == target.setting
                    && e.is_open
                    && !e.is_outside
                    && e.standing() == Standing::Current
                    && e.how != Attendance::Guest
            });
            prop_assert!(on_roll);
        }
    }

    #[test]
    fn one_more_team_for_a_home_never_tells_more(question in any_question()) {
        let mut more = question.clone();
        more.home.teams.values_mut().filter(|teams| teams.len() == 1).for_each(|teams| teams.push(id(99)));
        let count = |question: &Question| route(question, &Routing::default()).map_or(0, |route| route.targets.len());
        prop_assert!(count(&more) <= count(&question));
    }
}
