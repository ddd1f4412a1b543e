//! A made-up town: two schools, a nursery, a health team, their contacts and two registers.

use encompass_core::calendar::{DayKind, DayRow};
use encompass_core::id::{ChildId, ContactId, NotificationId, SettingId};
use encompass_core::plan;
use encompass_core::routing::{LastDay, Routing};
use encompass_core::state::{Channel, SettingKind};
use encompass_matching::Confirmation;
use encompass_resolver::{
    Config, Evidence, Metrics, Resolver, adult_name_key, register_keys, setting_name_key,
};
use encompass_store::child::Child;
use encompass_store::contact::{self, How, Imported};
use encompass_store::db::Options;
use encompass_store::directory::Identifier;
use encompass_store::directory::calendar::{File, Owner, merge};
use encompass_store::directory::load::{Brake, Kind, Start};
use encompass_store::directory::setting::{Record, Row, SettingLoad};
use encompass_store::incident::{Due, NamedChild, Publication, VersionKind};
use encompass_store::notification::Notification;
use encompass_store::register::{Enrolment, Entry, New, Person, RegisterLoad};
use encompass_store::seal::Keys;
use encompass_store::{Actor, Clock, Scope, Store};
use encompass_testkit::{Folder, or_left_out, postgres};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

pub const FORCE: &str = "north";
/// A Monday in term, at three in the morning.
pub const NOW: &str = "2026-03-02T03:00:00Z";
pub const OAK: &str = "100001";
pub const ELM: &str = "100002";
pub const ACORNS: &str = "100003";
pub const TEAM: &str = "100004";
/// Has the same name as another school elsewhere.
pub const TWIN: &str = "100005";

pub struct World {
    pub store: Store,
    pub clock: Clock,
    pub resolver: Resolver,
    /// When the newest message came.
    received_at: std::cell::Cell<Timestamp>,
    _folder: Option<Folder>,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn somebody() -> Actor {
    Actor::Command("tester".into())
}

/// Runs a test in a fresh world on SQLite, then in one on PostgreSQL, both of a force that takes the postcode.
pub async fn on_both(test: impl AsyncFn(World)) {
    test(on_sqlite().await).await;
    if let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) {
        let url = server.database().await.unwrap();
        test(World::open(url, None, &by_postcode()).await).await;
    }
}

pub async fn on_sqlite() -> World {
    World::on_sqlite(&by_postcode()).await
}

/// As a force that decides that exact agreement with the postcode is enough.
pub fn by_postcode() -> Config {
    Config { confirmation: Confirmation::Postcode, ..Config::default() }
}

