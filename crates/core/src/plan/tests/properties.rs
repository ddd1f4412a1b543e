use proptest::prelude::*;

use super::*;
use crate::state::DeliveryKind;

prop_compose! {
    fn any_rules()(
        mut steps in prop::collection::vec(1..20_000_i64, 1..10),
        share in 2..100_i32,
        near in 1..7200_i64,
        after in 1..7200_i64,
        hours in 0..48_i64,
        attempts_max in 1..400_u32,
        before_due in 5..600_i64,
        deputies in 0..600_i64,
    ) -> Rules {
        steps.sort_unstable();
        let mut rules = Rules::default();
        rules.retry.steps = steps.into_iter().map(SignedDuration::from_secs).collect();
        rules.retry.share_of_time_left = share;
        rules.retry.near_due_gap = SignedDuration::from_secs(near);
        rules.retry.after_due_gap = SignedDuration::from_secs(after);
        rules.retry.after_due_for = SignedDuration::from_hours(hours);
        rules.retry.attempts_max = attempts_max;
        rules.call.before_due = mins(before_due);
        rules.contacts.deputies_after = mins(deputies);
        rules
    }
}

fn first(due_in: i64, asked: Option<i64>) -> Attempted {
    let now = at("2026-06-10T02:00");
    Attempted {
        kind: DeliveryKind::Notice,
        class: Class::Timeout,
        attempts: 1,
        first_at: now,
        now,
        due: now + SignedDuration::from_secs(due_in),
        asked_wait: asked.map(SignedDuration::from_secs),
    }
}

/// All attempts until it is given up.
fn attempts(rules: &Rules, mut tried: Attempted) -> Vec<Timestamp> {
    let mut all = vec![tried.now];
    while let Next::RetryAt(at) = next_attempt_at(&rules.retry, &tried) {
        all.push(at);
        tried = Attempted { now: at, attempts: tried.attempts + 1, ..tried };
    }
    all
}

proptest! {
    #[test]
    fn retries_rise_strictly_and_are_bounded_in_number_and_time(
        rules in any_rules(),
        due_in in -200_000..400_000_i64,
        asked in prop::option::of(-10..100_000_i64),
    ) {
        let tried = first(due_in, asked);
        let all = attempts(&rules, tried);
        prop_assert!(all.is_sorted_by(|a, b| a < b));
        prop_assert!(all.len() <= rules.retry.attempts_max as usize);
        let limit = tried.due.max(tried.first_at) + rules.retry.after_due_for;
        prop_assert!(all.iter().all(|at| *at <= limit));
    }

    #[test]
    fn the_last_attempt_before_the_due_time_is_near_it(rules in any_rules(), due_in in 1..400_000_i64) {
        let tried = first(due_in, None);
        let all = attempts(&rules, tried);
        let spent = all.len() == rules.retry.attempts_max as usize;
        let near = |at: &Timestamp| *at <= tried.due && *at >= tried.due - rules.retry.near_due_gap;
        prop_assert!(spent || all.iter().any(near));
    }

    #[test]
    fn the_call_is_never_after_the_due_time_and_a_send_is_never_put_off(
        rules in any_rules(),
        due_in in -200_000..400_000_i64,
        contacts in 0..5_usize,
    ) {
        let Attempted { now, due, .. } = first(due_in, None);
        prop_assert!(call_task_at(&rules, due, now) <= due);
        let plan = Plan::draw(&rules, &vec![Channel::Email; contacts], now, due);
        prop_assert!(plan.call_at <= due);
        prop_assert_eq!(plan.first_send_at(), (contacts > 0).then_some(now));
        prop_assert!(plan.rungs.iter().all(|rung| rung.at >= now && rung.at <= plan.call_at.max(now)));
    }
}
