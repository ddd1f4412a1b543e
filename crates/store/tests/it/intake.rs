//! Positions, duties, keys, and notifications that a restored store is told of.

use encompass_core::state::{
    AttemptState, ChildState, Hold, NotificationEnd, NotificationState, Reason, TaskKind,
};
use encompass_store::api_key::Owner;
use encompass_store::directory::Setting;
use encompass_store::incident::{Acceptance, Publication, VersionKind};
use encompass_store::position::{Advance, Counts};
use encompass_store::prior::Step;
use encompass_store::{Error, Store};
use jiff::SignedDuration;

use crate::flow::{self, FORCE};
use crate::made_up::now;
use crate::{keys, on_both, on_postgres, somebody};

async fn advance(store: &Store, expected: Option<i64>, next_offset: i64) -> Result<(), Error> {
    let counts = Counts { read: 2, accepted: 1, repeated: 1, refused: 0 };
    let fingerprint = Some([1; 32]);
    let topic = "topic".to_owned();
    let advance = Advance { topic, partition: 3, expected, next_offset, fingerprint, counts };
    let mut tx = store.begin().await.unwrap();
    tx.advance(vec![advance], now()).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_position_moves_only_from_where_its_reader_believes_it_to_be() {
    on_both(async |store| {
        advance(&store, None, 5).await.unwrap();
        assert!(matches!(advance(&store, None, 7).await, Err(Error::Changed)));
        assert!(matches!(advance(&store, Some(4), 7).await, Err(Error::Changed)));
        advance(&store, Some(5), 9).await.unwrap();
        let positions = store.positions("topic").await.unwrap();
        assert_eq!(positions.len(), 1);
        assert_eq!((positions[0].partition, positions[0].next_offset), (3, 9));
        assert_eq!(positions[0].counts, Counts { read: 4, accepted: 2, repeated: 2, refused: 0 });
        let mut tx = store.begin().await.unwrap();
        for end in [4, 12, 7] {
            tx.note_ends([(("out", 0), end)], now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.positions("out").await.unwrap()[0].next_offset, 12);
    })
    .await;
}

#[tokio::test]
async fn a_duty_is_held_by_one_until_its_lease_ends_or_it_is_let_go() {
    on_both(async |store| {
        let lease = SignedDuration::from_secs(15);
        let take = async |holder: &str, after: i64| {
            store.take_duty("publish", holder, now() + SignedDuration::from_secs(after), lease).await.unwrap()
        };
        assert!(take("one", 0).await);
        assert!(!take("two", 1).await);
        assert!(take("one", 10).await);
        assert!(!take("two", 24).await);
        assert!(take("two", 25).await);
        assert!(!take("one", 26).await);
        store.release_duty("publish", "one").await.unwrap();
        assert!(!take("one", 27).await);
        store.release_duty("publish", "two").await.unwrap();
        assert!(take("one", 28).await);
        let beat = store.duty_beat("publish").await.unwrap();
        assert_eq!(beat, Some(now() + SignedDuration::from_secs(28)));
    })
    .await;
}

#[tokio::test]
async fn a_key_is_found_until_it_ends_or_is_revoked() {
    on_both(async |store| {
        let owner = Owner::Force(FORCE.into());
        let until = now() + SignedDuration::from_hours(1);
        let key = store.create_api_key(&owner, "rms", Some(until), &somebody(), now()).await.unwrap();
        assert_eq!(store.find_api_key(&key, now()).await.unwrap().unwrap().owner, owner);
        assert!(store.find_api_key(&key, until).await.unwrap().is_none());
        assert!(store.find_api_key("another", now()).await.unwrap().is_none());
        store.revoke_api_key(&owner, "rms", &somebody(), now()).await.unwrap();
        assert!(store.find_api_key(&key, now()).await.unwrap().is_none());
        assert!(store.revoke_api_key(&owner, "rms", &somebody(), now()).await.is_err());
        let listed = store.api_keys().await.unwrap();
        assert_eq!((listed.len(), listed[0].revoked_at), (1, Some(now())));
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_before_the_copy_that_was_restored_is_not_sent_again() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        let id = |child_ref| store.identity().notification(flow::child(&store, child_ref), school.id);
        let told = |step| flow::told_before(&store, step, 9);
        let mut tx = store.begin().await.unwrap();
        tx.note_prior(&[
            told(Step::Sent(id("a"))),
            told(Step::Sent(id("b"))),
            told(Step::Acknowledged(id("b"))),
        ])
        .await
        .unwrap();
        assert_eq!(tx.apply_all_prior(now()).await.unwrap(), 0);
        tx.commit().await.unwrap();
        flow::accept(&store, flow::publication(1, VersionKind::Reported, &["a", "b"])).await;
        flow::decide(&store, &["a", "b"], &school, contact).await;
        assert!(flow::send(&store, AttemptState::Accepted, None, None).await.is_empty());
        let state = async |child_ref| flow::notification(&store, child_ref, &school).await.state;
        assert_eq!(state("a").await, NotificationState::Sent);
        assert_eq!(state("b").await, NotificationState::Acknowledged);
        assert_eq!(store.recovered_notifications().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_incident_that_comes_again_by_another_message_keeps_the_id_that_was_told() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        let notification = store.identity().notification(flow::child(&store, "a"), school.id);
        let mut tx = store.begin().await.unwrap();
        tx.note_prior(&[flow::told_before(&store, Step::Sent(notification), 9)]).await.unwrap();
        tx.apply_all_prior(now()).await.unwrap();
        tx.commit().await.unwrap();
        let later = now() + SignedDuration::from_hours(1);
        let again = flow::publication(2, VersionKind::Corrected, &["a"]);
        flow::accept(&store, Publication { arrived_at: later, ..again }).await;
        flow::decide(&store, &["a"], &school, contact).await;
        assert!(flow::send(&store, AttemptState::Accepted, None, None).await.is_empty());
        let first = flow::publication(1, VersionKind::Reported, &["a"]);
        let became = flow::accept(&store, Publication { arrived_at: later, ..first }).await;
        assert!(matches!(became, Acceptance::Older(_)), "{became:?}");
        assert_eq!(store.recovered_notifications().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_sibling_that_was_not_told_before_is_still_sent() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        flow::accept(&store, flow::publication(1, VersionKind::Reported, &["a", "b"])).await;
        flow::decide(&store, &["a", "b"], &school, contact).await;
        let notification = store.identity().notification(flow::child(&store, "a"), school.id);
        let mut tx = store.begin().await.unwrap();
        let told = flow::told_before(&store, Step::Sent(notification), 9);
        tx.note_prior(&[told]).await.unwrap();
        assert_eq!(tx.apply_all_prior(now()).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(flow::send(&store, AttemptState::Accepted, None, None).await.len(), 1);
        let state = flow::notification(&store, "b", &school).await.state;
        assert_eq!(state, NotificationState::Sent);
    })
    .await;
}

/// What became of six siblings after the copy was taken, by events of these numbers.
async fn note_what_was_lost(store: &Store, school: &Setting, sequence: i64) {
    let child = |child_ref| flow::child(store, child_ref);
    let id = |child_ref| store.identity().notification(child(child_ref), school.id);
    let steps = [
        Step::Opened(id("a")),
        Step::Ended(id("a"), NotificationEnd::NotHere),
        Step::Ended(id("b"), NotificationEnd::Withdrawn),
        Step::Closed(child("b"), Reason::Unsafe),
        Step::Closed(child("c"), Reason::HandedOver),
        Step::Ended(id("d"), NotificationEnd::ByPerson),
        Step::Closed(child("e"), Reason::Withdrawn),
        Step::Open(child("e")),
        Step::Sent(id("f")),
    ];
    let mut tx = store.begin().await.unwrap();
    for step in steps {
        tx.note_prior(&[flow::told_before(store, step, sequence)]).await.unwrap();
    }
    tx.apply_all_prior(now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn standing(store: &Store, school: &Setting) -> Vec<(ChildState, &'static str, NotificationState)> {
    let mut all = Vec::new();
    for child_ref in SIBLINGS {
        let one = flow::notification(store, child_ref, school).await;
        let why = one.child.hold.map(Hold::as_str).or(one.child.reason.map(Reason::as_str));
        all.push((one.child.state, why.unwrap_or(""), one.state));
    }
    all
}

const SIBLINGS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const CLOSED_AGAIN: [(ChildState, &str, NotificationState); 6] = [
    (ChildState::Held, "not_here", NotificationState::Closed),
    (ChildState::Closed, "unsafe", NotificationState::Closed),
    (ChildState::Held, "restored", NotificationState::Closed),
    (ChildState::Held, "restored", NotificationState::Closed),
    (ChildState::Notified, "", NotificationState::Waiting),
    (ChildState::Notified, "", NotificationState::Sent),
];

#[tokio::test]
async fn what_was_closed_after_the_copy_is_closed_again_whether_the_copy_has_the_incident_or_not() {
    for is_in_copy in [true, false] {
        on_both(async |store| {
            let (school, contact) = flow::school_with_lead(&store).await;
            if !is_in_copy {
                note_what_was_lost(&store, &school, 1000).await;
            }
            flow::accept(&store, flow::publication(1, VersionKind::Reported, &SIBLINGS)).await;
            flow::decide(&store, &SIBLINGS, &school, contact).await;
            if is_in_copy {
                note_what_was_lost(&store, &school, 1000).await;
            }
            assert_eq!(standing(&store, &school).await, CLOSED_AGAIN, "in the copy: {is_in_copy}");
            let mut tx = store.begin().await.unwrap();
            let asked = tx.alerting_tasks(now(), 10).await.unwrap();
            let count = |kind| asked.iter().filter(|task| task.kind == kind).count();
            assert_eq!((count(TaskKind::Hold), count(TaskKind::WrongSetting)), (3, 1));
            drop(tx);
            // A person decides again: what is done with is not closed a second time.
            flow::decide(&store, &["d"], &school, contact).await;
            assert_eq!(standing(&store, &school).await[3].0, ChildState::Notified);
        })
        .await;
    }
}

#[tokio::test]
async fn what_the_store_itself_had_told_is_no_news_to_it() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        flow::accept(&store, flow::publication(1, VersionKind::Reported, &SIBLINGS)).await;
        flow::decide(&store, &SIBLINGS, &school, contact).await;
        note_what_was_lost(&store, &school, 2).await;
        assert!(standing(&store, &school).await.iter().all(|(state, ..)| *state == ChildState::Notified));
    })
    .await;
}

#[tokio::test]
async fn what_follows_from_a_version_bears_its_trace_context_until_a_newer_one_has_another() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        let traced = |version, kind, trace: &str| Publication {
            traceparent: Some(trace.to_owned()),
            ..flow::publication(version, kind, &["a"])
        };
        flow::accept(&store, traced(2, VersionKind::Reported, "of-2")).await;
        flow::accept(&store, traced(1, VersionKind::Reported, "of-1")).await;
        flow::decide(&store, &["a"], &school, contact).await;
        flow::accept(&store, flow::publication(3, VersionKind::Corrected, &["a"])).await;
        let traces: Vec<Option<String>> = store
            .unpublished_events(100)
            .await
            .unwrap()
            .iter()
            .map(|event| serde_json::from_str::<serde_json::Value>(&event.body).unwrap())
            .map(|event| event["traceparent"].as_str().map(str::to_owned))
            .collect();
        let (newest, traced) = traces.split_last().unwrap();
        assert_eq!(*newest, None);
        assert!(
            traced.len() >= 5 && traced.iter().all(|trace| trace.as_deref() == Some("of-2")),
            "{traced:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_force_is_told_where_its_own_incident_stands_and_nothing_of_another_forces() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        flow::accept(&store, flow::publication(4, VersionKind::Reported, &["a", "b"])).await;
        flow::decide(&store, &["a"], &school, contact).await;
        let standing = store.standing(FORCE, "N/1/26").await.unwrap().unwrap();
        assert_eq!((standing.version, standing.is_withdrawn, standing.children.len()), (4, false, 2));
        let (told, held) = (&standing.children[0], &standing.children[1]);
        assert_eq!(told.notifications.len(), 1);
        let id = store.identity().notification(flow::child(&store, "a"), school.id);
        assert_eq!((told.notifications[0].id, told.notifications[0].state), (id, NotificationState::Waiting));
        assert_eq!((held.id, held.notifications.len()), (flow::child(&store, "b"), 0));
        assert!(store.standing("south", "N/1/26").await.unwrap().is_none());
        assert!(store.standing(FORCE, "N/2/26").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn everybody_who_follows_hears_that_events_were_published() {
    on_both(async |store| {
        flow::accept(&store, flow::publication(1, VersionKind::Reported, &["a"])).await;
        let (mut one, mut two) = (store.follow_published(), store.follow_published());
        let written = store.unpublished_events(10).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.mark_published(&written).await.unwrap();
        assert!(!one.has_changed().unwrap());
        tx.commit().await.unwrap();
        one.changed().await.unwrap();
        two.changed().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn another_replica_hears_that_events_were_published() {
    let Some(place) = on_postgres().await else { return };
    let other = Store::open(&place.options, keys()).await.unwrap();
    let mut heard = other.follow_published();
    let tell = async {
        // What is said before the other one listens is not heard: it is said again.
        while !heard.has_changed().unwrap() {
            let mut tx = place.store.begin().await.unwrap();
            tx.mark_published(&[]).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    let within = std::time::Duration::from_secs(30);
    tokio::select! {
        lost = other.relay_wakes() => panic!("the wake-up connection was lost: {lost:?}"),
        told = tokio::time::timeout(within, tell) => told.expect("it is heard within half a minute"),
    }
    heard.changed().await.unwrap();
    other.close().await;
    place.store.close().await;
}
