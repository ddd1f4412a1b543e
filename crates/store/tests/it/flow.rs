//! One incident through the whole way, and what may come between.

use encompass_core::id::{ChildId, ContactId, IncidentId, NotificationId};
use encompass_core::plan::Class;
use encompass_core::state::{
    AttemptState, Channel, ChildState, DeliveryKind, Hold, NotificationEnd, NotificationState,
    ResolutionKind, SettingKind, TaskKind,
};
use encompass_store::audit_log::{Entry, Verdict};
use encompass_store::contact::How;
use encompass_store::delivery::{Body, Ended, Mail};
use encompass_store::directory::Setting;
use encompass_store::directory::load::Brake;
use encompass_store::incident::{Acceptance, Due, NamedChild, Publication, VersionKind};
use encompass_store::notification::Notification;
use encompass_store::prior::{Step, Told};
use encompass_store::resolution::{Decision, Target, TargetRung};
use encompass_store::{Actor, Error, Store};
use jiff::{SignedDuration, Timestamp};

use crate::made_up::{lead, loaded_school, now};
use crate::{at, on_both, somebody};

pub const FORCE: &str = "north";
const REFERENCE: &str = "N/1/26";

fn due() -> Timestamp {
    at("2026-03-03T08:40:00Z")
}

pub fn publication(version: i64, kind: VersionKind, children: &[&str]) -> Publication {
    let mut content_hash = [0; 32];
    content_hash[0] = u8::try_from(version).unwrap();
    content_hash[1] = u8::try_from(children.len()).unwrap();
    Publication {
        force: FORCE.into(),
        reference: REFERENCE.into(),
        version,
        kind,
        content_hash,
        body: br#"{"force":"north"}"#.to_vec().into(),
        marks: Vec::new(),
        marks_left_out: 0,
        known_at: now(),
        known_by: "known_at".into(),
        recorded_at: None,
        published_at: None,
        arrived_at: now(),
        received_at: now(),
        source: "test".into(),
        traceparent: None,
        is_restricted: false,
        is_exercise: false,
        is_history: false,
        children: children
            .iter()
            .zip(0..)
            .map(|(child_ref, place)| NamedChild { child_ref: (*child_ref).into(), place })
            .collect(),
        provisional: Due { at: due(), is_provisional: true, reasoning: "{}".into() },
    }
}

pub async fn accept(store: &Store, publication: Publication) -> Acceptance {
    let mut tx = store.begin().await.unwrap();
    let accepted = tx.accept(vec![publication]).await.unwrap();
    tx.commit().await.unwrap();
    accepted[0]
}

/// The setting with one verified contact, told by mail.
pub async fn school_with_lead(store: &Store) -> (Setting, ContactId) {
    let school = loaded_school(store, "100001").await;
    let contacts = vec![lead(&school, "Quillon Brask", "lead@school.example")];
    let file = encompass_store::contact::File { source: "test".into(), is_whole: true, contacts };
    encompass_store::contact::import(store, file, Brake::default(), &somebody(), now()).await.unwrap();
    let contacts =
        store.contacts_of(&encompass_store::Scope::service("test"), school.id, FORCE).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.verify_contact(contacts[0].id, How::Call, somebody(), now()).await.unwrap();
    tx.commit().await.unwrap();
    (school, contacts[0].id)
}

fn incident(store: &Store) -> IncidentId {
    store.identity().incident(FORCE, REFERENCE, now())
}

/// What the lifecycle topic tells of the incident.
pub fn told_before(store: &Store, step: Step, sequence: i64) -> Told {
    let of = (store.identity().reference(FORCE, REFERENCE), incident(store));
    Told { of, step, sequence, at: now() }
}

pub fn child(store: &Store, child_ref: &str) -> ChildId {
    store.identity().child(incident(store), child_ref)
}

pub async fn decide(store: &Store, child_refs: &[&str], school: &Setting, contact: ContactId) {
    let ids: Vec<ChildId> = child_refs.iter().map(|child_ref| child(store, child_ref)).collect();
    decide_about(store, &ids, school, contact, now()).await;
}

/// Decides, and has the contact sent to at `send_at`.
pub async fn decide_about(
    store: &Store,
    ids: &[ChildId],
    school: &Setting,
    contact: ContactId,
    send_at: Timestamp,
) {
    decide_for(store, ids, &target(school, contact, send_at)).await;
}

