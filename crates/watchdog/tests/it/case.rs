//! Made-up cases, brought by the store's own interface into the state that a test wants.

use encompass_core::id::{ChildId, ContactId, IncidentId, NotificationId, SettingId, TaskId};
use encompass_core::state::{AttemptState, Channel, Hold, ResolutionKind, SettingKind, TaskKind};
use encompass_store::contact::{self, How, Imported, Person};
use encompass_store::delivery::Ended;
use encompass_store::directory::Identifier;
use encompass_store::directory::load::{Brake, Kind, Start};
use encompass_store::directory::setting::{Record, Row, SettingLoad};
use encompass_store::incident::{Due, NamedChild, Publication, VersionKind};
use encompass_store::notification::Notification;
use encompass_store::resolution::{Decision, Target, TargetRung};
use encompass_store::task;
use encompass_store::{Actor, Scope, Store};
use jiff::{SignedDuration, Timestamp};

pub const FORCE: &str = "north";

/// An instant.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// When everything is received.
pub fn start() -> Timestamp {
    at("2026-03-02T09:00:00Z")
}

/// When its settings must have been told.
pub fn due() -> Timestamp {
    at("2026-03-03T08:40:00Z")
}

pub fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn me() -> Actor {
    Actor::Command("tester".into())
}

/// What an incident is, beside its reference and children.
#[derive(Clone, Copy, Default)]
pub struct Traits {
    pub is_exercise: bool,
}

pub fn incident(store: &Store, reference: &str) -> IncidentId {
    store.identity().incident(FORCE, reference, start())
}

pub fn child(store: &Store, reference: &str) -> ChildId {
    store.identity().child(incident(store, reference), "a")
}

/// Accepts an incident with one child.
pub async fn accept(store: &Store, reference: &str, traits: Traits) {
    let publication = Publication {
        force: FORCE.into(),
        reference: reference.into(),
        version: 1,
        kind: VersionKind::Reported,
        content_hash: [1; 32],
        body: b"{}".to_vec().into(),
        marks: Vec::new(),
        marks_left_out: 0,
        known_at: start() - minutes(90),
        known_by: "known_at".into(),
        recorded_at: Some(start() - minutes(30)),
        published_at: None,
        arrived_at: start(),
        received_at: start(),
        source: "test".into(),
        traceparent: None,
        is_restricted: false,
        is_exercise: traits.is_exercise,
        is_history: false,
        children: vec![NamedChild { child_ref: "a".into(), place: 0 }],
        provisional: Due { at: due(), is_provisional: true, reasoning: "{}".into() },
    };
    let mut tx = store.begin().await.unwrap();
    tx.accept(vec![publication]).await.unwrap();
    tx.commit().await.unwrap();
}

/// A school with one verified contact.
#[derive(Clone, Copy)]
pub struct School {
    pub id: SettingId,
    pub contact: ContactId,
}

pub async fn school(store: &Store) -> School {
    let loading = Start {
        kind: Kind::Settings,
        source: "gias".into(),
        owner: "department".into(),
        as_of: start(),
        by: me(),
    };
    let mut load = SettingLoad::begin(store, loading, &[], start()).await.unwrap();
    let identifier = Identifier::new("urn", "100001");
    load.add(vec![row(identifier.clone())], start()).await.unwrap();
    load.finish(Brake::default(), 0, start()).await.unwrap();
    let found = store.settings_by_identifier(&[identifier], start()).await.unwrap();
    let id = found.into_iter().next().flatten().expect("the school was loaded").id;
    School { id, contact: lead(store, id).await }
}

fn row(identifier: Identifier) -> Row {
    let record = Record {
        kind: SettingKind::School,
        name: "Made-up Primary".into(),
        name_key: "made-up primary".into(),
        is_open: true,
        closed_on: None,
        authority: Some("919".into()),
        follows_authority: true,
        town: None,
        postcode: None,
        telephone: None,
        opens_at_minute: None,
        low_age: None,
        high_age: None,
        serves: Vec::new(),
    };
    Row { identifier, also: Vec::new(), opened_on: None, record }
}

