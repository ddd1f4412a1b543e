//! Schedules driven along a made-up timeline: what is asserted is *when*.

use super::*;
use crate::state::DeliveryKind;

fn first(due_in: i64) -> Attempted {
    let now = at("2026-06-10T02:00");
    Attempted {
        kind: DeliveryKind::Notice,
        class: Class::Busy,
        attempts: 1,
        first_at: now,
        now,
        due: now + mins(due_in),
        asked_wait: None,
    }
}

/// Attempts until it is given up, in seconds after the first one.
fn run(retry: &Retry, mut tried: Attempted) -> (Vec<i64>, GiveUp) {
    let mut seconds = Vec::new();
    loop {
        seconds.push(tried.now.duration_since(tried.first_at).as_secs());
        match next_attempt_at(retry, &tried) {
            Next::RetryAt(at) => tried = Attempted { now: at, attempts: tried.attempts + 1, ..tried },
            Next::GiveUp(reason) => return (seconds, reason),
        }
    }
}

fn in_minutes(seconds: &[i64]) -> Vec<i64> {
    seconds.iter().map(|second| second / 60).collect()
}

#[test]
fn a_relay_that_is_down_all_night_is_tried_ever_more_often_towards_the_due_time() {
    let (seconds, end) = run(&Rules::default().retry, first(400));
    let minutes = in_minutes(&seconds);
    assert_eq!(
        minutes[..22],
        [0, 1, 3, 8, 18, 33, 63, 123, 192, 244, 283, 312, 334, 350, 363, 372, 379, 384, 389, 394, 399, 404]
    );
    // After the due time every half hour, for a day.
    let last = &minutes[21..];
    assert!(last.windows(2).all(|pair| pair[1] - pair[0] == 30), "{last:?}");
    assert_eq!(end, GiveUp::TooLate);
    assert_eq!(minutes.last(), Some(&(404 + 47 * 30)));
}

#[test]
fn what_came_after_its_due_time_is_tried_quickly_and_then_every_half_hour_for_a_day() {
    let (seconds, end) = run(&Rules::default().retry, first(-3000));
    let minutes = in_minutes(&seconds);
    assert_eq!(minutes[..9], [0, 1, 3, 8, 18, 33, 63, 93, 123]);
    assert_eq!((minutes.last(), end), (Some(&1413), GiveUp::TooLate));
}

#[test]
fn a_code_is_given_up_when_it_expires() {
    let code = Attempted { kind: DeliveryKind::Code, ..first(10) };
    let (seconds, end) = run(&Rules::default().retry, code);
    assert_eq!((in_minutes(&seconds), end), (vec![0, 1, 3, 8], GiveUp::TooLate));
}

#[test]
fn a_bad_address_is_not_tried_again() {
    let bad = Attempted { class: Class::BadAddress, ..first(400) };
    assert_eq!(next_attempt_at(&Rules::default().retry, &bad), Next::GiveUp(GiveUp::BadContact));
}

#[test]
fn a_server_is_given_the_wait_it_asks_for_up_to_a_bound() {
    let cases = [(0, 1), (1, 1), (12, 12), (30, 30), (600, 30)];
    for (asked, waited) in cases {
        let tried = Attempted { class: Class::RateLimited, asked_wait: Some(mins(asked)), ..first(400) };
        let expected = Next::RetryAt(tried.now + mins(waited));
        assert_eq!(next_attempt_at(&Rules::default().retry, &tried), expected, "asked for {asked} minutes");
    }
}

#[test]
fn attempts_have_a_last_bound() {
    let few = Retry { attempts_max: 3, ..Rules::default().retry };
    assert_eq!(run(&few, first(400)), (vec![0, 60, 180], GiveUp::TooMany));
}