/// What is owed to the school.
pub fn target(school: &Setting, contact: ContactId, send_at: Timestamp) -> Target {
    Target {
        setting: school.id,
        kind: SettingKind::School,
        authority: Some("919".into()),
        legal_basis: "s49a".into(),
        due: Due { at: due(), is_provisional: false, reasoning: "{}".into() },
        call_at: due() - SignedDuration::from_mins(60),
        rungs: vec![TargetRung { contact, channel: Channel::Email, at: send_at }],
    }
}

pub async fn decide_for(store: &Store, ids: &[ChildId], target: &Target) {
    let mut tx = store.begin().await.unwrap();
    let mut decisions = Vec::new();
    for child in tx.children(ids).await.unwrap() {
        decisions.push(Decision {
            key: tx.incident_key(child.incident).await.unwrap(),
            child,
            kind: ResolutionKind::Matched,
            by: Actor::Service("resolver"),
            evidence: b"{}".to_vec().into(),
            rules_version: "test".into(),
            incident_version: 1,
            register_load: None,
            directory_load: None,
            targets: vec![target.clone()],
            hold: None,
            is_restricted: false,
            provisional: None,
            authority: None,
        });
    }
    tx.decide(decisions, now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Claims what is due and records one outcome for all of it. Says which Message-IDs were claimed.
pub async fn send(
    store: &Store,
    outcome: AttemptState,
    class: Option<Class>,
    next_at: Option<Timestamp>,
) -> Vec<String> {
    let lease = SignedDuration::from_secs(60);
    let claimed = store.claim_deliveries("test", 10, now(), now(), lease).await.unwrap();
    let ended = claimed
        .iter()
        .map(|claim| Ended {
            delivery: claim.id,
            claim: claim.claim,
            outcome,
            class,
            code: Some("250".into()),
            next_at,
            at: now(),
        })
        .collect();
    let mut tx = store.begin().await.unwrap();
    tx.record_attempts(ended).await.unwrap();
    tx.commit().await.unwrap();
    claimed.into_iter().map(|claim| claim.message_id).collect()
}

pub async fn notification(store: &Store, child_ref: &str, school: &Setting) -> Notification {
    let id: NotificationId = store.identity().notification(child(store, child_ref), school.id);
    let mut tx = store.begin().await.unwrap();
    tx.notifications(&[id]).await.unwrap().remove(0)
}

/// What people are asked, but about held children.
pub async fn asked(store: &Store) -> Vec<TaskKind> {
    let mut tx = store.begin().await.unwrap();
    let tasks = tx.alerting_tasks(Timestamp::MAX, 100).await.unwrap();
    tasks.into_iter().map(|task| task.kind).filter(|kind| *kind != TaskKind::Hold).collect()
}

#[tokio::test]
async fn two_siblings_are_one_mail_and_each_is_acknowledged_by_itself() {
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        assert_eq!(
            accept(&store, publication(1, VersionKind::Reported, &["a", "b"])).await,
            Acceptance::New(incident(&store))
        );
        decide(&store, &["a", "b"], &school, contact).await;
        assert_eq!(send(&store, AttemptState::Accepted, None, None).await.len(), 1);
        let (first, second) =
            (notification(&store, "a", &school).await, notification(&store, "b", &school).await);
        assert_eq!((first.state, second.state), (NotificationState::Sent, NotificationState::Sent));
        let mut tx = store.begin().await.unwrap();
        tx.opened(&[first.clone(), second], "portal", &Actor::Contact(contact), now()).await.unwrap();
        tx.acknowledged(&[first], "portal", &Actor::Contact(contact), now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(notification(&store, "a", &school).await.state, NotificationState::Acknowledged);
        assert_eq!(notification(&store, "b", &school).await.state, NotificationState::Opened);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_changes_nothing_and_a_conflict_is_told() {
    on_both(async |store| {
        let id = incident(&store);
        assert_eq!(accept(&store, publication(1, VersionKind::Reported, &["a"])).await, Acceptance::New(id));
        assert_eq!(
            accept(&store, publication(1, VersionKind::Reported, &["a"])).await,
            Acceptance::Repeated(id)
        );
        assert_eq!(
            accept(&store, publication(1, VersionKind::Reported, &["a", "b"])).await,
            Acceptance::Conflict(id)
        );
        assert_eq!(
            accept(&store, publication(3, VersionKind::Corrected, &["a"])).await,
            Acceptance::Newer(id)
        );
        assert_eq!(
            accept(&store, publication(2, VersionKind::Corrected, &["a"])).await,
            Acceptance::Older(id)
        );
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_that_comes_first_leaves_its_children_accounted_for_and_untold() {
    on_both(async |store| {
        accept(&store, publication(2, VersionKind::Withdrawn, &[])).await;
        accept(&store, publication(1, VersionKind::Reported, &["a"])).await;
        let mut tx = store.begin().await.unwrap();
        let child = tx.children(&[child(&store, "a")]).await.unwrap().remove(0);
        assert_eq!(child.state, ChildState::Closed);
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_stops_what_is_unsent() {
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        accept(&store, publication(1, VersionKind::Reported, &["a"])).await;
        decide(&store, &["a"], &school, contact).await;
        accept(&store, publication(2, VersionKind::Withdrawn, &[])).await;
        assert!(send(&store, AttemptState::Accepted, None, None).await.is_empty());
        assert_eq!(notification(&store, "a", &school).await.state, NotificationState::Closed);
    })
    .await;
}

#[tokio::test]
async fn a_notice_that_nobody_is_owed_any_more_when_its_attempt_ends_is_not_tried_again() {
    enum Meanwhile {
        Nothing,
        Withdrawn,
        NotHere,
        Told,
    }
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        let (lease, later) = (SignedDuration::from_secs(60), now() + SignedDuration::from_secs(61));
        let meanwhile = [Meanwhile::Nothing, Meanwhile::Withdrawn, Meanwhile::NotHere, Meanwhile::Told];
        for (meanwhile, number) in meanwhile.iter().zip(1..) {
            for (outcome, ending) in
                [(Some(AttemptState::Deferred), "d"), (Some(AttemptState::Unknown), "u"), (None, "l")]
            {
                let reference = format!("N/{number}/{ending}");
                let id = store.identity().child(store.identity().incident(FORCE, &reference, now()), "a");
                let named = |version, kind| Publication {
                    reference: reference.clone(),
                    ..publication(version, kind, &["a"])
                };
                accept(&store, named(1, VersionKind::Reported)).await;
                decide_about(&store, &[id], &school, contact, now()).await;
                let claimed = store.claim_deliveries("one", 10, now(), now(), lease).await.unwrap().remove(0);
                let mut tx = store.begin().await.unwrap();
                let notice = tx
                    .notifications(&[store.identity().notification(id, school.id)])
                    .await
                    .unwrap()
                    .remove(0);
                let by = Actor::Contact(contact);
                match meanwhile {
                    Meanwhile::Nothing => {}
                    Meanwhile::Withdrawn => {
                        drop(tx.accept(vec![named(2, VersionKind::Withdrawn)]).await.unwrap())
                    }
                    Meanwhile::NotHere => {
                        tx.not_here(&notice, NotificationEnd::NotHere, &by, now()).await.unwrap()
                    }
                    Meanwhile::Told => tx.opened(&[notice], "portal", &by, now()).await.unwrap(),
                }
                tx.commit().await.unwrap();
                match outcome {
                    None => assert_eq!(store.expire_leases(later, later).await.unwrap(), 1),
                    Some(outcome) => {
                        let ended = Ended {
                            delivery: claimed.id,
                            claim: claimed.claim,
                            outcome,
                            class: Some(Class::Unknown),
                            code: None,
                            next_at: Some(later),
                            at: now(),
                        };
                        let mut tx = store.begin().await.unwrap();
                        assert_eq!(tx.record_attempts(vec![ended]).await.unwrap().kept, 1);
                        tx.commit().await.unwrap();
                    }
                }
                let again = store.claim_deliveries("two", 10, later, later, lease).await.unwrap();
                let is_owed = matches!(meanwhile, Meanwhile::Nothing);
                assert_eq!(again.len(), usize::from(is_owed), "{reference}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_child_that_a_correction_no_longer_names_is_closed_and_named_again_is_open() {
    on_both(async |store| {
        accept(&store, publication(1, VersionKind::Reported, &["a", "b"])).await;
        accept(&store, publication(2, VersionKind::Corrected, &["a"])).await;
        let state = async |child_ref| {
            let mut tx = store.begin().await.unwrap();
            tx.children(&[child(&store, child_ref)]).await.unwrap().remove(0).state
        };
        assert_eq!((state("a").await, state("b").await), (ChildState::Held, ChildState::Closed));
        assert_eq!(asked(&store).await, [TaskKind::NoLongerNamed]);
        accept(&store, publication(4, VersionKind::Corrected, &["a"])).await;
        assert_eq!(asked(&store).await, [TaskKind::NoLongerNamed], "once");
        accept(&store, publication(5, VersionKind::Corrected, &["a", "b"])).await;
        assert_eq!(state("b").await, ChildState::Held);
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_ended_unheard_is_unknown_and_repeated_under_the_same_message_id() {
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        accept(&store, publication(1, VersionKind::Reported, &["a"])).await;
        decide(&store, &["a"], &school, contact).await;
        let lease = SignedDuration::from_secs(60);
        let first = store.claim_deliveries("one", 10, now(), now(), lease).await.unwrap().remove(0);
        assert_eq!(store.expire_leases(now(), now()).await.unwrap(), 0);
        let later = now() + SignedDuration::from_secs(61);
        assert_eq!(store.expire_leases(later, later).await.unwrap(), 1);
        let second = store.claim_deliveries("two", 10, later, later, lease).await.unwrap().remove(0);
        assert_eq!(first.message_id, second.message_id);
        assert_eq!(first.body.unwrap().token, second.body.unwrap().token);
        let late = Ended {
            delivery: first.id,
            claim: first.claim,
            outcome: AttemptState::Accepted,
            class: None,
            code: None,
            next_at: None,
            at: later,
        };
        let mut tx = store.begin().await.unwrap();
        let recorded = tx.record_attempts(vec![late]).await.unwrap();
        assert_eq!((recorded.kept, recorded.late), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_refused_makes_its_contact_bad_and_a_call_due_at_once() {
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        accept(&store, publication(1, VersionKind::Reported, &["a"])).await;
        decide(&store, &["a"], &school, contact).await;
        send(&store, AttemptState::Rejected, Some(Class::BadAddress), None).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.open_calls(now(), 10).await.unwrap(), 1);
        assert_eq!(tx.alerting_tasks(now(), 10).await.unwrap().len(), 2);
    })
    .await;
}

/// Ends everything that is due as given up, with this class. Says how many that were.
async fn give_up(store: &Store, class: Option<Class>) -> usize {
    send(store, AttemptState::Rejected, class, None).await.len()
}

async fn queue(store: &Store, kind: DeliveryKind, contact: Option<ContactId>) {
    let mail = Mail { kind, force: FORCE.into(), contact, task: None, body: Body::default(), due_at: due() };
    let mut tx = store.begin().await.unwrap();
    tx.queue_mails(vec![mail], now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn mails_about_tasks_and_verifications_that_reach_nobody_stand_on_the_desks_list_once() {
    on_both(async |store| {
        let (_, contact) = school_with_lead(&store).await;
        for _ in 0..2 {
            queue(&store, DeliveryKind::Alert, None).await;
            assert_eq!(give_up(&store, Some(Class::BadAddress)).await, 1);
        }
        assert_eq!(asked(&store).await, [TaskKind::Stuck]);
        queue(&store, DeliveryKind::Verification, Some(contact)).await;
        assert_eq!(give_up(&store, Some(Class::Timeout)).await, 1);
        assert_eq!(asked(&store).await, [TaskKind::Stuck, TaskKind::BadContact]);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_acknowledged_becomes_a_call_at_its_time_and_not_before() {
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        accept(&store, publication(1, VersionKind::Reported, &["a"])).await;
        decide(&store, &["a"], &school, contact).await;
        send(&store, AttemptState::Accepted, None, None).await;
        let call_at = due() - SignedDuration::from_mins(60);
        for (now, calls) in [(call_at - SignedDuration::from_secs(1), 0), (call_at, 1), (call_at, 0)] {
            let mut tx = store.begin().await.unwrap();
            assert_eq!(tx.open_calls(now, 10).await.unwrap(), calls, "{now}");
            tx.commit().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_child_that_is_not_with_a_setting_is_held_again_with_that_setting_excluded() {
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        accept(&store, publication(1, VersionKind::Reported, &["a"])).await;
        decide(&store, &["a"], &school, contact).await;
        send(&store, AttemptState::Accepted, None, None).await;
        let notice = notification(&store, "a", &school).await;
        let mut tx = store.begin().await.unwrap();
        tx.not_here(&notice, NotificationEnd::NotHere, &Actor::Contact(contact), now()).await.unwrap();
        let child = tx.children(&[child(&store, "a")]).await.unwrap().remove(0);
        assert_eq!((child.state, child.hold), (ChildState::Held, Some(Hold::NotHere)));
        assert!(
            tx.not_here(&notice, NotificationEnd::NotHere, &Actor::Contact(contact), now()).await.is_err()
        );
    })
    .await;
}

#[tokio::test]
async fn events_are_numbered_without_gaps_and_the_audit_chain_is_whole() {
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        accept(&store, publication(1, VersionKind::Reported, &["a", "b"])).await;
        decide(&store, &["a", "b"], &school, contact).await;
        send(&store, AttemptState::Accepted, None, None).await;
        let events = store.unpublished_events(100).await.unwrap();
        let sequences: Vec<u64> = events
            .iter()
            .map(|event| {
                serde_json::from_str::<serde_json::Value>(&event.body).unwrap()["data"]["sequence"]
                    .as_u64()
                    .unwrap()
            })
            .collect();
        assert_eq!(sequences, (1..=u64::try_from(events.len()).unwrap()).collect::<Vec<_>>());
        let mut tx = store.begin().await.unwrap();
        tx.mark_published(&events).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.unpublished_events(100).await.unwrap().is_empty());
        let numbers: Vec<_> =
            store.published_events(FORCE, 0, 100).await.unwrap().iter().map(|e| e.number).collect();
        assert_eq!(numbers, (1..=i64::try_from(events.len()).unwrap()).collect::<Vec<_>>());
        let verdict = store.check_audit_chain(FORCE).await.unwrap();
        assert!(matches!(verdict, Verdict::Whole { rows } if rows >= 3), "{verdict:?}");
    })
    .await;
}

#[tokio::test]
async fn an_audit_chain_that_grows_while_it_is_checked_is_whole() {
    const ROWS: i64 = 150;
    on_both(async |store| {
        let append = async {
            for _ in 0..ROWS {
                let mut tx = store.begin().await.unwrap();
                tx.audit(Entry::new(FORCE, now(), somebody(), "child.viewed", "child:x".into()));
                tx.commit().await.unwrap();
            }
        };
        let check = async {
            loop {
                match store.check_audit_chain(FORCE).await.unwrap() {
                    Verdict::Whole { rows: ROWS } => break,
                    verdict => assert!(matches!(verdict, Verdict::Whole { .. }), "{verdict:?}"),
                }
            }
        };
        tokio::join!(append, check);
    })
    .await;
}

#[tokio::test]
async fn an_erased_incident_holds_nothing_readable_and_a_replay_makes_nothing_new() {
    on_both(async |store| {
        let (school, contact) = school_with_lead(&store).await;
        let (scope, by) = (encompass_store::Scope::service("test"), Actor::Command("ada".into()));
        let reported = || publication(1, VersionKind::Reported, &["a"]);
        accept(&store, reported()).await;
        let erase = async || {
            let mut tx = store.begin().await.unwrap();
            let erased = tx.erase_incident(FORCE, REFERENCE, "request", &by, now()).await;
            if erased.is_ok() {
                tx.commit().await.unwrap();
            }
            erased
        };
        assert!(matches!(erase().await, Err(Error::Changed)), "a child is held");
        decide(&store, &["a"], &school, contact).await;
        assert!(matches!(erase().await, Err(Error::Changed)), "a setting has to be told");
        send(&store, AttemptState::Accepted, None, None).await;
        let notice = notification(&store, "a", &school).await;
        let mut tx = store.begin().await.unwrap();
        tx.opened(&[notice], "portal", &Actor::Contact(contact), now()).await.unwrap();
        tx.commit().await.unwrap();

        assert_eq!(erase().await.unwrap(), incident(&store));
        assert!(matches!(erase().await, Err(Error::NotFound)), "once");
        assert!(matches!(store.open_case(&scope, incident(&store)).await, Err(Error::Sealed)));
        for event in store.unpublished_events(100).await.unwrap() {
            assert!(!event.body.contains(REFERENCE), "{}", event.body);
        }
        let one = notification(&store, "a", &school).await;
        assert_eq!((one.state, one.child.reference), (NotificationState::Closed, None));
        let mut tx = store.begin().await.unwrap();
        assert!(tx.incident_key(incident(&store)).await.is_err(), "its key is gone");
        assert!(tx.alerting_tasks(Timestamp::MAX, 10).await.unwrap().is_empty());
        drop(tx);
        let log = store.audit_of_incident(incident(&store)).await.unwrap();
        let last = log.last().unwrap();
        assert_eq!(
            (last.action.as_str(), last.actor.as_str(), last.detail.as_str()),
            ("incident.erased", "command:ada", "request")
        );

        let before = store.unpublished_events(100).await.unwrap().len();
        assert_eq!(accept(&store, reported()).await, Acceptance::Erased(incident(&store)));
        let newer = publication(2, VersionKind::Corrected, &["a", "b"]);
        assert_eq!(accept(&store, newer).await, Acceptance::Erased(incident(&store)));
        assert_eq!(store.unpublished_events(100).await.unwrap().len(), before);
        assert!(send(&store, AttemptState::Accepted, None, None).await.is_empty());
    })
    .await;
}
