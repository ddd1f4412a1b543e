mod properties;
mod retries;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::state::Channel;

fn at(utc: &str) -> Timestamp {
    format!("{utc}:00Z").parse().unwrap()
}

fn mins(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

#[test]
fn the_default_plan_reads_and_is_no_nonsense() {
    assert_eq!(Rules::default().check(), Vec::<String>::new());
    assert_eq!(Rules::default().call.before_due, mins(60));
}

#[test]
fn the_rungs_are_worked_out_backwards_from_the_due_time() {
    // Now, due, then when the first contact, the others and the call fall.
    let cases = [
        ("a night", "2026-06-10T02:00", "02:00", "03:00", "07:40"),
        ("the others in time before the call", "2026-06-10T06:30", "06:30", "07:10", "07:40"),
        ("the others at once", "2026-06-10T07:20", "07:20", "07:20", "07:40"),
        ("under an hour left", "2026-06-10T08:00", "08:00", "08:00", "08:00"),
        ("past the due time", "2026-06-10T09:30", "09:30", "09:30", "08:40"),
    ];
    let contacts = [Channel::Email, Channel::Webhook, Channel::Email];
    for (name, now, first, others, call) in cases {
        let on_the_day = |clock: &str| at(&format!("2026-06-10T{clock}"));
        let plan = Plan::draw(&Rules::default(), &contacts, at(now), at("2026-06-10T08:40"));
        let expected =
            [(0, Channel::Email, first), (1, Channel::Webhook, others), (2, Channel::Email, others)];
        let expected =
            expected.map(|(contact, channel, clock)| Rung { contact, channel, at: on_the_day(clock) });
        assert_eq!(plan.rungs, expected, "{name}");
        assert_eq!(plan.call_at, on_the_day(call), "{name}");
        assert_eq!(plan.first_send_at(), Some(at(now)), "{name}: a calendar never delays a send");
    }
}

#[test]
fn without_a_usable_contact_the_call_is_made_at_once() {
    let (now, due) = (at("2026-06-10T02:00"), at("2026-06-10T08:40"));
    let none = Plan::draw(&Rules::default(), &[], now, due);
    assert_eq!((none.first_send_at(), none.call_at), (None, now));

    let later = at("2026-06-10T02:05");
    let both = Plan::draw(&Rules::default(), &[Channel::Email, Channel::Email], now, due);
    let one = both.without(0, later);
    assert_eq!(one.rungs, [Rung { contact: 1, channel: Channel::Email, at: later }]);
    assert_eq!(one.call_at, at("2026-06-10T07:40"));
    let none = one.without(1, later);
    assert_eq!((none.rungs.len(), none.call_at), (0, later));
}

#[test]
fn a_task_goes_to_a_second_address_and_then_to_both_until_it_has_been_said_often_enough() {
    let rules =
        Rules { escalation: Escalate { repeats_max: 2, ..Rules::default().escalation }, ..Rules::default() };
    let opened = at("2026-06-10T07:40");
    let cases = [
        ("no clock", None, 15),
        ("time enough", Some(at("2026-06-10T08:40")), 15),
        ("half of what is left", Some(at("2026-06-10T07:50")), 5),
        ("nothing left", Some(at("2026-06-10T07:00")), 0),
    ];
    for (name, due, second) in cases {
        let expected = [
            (0, Address::Duty),
            (second, Address::Second),
            (second + 30, Address::Both),
            (second + 60, Address::Both),
        ];
        let expected = expected.map(|(after, to)| Escalation { at: opened + mins(after), to });
        let found: Vec<_> = escalations(&rules.escalation, opened, due).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn every_failure_is_for_time_a_contact_or_the_operator_to_mend() {
    let cases = [
        (Class::Busy, Remedy::Wait, true),
        (Class::RateLimited, Remedy::Wait, true),
        (Class::MailboxFull, Remedy::Contact, true),
        (Class::BadAddress, Remedy::Contact, false),
        (Class::Gone, Remedy::Contact, false),
        (Class::Policy, Remedy::Operator, true),
        (Class::TlsRequired, Remedy::Contact, true),
        (Class::Auth, Remedy::Operator, true),
        (Class::Network, Remedy::Wait, true),
        (Class::Timeout, Remedy::Wait, true),
        (Class::ServerError, Remedy::Wait, true),
        (Class::Unknown, Remedy::Wait, true),
    ];
    assert_eq!(cases.map(|(class, ..)| class), *Class::ALL, "every class has its case");
    for (class, remedy, retried) in cases {
        assert_eq!((class.remedy(), class.is_worth_retrying()), (remedy, retried), "{class}");
    }
}

#[test]
fn nonsense_is_reported_by_the_name_of_its_setting() {
    type Spoil = fn(&mut Rules);
    let cases: [(&str, Spoil); 12] = [
        ("version", |rules| rules.version.clear()),
        ("contacts.deputies_after", |rules| rules.contacts.deputies_after = mins(-1)),
        ("call.before_due", |rules| rules.call.before_due = mins(0)),
        ("retry.steps", |rules| rules.retry.steps.clear()),
        ("retry.steps", |rules| rules.retry.steps[0] = mins(0)),
        ("retry.steps", |rules| rules.retry.steps.reverse()),
        ("retry.share_of_time_left", |rules| rules.retry.share_of_time_left = 0),
        ("retry.near_due_gap", |rules| rules.retry.near_due_gap = mins(0)),
        ("retry.after_due_for", |rules| rules.retry.after_due_for = mins(8 * 24 * 60)),
        ("retry.attempts_max", |rules| rules.retry.attempts_max = 0),
        ("retry.attempts_max", |rules| rules.retry.attempts_max = 100),
        ("escalation.repeat_every", |rules| rules.escalation.repeat_every = mins(0)),
    ];
    for (name, spoil) in cases {
        let mut rules = Rules::default();
        spoil(&mut rules);
        let faults = rules.check();
        assert_eq!(faults.len(), 1, "{name}: {faults:?}");
        assert!(faults[0].starts_with(name), "{name}: {faults:?}");
    }
}

#[test]
fn a_setting_that_is_not_known_is_refused() {
    let text = "version = \"1\"\nattempt_limit = 3\n";
    assert!(Rules::parse(text).unwrap_err().to_string().contains("attempt_limit"));
}
