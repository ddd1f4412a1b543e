use jiff::SignedDuration;

use super::*;

#[test]
fn told_at_the_due_time_is_in_time_and_a_moment_after_is_late() {
    let due = at("2026-06-10T08:40");
    let moment = SignedDuration::from_micros(1);
    let cases = [
        (Some(due), due + moment, Timeliness::InTime),
        (Some(due + moment), due + moment, Timeliness::Late),
        (None, due, Timeliness::Pending),
        (None, due + moment, Timeliness::Late),
    ];
    for (told, now, expected) in cases {
        assert_eq!(Timeliness::of(due, told, now), expected, "{told:?} {now}");
    }
    assert!(!Timeliness::counts(due, due));
    assert!(Timeliness::counts(due, due + moment));
}

#[test]
fn the_statutory_clock_runs_from_knowing_to_the_first_of_opened_and_acknowledged() {
    let steps = Steps::default()
        .with(Step::Known, at("2026-06-10T02:00"))
        .with(Step::Received, at("2026-06-10T02:45"))
        .with(Step::Sent, at("2026-06-10T02:46"))
        .with(Step::Acknowledged, at("2026-06-10T08:05"));
    assert_eq!(steps.told_at(), Some(at("2026-06-10T08:05")));
    assert_eq!(steps.known_to_told().map(minutes), Some(365));
    assert_eq!(steps.between(Step::Received, Step::Known).map(minutes), Some(-45));
    assert_eq!(steps.between(Step::Known, Step::Opened), None);
    let spans: Vec<_> = steps.spans().map(|(from, to, span)| (from, to, minutes(span))).collect();
    assert_eq!(
        spans,
        [
            (Step::Known, Step::Received, 45),
            (Step::Received, Step::Sent, 1),
            (Step::Sent, Step::Acknowledged, 319)
        ]
    );
}

#[test]
fn a_miss_is_put_down_to_the_first_link_that_left_too_little_time() {
    let due = at("2026-06-10T08:40");
    let now = at("2026-06-10T10:00");
    let early = Some(at("2026-06-10T03:00"));
    let brink = Some(at("2026-06-10T08:10"));
    let short = Some(at("2026-06-10T08:11"));
    let after = Some(at("2026-06-10T09:00"));
    let good = Chain {
        due,
        received_at: at("2026-06-10T03:00"),
        accepted_at: early,
        resolved_at: early,
        released_at: early,
        contact_at: early,
        sent_at: early,
        told_at: after,
    };
    let cases = [
        ("told in time", Chain { told_at: Some(due), sent_at: None, ..good }, None),
        ("told late", good, Some(Cause::NoAcknowledgement)),
        ("never told", Chain { told_at: None, ..good }, Some(Cause::NoAcknowledgement)),
        ("sent at the brink", Chain { sent_at: brink, ..good }, Some(Cause::NoAcknowledgement)),
        ("sent too shortly before", Chain { sent_at: short, ..good }, Some(Cause::Delivery)),
        ("never sent", Chain { sent_at: None, told_at: None, ..good }, Some(Cause::Delivery)),
        ("no contact", Chain { contact_at: None, sent_at: None, ..good }, Some(Cause::BadContact)),
        ("contact too late", Chain { contact_at: after, sent_at: after, ..good }, Some(Cause::BadContact)),
        ("held too long", Chain { released_at: short, sent_at: short, ..good }, Some(Cause::Held)),
        ("still held", Chain { released_at: None, sent_at: None, told_at: None, ..good }, Some(Cause::Held)),
        ("matched late", Chain { resolved_at: after, released_at: after, ..good }, Some(Cause::NoMatch)),
        ("never matched", Chain { resolved_at: None, contact_at: None, ..good }, Some(Cause::NoMatch)),
        ("refused, mended late", Chain { accepted_at: short, ..good }, Some(Cause::Refused)),
        (
            "received after due",
            Chain { received_at: now, resolved_at: None, ..good },
            Some(Cause::LateFromPolice),
        ),
        (
            "received too shortly before",
            Chain { received_at: at("2026-06-10T08:11"), ..good },
            Some(Cause::LateFromPolice),
        ),
    ];
    for (name, chain, cause) in cases {
        assert_eq!(attribute_miss(&chain, SignedDuration::from_mins(30), now), cause, "{name}");
    }
    let pending = Chain { told_at: None, sent_at: None, ..good };
    assert_eq!(attribute_miss(&pending, SignedDuration::from_mins(30), due), None);
}
