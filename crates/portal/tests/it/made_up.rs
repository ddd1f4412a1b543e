//! Made-up schools, contacts and an incident with three siblings.

use encompass_core::id::{ChildId, ContactId};
use encompass_core::incident::Incident;
use encompass_core::state::{Channel, ResolutionKind, SettingKind};
use encompass_store::contact::{How, Imported, Person};
use encompass_store::directory::load::{Brake, Kind, Start};
use encompass_store::directory::setting::{Record, Row, SettingLoad};
use encompass_store::directory::{Identifier, Setting};
use encompass_store::incident::{Due, NamedChild, Publication, VersionKind};
use encompass_store::resolution::{Decision, Target, TargetRung};
use encompass_store::{Actor, Scope, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const SIBLINGS: &str = include_str!("../../../../config/examples/reported-three-siblings.json");
/// The force whose incident it is.
pub const NORTH: &str = "north";
/// The siblings' references: the first two are at one school, the third at another.
pub const WILFRED: &str = "C1";
pub const POSY: &str = "C2";
pub const BRAM: &str = "C3";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Early on the day.
pub fn now() -> Timestamp {
    at("2026-03-03T06:00:00Z")
}

pub fn due() -> Timestamp {
    at("2026-03-03T08:40:00Z")
}

fn somebody() -> Actor {
    Actor::Command("tester".into())
}

fn school(number: &str, name: &str) -> Row {
    let record = Record {
        kind: SettingKind::School,
        name: name.into(),
        name_key: name.to_lowercase(),
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
    Row { identifier: Identifier::new("urn", number), also: Vec::new(), opened_on: None, record }
}

/// Two schools.
pub async fn schools(store: &Store) -> [Setting; 2] {
    let start = Start {
        kind: Kind::Settings,
        source: "gias".into(),
        owner: "department".into(),
        as_of: now(),
        by: somebody(),
    };
    let mut load = SettingLoad::begin(store, start, &[], now()).await.unwrap();
    let rows = vec![school("100001", "Millbrook Primary School"), school("100002", "Little Acorns Nursery")];
    load.add(rows, now()).await.unwrap();
    load.finish(Brake::default(), 0, now()).await.unwrap();
    let wanted = [Identifier::new("urn", "100001"), Identifier::new("urn", "100002")];
    let found = store.settings_by_identifier(&wanted, now()).await.unwrap();
    let mut found = found.into_iter().flatten().map(|setting| (*setting).clone());
    [found.next().unwrap(), found.next().unwrap()]
}

/// A contact of a setting that is not verified yet.
pub async fn contact(
    store: &Store,
    of: &Setting,
    channel: Channel,
    address: &str,
    forces: &[&str],
) -> ContactId {
    let name = (channel == Channel::Email).then(|| "Quillon Brask".to_owned());
    let person = Person { name, address: address.into(), telephone: None, secret: None };
    let imported = Imported {
        setting: of.id,
        role: "lead".into(),
        channel,
        person,
        name_key: None,
        forces: forces.iter().map(|force| (*force).to_owned()).collect(),
        eligible_from: None,
    };
    let file =
        encompass_store::contact::File { source: "test".into(), is_whole: false, contacts: vec![imported] };
    let report =
        encompass_store::contact::import(store, file, Brake::default(), &somebody(), now()).await.unwrap();
    report.added[0]
}

/// The same, verified by a call.
pub async fn verified(
    store: &Store,
    of: &Setting,
    channel: Channel,
    address: &str,
    forces: &[&str],
) -> ContactId {
    let id = contact(store, of, channel, address, forces).await;
    let mut tx = store.begin().await.unwrap();
    tx.verify_contact(id, How::Call, somebody(), now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// The data of the incident with three siblings.
pub fn siblings() -> Value {
    let event: Value = serde_json::from_str(SIBLINGS).unwrap();
    let mut data = event["data"].clone();
    data["force"] = NORTH.into();
    data
}

/// Every text of it that is about a person.
pub fn personal() -> Vec<String> {
    Incident::parse(&siblings(), now()).unwrap().personal_strings()
}

/// Publishes a version of it.
pub async fn publish(store: &Store, data: &Value, version: i64, kind: VersionKind) {
    let children = data["children"].as_array().unwrap();
    let named = children.iter().zip(0..).map(|(child, place)| {
        let child_ref = child["child_ref"].as_str().unwrap().to_owned();
        NamedChild { child_ref, place }
    });
    let mut content_hash = [0; 32];
    content_hash[0] = u8::try_from(version).unwrap();
    let publication = Publication {
        force: NORTH.into(),
        reference: data["reference"].as_str().unwrap().into(),
        version,
        kind,
        content_hash,
        body: serde_json::to_vec(data).unwrap().into(),
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
        children: named.collect(),
        provisional: Due { at: due(), is_provisional: true, reasoning: "{}".into() },
    };
    let mut tx = store.begin().await.unwrap();
    tx.accept(vec![publication]).await.unwrap();
    tx.commit().await.unwrap();
}

/// A child of it.
pub fn child(store: &Store, child_ref: &str) -> ChildId {
    let incident = store.identity().incident(NORTH, siblings()["reference"].as_str().unwrap(), now());
    store.identity().child(incident, child_ref)
}

/// Decides that these children belong to a setting, of whose contacts these are told.
pub async fn decide(
    store: &Store,
    child_refs: &[&str],
    setting: &Setting,
    contacts: &[(ContactId, Channel)],
) {
    let ids: Vec<ChildId> = child_refs.iter().map(|child_ref| child(store, child_ref)).collect();
    let rungs = contacts.iter().map(|(contact, channel)| TargetRung {
        contact: *contact,
        channel: *channel,
        at: now(),
    });
    let target = Target {
        setting: setting.id,
        kind: setting.record.kind,
        authority: setting.record.authority.clone(),
        legal_basis: "s49a".into(),
        due: Due { at: due(), is_provisional: false, reasoning: "{}".into() },
        call_at: due() - SignedDuration::from_mins(60),
        rungs: rungs.collect(),
    };
    let mut tx = store.begin().await.unwrap();
    let mut decisions = Vec::new();
    for child in tx.children(&ids).await.unwrap() {
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

/// The scope of a test that looks behind the pages.
pub const fn everything() -> Scope {
    Scope::service("test")
}
