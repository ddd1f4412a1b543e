//! Made-up settings, contacts and children.

use encompass_core::id::EntryId;
use encompass_core::routing::LastDay;
use encompass_core::state::{Channel, SettingKind};
use encompass_store::contact::{Imported, Person};
use encompass_store::directory::load::{Brake, Kind, Outcome, Start};
use encompass_store::directory::setting::{Record, Row, SettingLoad};
use encompass_store::directory::{Identifier, Setting, Succession};
use encompass_store::register::{self, Candidate, Enrolment, Entry};
use encompass_store::{Scope, Store};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::{at, somebody};

/// The day on which everything happens.
pub const TODAY: Date = date(2026, 3, 2);

/// Nine in the morning of it.
pub fn now() -> Timestamp {
    at("2026-03-02T09:00:00Z")
}

/// What is known of a load before its first row.
pub fn start(kind: Kind, source: &str) -> Start {
    Start { kind, source: source.into(), owner: "department".into(), as_of: now(), by: somebody() }
}

/// A URN.
pub fn urn(value: &str) -> Identifier {
    Identifier::new("urn", value)
}

/// An open primary school of authority 919.
pub fn school(number: &str, name: &str) -> Row {
    let record = Record {
        kind: SettingKind::School,
        name: name.into(),
        name_key: name.to_lowercase(),
        is_open: true,
        closed_on: None,
        authority: Some("919".into()),
        follows_authority: true,
        town: Some("Marlow Cross".into()),
        postcode: Some("ZZ1 4AB".into()),
        telephone: Some("01632960001".into()),
        opens_at_minute: Some(8 * 60 + 30),
        low_age: Some(4),
        high_age: Some(11),
        serves: Vec::new(),
    };
    Row { identifier: urn(number), also: Vec::new(), opened_on: None, record }
}

/// Loads settings of one source with its links.
pub async fn load_linked(
    store: &Store,
    source: &str,
    rows: Vec<Row>,
    links: &[Succession],
    brake: Brake,
) -> Outcome {
    let mut load = SettingLoad::begin(store, start(Kind::Settings, source), links, now()).await.unwrap();
    for rows in rows.chunks(100) {
        load.add(rows.to_vec(), now()).await.unwrap();
    }
    load.finish(brake, 0, now()).await.unwrap()
}

/// Loads settings of one source.
pub async fn load(store: &Store, rows: Vec<Row>) -> Outcome {
    load_linked(store, "gias", rows, &[], Brake::default()).await
}

/// The setting of a number; the machine's time is far enough from any other call's to look again.
pub async fn setting(store: &Store, number: &str) -> Option<Setting> {
    let found = store.settings_by_identifier(&[urn(number)], now()).await.unwrap();
    found.into_iter().next().flatten().map(|setting| (*setting).clone())
}

/// A school that is loaded, by its number.
pub async fn loaded_school(store: &Store, number: &str) -> Setting {
    load(store, vec![school(number, "Made-up Primary")]).await;
    setting(store, number).await.unwrap()
}

/// A safeguarding lead with an e-mail address, for the force `north`.
pub fn lead(of: &Setting, name: &str, address: &str) -> Imported {
    Imported {
        setting: of.id,
        role: "lead".into(),
        channel: Channel::Email,
        person: Person { name: Some(name.into()), address: address.into(), telephone: None, secret: None },
        name_key: Some(name.to_lowercase()),
        forces: vec!["north".into()],
        eligible_from: None,
    }
}

/// A child on roll at a setting since the last September.
pub fn child(number: &str, given: &str, family: &str, born: Date, at: &Setting) -> Entry {
    let person = register::Person {
        child: number.into(),
        given: given.into(),
        family: family.into(),
        known_as: None,
        former_family: Vec::new(),
        birth_date: born,
        sex: None,
        address: Some("4 Invented Lane".into()),
        postcode: Some("ZZ1 4AB".into()),
        upn: None,
        nhs_number: None,
        details: encompass_store::register::Details::default(),
    };
    let starts_on = Some(date(2025, 9, 1));
    Entry {
        keys: Vec::new(),
        person,
        restricted: false,
        doubtful: false,
        enrolments: vec![Enrolment {
            setting: at.id,
            kind: "main".into(),
            starts_on,
            ends_on: None,
            last_day: LastDay::Stated,
            attendance: None,
        }],
    }
}

/// Everybody on the registers of a force, as a service sees them.
pub async fn everybody(store: &Store, force: &str) -> Vec<Candidate> {
    let scope = Scope::service("test");
    let mut wanted = Vec::new();
    for register in store.registers_of(&scope, force).await.unwrap() {
        let roll = store.roll(&scope, force, register.id).await.unwrap();
        let all = roll.after(EntryId::new(uuid::Uuid::nil()), 100_000).await.unwrap();
        assert_eq!(roll.count().await.unwrap(), all.len() as u64);
        wanted.extend(all.iter().map(|listed| (register.load, listed.entry)));
    }
    store.entries(&scope, force, &wanted).await.unwrap()
}