impl World {
    pub async fn on_sqlite(config: &Config) -> Self {
        let folder = Folder::new().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display());
        Self::open(url, Some(folder), config).await
    }

    async fn open(url: String, folder: Option<Folder>, config: &Config) -> Self {
        let store = Store::open(&Options::at(url), Keys::new(&[7; 32])).await.unwrap();
        let clock = Clock::stepped(at(NOW));
        let metrics = Metrics::new(&prometheus::Registry::new());
        let (plan, routing) = (plan::Rules::default(), Routing::default());
        let resolver = Resolver::new(store.clone(), clock.clone(), config, plan, routing, metrics);
        let received_at = at(NOW).into();
        let world = Self { store, clock, resolver, received_at, _folder: folder };
        world.settle().await;
        world
    }

    /// Loads settings, contacts, and an empty register.
    async fn settle(&self) {
        let rows = vec![
            row(OAK, "Oak Lane Primary School", SettingKind::School, "Larkfield"),
            row(ELM, "Elm Road Primary School", SettingKind::School, "Larkfield"),
            row(ACORNS, "Little Acorns Nursery", SettingKind::EarlyYears, "Larkfield"),
            row(TEAM, "Larkfield Health Visiting Team", SettingKind::HealthVisiting, "Larkfield"),
            row(TWIN, "Oak Lane Primary School", SettingKind::School, "Marlow Cross"),
        ];
        let mut load =
            SettingLoad::begin(&self.store, start(Kind::Settings, "gias"), &[], at(NOW)).await.unwrap();
        load.add(rows, at(NOW)).await.unwrap();
        load.finish(Brake::default(), 0, at(NOW)).await.unwrap();
        let contacts = vec![
            self.contact(OAK, "Wilhelmina Quarrendon", "w@oak.example").await,
            self.contact(ELM, "Barnaby Thistlewood", "b@elm.example").await,
            self.contact(ACORNS, "Perpetua Ashdown", "p@acorns.example").await,
            self.contact(TEAM, "Ignatius Fernleigh", "i@team.example").await,
        ];
        let file = contact::File { source: "test".into(), is_whole: true, contacts };
        let report =
            contact::import(&self.store, file, Brake::default(), &somebody(), at(NOW)).await.unwrap();
        let mut tx = self.store.begin().await.unwrap();
        for id in report.added {
            tx.verify_contact(id, How::Call, somebody(), at(NOW)).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn contact(&self, number: &str, name: &str, address: &str) -> Imported {
        Imported {
            setting: self.setting(number).await,
            role: "lead".into(),
            channel: Channel::Email,
            person: contact::Person {
                name: Some(name.into()),
                address: address.into(),
                telephone: None,
                secret: None,
            },
            name_key: Some(adult_name_key(name)),
            forces: vec![FORCE.into()],
            eligible_from: None,
        }
    }

    pub async fn setting(&self, number: &str) -> SettingId {
        let wanted = [Identifier::new("urn", number)];
        let found = self.store.settings_by_identifier(&wanted, self.clock.machine()).await.unwrap();
        found[0].as_ref().unwrap().id
    }

    /// Loads a register of these people, true at `as_of`.
    pub async fn register(&self, source: &str, as_of: &str, people: &[Pupil]) {
        let mut tx = self.store.begin().await.unwrap();
        let new = New {
            source: source.into(),
            owner: "county".into(),
            forces: vec![FORCE.into()],
            max_age_days: 30,
        };
        tx.put_register(new, somebody(), at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        let mut load =
            RegisterLoad::begin(&self.store, source, true, at(as_of), somebody(), at(NOW)).await.unwrap();
        let mut entries = Vec::new();
        for (number, pupil) in people.iter().enumerate() {
            entries.push(self.entry(number, pupil).await);
        }
        load.add(entries).await.unwrap();
        let brake = Brake { allow_shrink: true, ..Brake::default() };
        load.finish(brake, 0, self.clock.now()).await.unwrap();
    }

    pub async fn entry(&self, number: usize, pupil: &Pupil) -> Entry {
        let mut person = Person {
            child: format!("P{number}"),
            given: pupil.given.into(),
            family: pupil.family.into(),
            known_as: None,
            former_family: Vec::new(),
            birth_date: pupil.born,
            sex: None,
            address: Some("4 Invented Lane".into()),
            postcode: Some(pupil.postcode.into()),
            upn: pupil.upn.map(str::to_owned),
            nhs_number: None,
            details: encompass_store::register::Details::default(),
        };
        person.details.practice = pupil.practice.map(str::to_owned);
        let mut enrolments = Vec::new();
        for number in pupil.schools {
            enrolments.push(Enrolment {
                setting: self.setting(number).await,
                kind: pupil.kind.into(),
                starts_on: pupil.from,
                ends_on: pupil.until,
                last_day: LastDay::Stated,
                attendance: None,
            });
        }
        let (restricted, doubtful) = (pupil.restricted, false);
        Entry { keys: register_keys(&person), person, restricted, doubtful, enrolments }
    }

    /// A replica of the resolver, of a force that takes the postcode.
    pub fn another_resolver(&self) -> Resolver {
        let metrics = Metrics::new(&prometheus::Registry::new());
        let (plan, routing) = (plan::Rules::default(), Routing::default());
        Resolver::new(self.store.clone(), self.clock.clone(), &by_postcode(), plan, routing, metrics)
    }

    /// Accepts a version of an incident as intake does.
    pub async fn accept(&self, version: i64, kind: VersionKind, data: &Value) {
        self.accept_flagged(version, kind, data, false, false).await;
    }

    pub async fn accept_flagged(
        &self,
        version: i64,
        kind: VersionKind,
        data: &Value,
        exercise: bool,
        history: bool,
    ) {
        let mut tx = self.store.begin().await.unwrap();
        let mut publication = publication(version, kind, data);
        publication.is_exercise = exercise;
        publication.is_history = history;
        self.received_at.set(publication.received_at);
        tx.accept(vec![publication]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Steps until nothing is left to do.
    pub async fn resolve(&self) {
        while self.resolver.step().await.unwrap() > 0 {}
    }

    pub fn child_id(&self, child_ref: &str) -> ChildId {
        let incident = self.store.identity().incident(FORCE, "R/1", self.received_at.get());
        self.store.identity().child(incident, child_ref)
    }

    pub async fn child(&self, child_ref: &str) -> Child {
        let mut tx = self.store.begin().await.unwrap();
        tx.children(&[self.child_id(child_ref)]).await.unwrap().remove(0)
    }

    pub async fn notification(&self, child_ref: &str, number: &str) -> Option<Notification> {
        let setting = self.setting(number).await;
        let id: NotificationId = self.store.identity().notification(self.child_id(child_ref), setting);
        let mut tx = self.store.begin().await.unwrap();
        tx.notifications(&[id]).await.unwrap().pop()
    }

    /// The evidence of a held child's newest resolution.
    pub async fn evidence(&self, child_ref: &str) -> Evidence {
        let mut tx = self.store.begin().await.unwrap();
        let open = tx.open_dues(&[self.child_id(child_ref)]).await.unwrap().remove(0);
        serde_json::from_slice(&open.evidence.unwrap()).unwrap()
    }

    /// Claims what is due to be sent: to whom, with how many notifications.
    pub async fn sends(&self) -> Vec<(ContactId, i64)> {
        let (now, machine) = (self.clock.now(), self.clock.machine());
        let lease = jiff::SignedDuration::from_secs(60);
        let claimed = self.store.claim_deliveries("test", 100, now, machine, lease).await.unwrap();
        claimed.into_iter().map(|claim| (claim.contact.unwrap(), claim.notifications)).collect()
    }

    pub async fn contacts_of(&self, number: &str) -> Vec<ContactId> {
        let setting = self.setting(number).await;
        let contacts = self.store.contacts_of(&Scope::service("test"), setting, FORCE).await.unwrap();
        contacts.iter().map(|contact| contact.id).collect()
    }

    /// Takes in days on which a school is closed by its own word.
    pub async fn close_school(&self, number: &str, days: &[Date]) {
        let owner = Owner::Setting(self.setting(number).await);
        let rows = days.iter().map(|date| DayRow { date: *date, kind: DayKind::Inset }).collect();
        let file = File { owner, days: rows, window: (days[0], days[days.len() - 1]) };
        merge(&self.store, file, start(Kind::Calendar, "test"), days[0], self.clock.now()).await.unwrap();
    }
}

/// A pupil of a register.
#[derive(Clone)]
pub struct Pupil {
    pub given: &'static str,
    pub family: &'static str,
    pub born: Date,
    pub postcode: &'static str,
    pub upn: Option<&'static str>,
    pub schools: &'static [&'static str],
    pub kind: &'static str,
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub restricted: bool,
    pub practice: Option<&'static str>,
}

pub const ADA: Pupil = Pupil {
    given: "Araminta Rose",
    family: "Copplestone",
    born: date(2017, 3, 14),
    postcode: "ZZ1 4AB",
    upn: None,
    schools: &[OAK],
    kind: "main",
    from: Some(date(2021, 9, 1)),
    until: None,
    restricted: false,
    practice: None,
};

pub fn start(kind: Kind, source: &str) -> Start {
    Start { kind, source: source.into(), owner: "county".into(), as_of: at(NOW), by: somebody() }
}

fn row(number: &str, name: &str, kind: SettingKind, town: &str) -> Row {
    let record = Record {
        kind,
        name: name.into(),
        name_key: setting_name_key(name),
        is_open: true,
        closed_on: None,
        authority: Some("919".into()),
        follows_authority: false,
        town: Some(town.into()),
        postcode: None,
        telephone: Some("01632960001".into()),
        opens_at_minute: Some(8 * 60 + 30),
        low_age: None,
        high_age: None,
        serves: Vec::new(),
    };
    Row { identifier: Identifier::new("urn", number), also: Vec::new(), opened_on: None, record }
}

pub fn publication(version: i64, kind: VersionKind, data: &Value) -> Publication {
    let named = data["children"].as_array().into_iter().flatten().filter(|child| !child.is_null());
    let children = named.zip(0..);
    let known_at = at(data["known_at"].as_str().unwrap_or(NOW));
    let received_at = known_at.max(at(NOW));
    let mut content_hash = [0; 32];
    content_hash[..8].copy_from_slice(&version.to_be_bytes());
    Publication {
        force: data["force"].as_str().unwrap().into(),
        reference: data["reference"].as_str().unwrap().into(),
        version,
        kind,
        content_hash,
        body: serde_json::to_vec(data).unwrap().into(),
        marks: Vec::new(),
        marks_left_out: 0,
        known_at,
        known_by: "known_at".into(),
        recorded_at: None,
        published_at: None,
        arrived_at: received_at,
        received_at,
        source: "test".into(),
        traceparent: None,
        is_restricted: data["safety"]["restricted"] == true,
        is_exercise: false,
        is_history: false,
        children: children
            .map(|(child, place)| NamedChild {
                child_ref: child["child_ref"].as_str().unwrap().into(),
                place,
            })
            .collect(),
        provisional: Due { at: at("2026-03-02T08:40:00Z"), is_provisional: true, reasoning: "{}".into() },
    }
}

/// An incident with one child, Araminta Copplestone, at the register's postcode.
pub fn incident() -> Value {
    json!({
        "force": FORCE,
        "reference": "R/1",
        "known_at": "2026-03-02T01:00:00Z",
        "adults": [{ "role": "victim", "names": [{ "given": "Oriel", "family": "Copplestone" }] }],
        "children": [child("c1", "Araminta", "2017-03-14")],
    })
}

pub fn child(child_ref: &str, given: &str, born: &str) -> Value {
    json!({
        "child_ref": child_ref,
        "names": [{ "given": given, "family": "Copplestone" }],
        "birth_date": born,
        "addresses": [{ "postcode": "ZZ1 4AB" }],
    })
}
