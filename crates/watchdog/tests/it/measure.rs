use std::collections::BTreeMap;

use encompass_core::state::{Hold, NotificationEnd, Reason};
use encompass_store::measure::Measure;
use encompass_store::{Actor, Store};
use jiff::{SignedDuration, Timestamp};
use prometheus::TextEncoder;

use crate::case::{
    Traits, accept, acknowledge, child, decide, due, minutes, notification, school, send, start,
};
use crate::on_both;

/// The samples at `now`, by name and labels as they are exposed.
async fn samples(store: &Store, now: Timestamp) -> BTreeMap<String, f64> {
    let families = Measure::new(store.clone(), SignedDuration::from_mins(15)).families(now).await.unwrap();
    let text = TextEncoder::new().encode_to_string(&families).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.parse().unwrap())
        })
        .collect()
}

fn kept(setting_kind: &str, kind: &str, state: &str) -> String {
    format!(
        r#"encompass_children_kept{{force="north",kind="{kind}",setting_kind="{setting_kind}",state="{state}"}}"#
    )
}

/// In time, sent but unanswered, held, closed in time, not here, an exercise.
async fn six_cases(store: &Store) {
    let school = school(store).await;
    for reference in ["1", "2", "3", "4", "5"] {
        accept(store, reference, Traits::default()).await;
    }
    accept(store, "6", Traits { is_exercise: true }).await;
    for reference in ["1", "2", "5"] {
        decide(store, reference, Ok(school), start() + minutes(1)).await;
    }
    decide(store, "3", Err(Hold::ConnectedAdult), start()).await;
    send(store, start() + minutes(2)).await;
    acknowledge(store, "1", school, start() + minutes(30)).await;
    let notice = notification(store, "5", school).await;
    let mut tx = store.begin().await.unwrap();
    let contact = Actor::Contact(school.contact);
    tx.not_here(&notice, NotificationEnd::NotHere, &contact, start() + minutes(9)).await.unwrap();
    let children = tx.children(&[child(store, "4")]).await.unwrap();
    tx.close_children(&children, Reason::Duplicate, &Actor::Staff("desk".into()), start()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn nothing_is_in_the_denominator_before_its_due_time() {
    on_both(async |store| {
        six_cases(&store).await;
        let samples = samples(&store, due()).await;
        assert!(!samples.keys().any(|name| name.starts_with("encompass_children_due")), "{samples:?}");
        assert_eq!(samples[r#"encompass_time_left_seconds_bucket{force="north",kind="child",le="0"}"#], 3.0);
    })
    .await;
}

#[tokio::test]
async fn every_child_that_was_due_is_in_the_denominator_and_in_one_state() {
    on_both(async |store| {
        six_cases(&store).await;
        let samples = samples(&store, due() + minutes(1)).await;
        let due =
            |kind| samples[&format!(r#"encompass_children_due{{force="north",setting_kind="{kind}"}}"#)];
        assert_eq!((due("school"), due("none")), (2.0, 3.0));
        assert_eq!(samples[&kept("school", "sent", "in_time")], 2.0);
        assert_eq!(samples[&kept("school", "told", "in_time")], 1.0);
        assert_eq!(samples[&kept("school", "told", "late")], 1.0);
        assert_eq!(samples[&kept("none", "told", "late")], 2.0);
        assert_eq!(samples[&kept("none", "told", "closed")], 1.0);
        for kind in ["sent", "told", "acknowledged"] {
            let all: f64 = samples
                .iter()
                .filter(|(name, _)| name.starts_with("encompass_children_kept"))
                .filter(|(name, _)| name.contains(&format!(r#"kind="{kind}""#)))
                .map(|(_, value)| value)
                .sum();
            assert_eq!(all, 5.0, "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn misses_have_a_cause_and_what_was_not_notified_its_reason() {
    on_both(async |store| {
        six_cases(&store).await;
        let samples = samples(&store, due() + minutes(1)).await;
        let expected = [
            r#"encompass_misses{force="north",kind="no_acknowledgement",setting_kind="school"}"#,
            r#"encompass_misses{force="north",kind="held",setting_kind="none"}"#,
            r#"encompass_misses{force="north",kind="no_match",setting_kind="none"}"#,
            r#"encompass_children_not_notified{force="north",kind="duplicate"}"#,
            r#"encompass_wrong_settings{force="north",kind="not_here",setting_kind="school"}"#,
            r#"encompass_children_apart{force="north",kind="exercise"}"#,
            r#"encompass_settings{setting_kind="school",state="one"}"#,
        ];
        for name in expected {
            assert_eq!(samples.get(name), Some(&1.0), "{name} of {samples:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn each_step_from_incident_to_acknowledgement_has_its_time() {
    on_both(async |store| {
        six_cases(&store).await;
        let samples = samples(&store, start() + minutes(60)).await;
        let step = |part: &str, kind: &str| {
            samples[&format!(
                r#"encompass_step_seconds_{part}{{force="north",kind="{kind}",setting_kind="school"}}"#
            )]
        };
        let expected = [
            ("recorded", 3.0, 3.0 * 3600.0),
            ("received", 3.0, 3.0 * 1800.0),
            ("resolved", 3.0, 180.0),
            ("sent", 3.0, 180.0),
            ("opened", 1.0, 28.0 * 60.0),
            ("acknowledged", 1.0, 0.0),
            ("known_to_told", 1.0, 120.0 * 60.0),
        ];
        for (kind, count, sum) in expected {
            assert_eq!((step("count", kind), step("sum", kind)), (count, sum), "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_shown_by_state_and_age() {
    on_both(async |store| {
        six_cases(&store).await;
        let samples = samples(&store, start() + minutes(60)).await;
        let waiting = |kind: &str, state: &str, le: &str| {
            samples[&format!(
                r#"encompass_waiting_age_seconds_bucket{{kind="{kind}",state="{state}",le="{le}"}}"#
            )]
        };
        assert_eq!((waiting("child", "held", "900"), waiting("child", "held", "3600")), (0.0, 3.0));
        assert_eq!(samples[r#"encompass_children_held{force="north",kind="connected_adult"}"#], 1.0);
        assert_eq!(samples[r#"encompass_tasks{force="north",kind="wrong_setting",state="open"}"#], 1.0);
        assert_eq!(samples[r#"encompass_outbox_age_seconds{force="north"}"#], 3600.0);
        assert!(samples[r#"encompass_audit_rows{force="north"}"#] >= 6.0);
    })
    .await;
}