async fn lead(store: &Store, setting: SettingId) -> ContactId {
    let person = Person {
        name: Some("Quillon Brask".into()),
        address: "lead@school.example".into(),
        telephone: None,
        secret: None,
    };
    let lead = Imported {
        setting,
        role: "lead".into(),
        channel: Channel::Email,
        person,
        name_key: None,
        forces: vec![FORCE.into()],
        eligible_from: None,
    };
    let file = contact::File { source: "test".into(), is_whole: false, contacts: vec![lead] };
    contact::import(store, file, Brake::default(), &me(), start()).await.unwrap();
    let id = store.contacts_of(&Scope::service("test"), setting, FORCE).await.unwrap()[0].id;
    let mut tx = store.begin().await.unwrap();
    tx.verify_contact(id, How::Call, me(), start()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Decides that the child belongs to the school, or holds it.
pub async fn decide(store: &Store, reference: &str, school: Result<School, Hold>, now: Timestamp) {
    let mut tx = store.begin().await.unwrap();
    let child = tx.children(&[child(store, reference)]).await.unwrap().remove(0);
    let decision = Decision {
        key: tx.incident_key(child.incident).await.unwrap(),
        child,
        kind: if school.is_ok() { ResolutionKind::Matched } else { ResolutionKind::None },
        by: Actor::Service("resolver"),
        evidence: b"{}".to_vec().into(),
        rules_version: "test".into(),
        incident_version: 1,
        register_load: None,
        directory_load: None,
        targets: school.iter().map(|school| target(*school, now)).collect(),
        hold: school.err(),
        is_restricted: false,
        provisional: None,
        authority: None,
    };
    tx.decide(vec![decision], now).await.unwrap();
    tx.commit().await.unwrap();
}

fn target(school: School, now: Timestamp) -> Target {
    Target {
        setting: school.id,
        kind: SettingKind::School,
        authority: Some("919".into()),
        legal_basis: "s49a".into(),
        due: Due { at: due(), is_provisional: false, reasoning: "{}".into() },
        call_at: due() - minutes(60),
        rungs: vec![TargetRung { contact: school.contact, channel: Channel::Email, at: now }],
    }
}

/// Claims what is due, without recording how it ends. Says how many.
pub async fn claim(store: &Store, now: Timestamp) -> Vec<encompass_store::delivery::Claimed> {
    store.claim_deliveries("test", 100, now, now, minutes(1)).await.unwrap()
}

/// Sends all that is due.
pub async fn send(store: &Store, now: Timestamp) {
    let ended = claim(store, now).await.into_iter().map(|claimed| Ended {
        delivery: claimed.id,
        claim: claimed.claim,
        outcome: AttemptState::Accepted,
        class: None,
        code: None,
        next_at: None,
        at: now,
    });
    let mut tx = store.begin().await.unwrap();
    tx.record_attempts(ended.collect()).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn notification(store: &Store, reference: &str, school: School) -> Notification {
    let id: NotificationId = store.identity().notification(child(store, reference), school.id);
    let mut tx = store.begin().await.unwrap();
    tx.notifications(&[id]).await.unwrap().remove(0)
}

/// The lead says "I have it".
pub async fn acknowledge(store: &Store, reference: &str, school: School, now: Timestamp) {
    let notification = notification(store, reference, school).await;
    let mut tx = store.begin().await.unwrap();
    tx.acknowledged(&[notification], "portal", &Actor::Contact(school.contact), now).await.unwrap();
    tx.commit().await.unwrap();
}

/// Opens the calls that are due.
pub async fn open_calls(store: &Store, now: Timestamp) -> usize {
    let mut tx = store.begin().await.unwrap();
    let opened = tx.open_calls(now, 100).await.unwrap();
    tx.commit().await.unwrap();
    opened
}

/// The detail of each open task of the watchdog's, oldest alert first.
pub async fn stuck_tasks(store: &Store, now: Timestamp) -> usize {
    let mut tx = store.begin().await.unwrap();
    let open: Vec<task::Alerting> = tx.alerting_tasks(now, 1000).await.unwrap();
    open.iter().filter(|task| task.kind == TaskKind::Stuck).count()
}

/// Notes that the one task whose alert is due was mailed, and when the next one is.
pub async fn alerted(store: &Store, now: Timestamp, next_at: Option<Timestamp>) -> TaskId {
    let mut tx = store.begin().await.unwrap();
    let due = tx.alerting_tasks(now, 10).await.unwrap();
    assert_eq!(due.len(), 1, "{due:?}");
    tx.tasks_alerted(&[(due[0].id, next_at)]).await.unwrap();
    tx.commit().await.unwrap();
    due[0].id
}

/// Somebody at the desk takes a task.
pub async fn claim_task(store: &Store, task: TaskId, now: Timestamp) {
    let ada = Scope::staff("ada".into(), vec![FORCE.into()], Vec::new(), false);
    let mut tx = store.begin().await.unwrap();
    tx.claim_task(task, &ada, now).await.unwrap();
    tx.commit().await.unwrap();
}
