//! A made-up installation: two forces, two areas, and one of everything that a page can show.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use encompass_core::event::{RefusalKind, from_http};
use encompass_core::force::{Force, Forces};
use encompass_core::id::{ChildId, ContactId, IncidentId, RefusedId, RegisterId, SettingId, TaskId};
use encompass_core::incident::{Incident, content_hash};
use encompass_core::state::{Channel, Hold, ResolutionKind, Role, SettingKind, TaskKind};
use encompass_oversight::{Config, Metrics, Parts, PutBack, Returned, State, routes};
use encompass_store::account::{Password, Terms};
use encompass_store::contact::{How, Imported, Person};
use encompass_store::db::Options;
use encompass_store::directory::Identifier;
use encompass_store::directory::load::{Brake, Kind as LoadKind, Start};
use encompass_store::directory::setting::{Record, Row, SettingLoad};
use encompass_store::incident::{Due, NamedChild, Publication, VersionKind};
use encompass_store::refused::{Bytes, Message, New, Origin};
use encompass_store::resolution::{Decision, Target, TargetRung};
use encompass_store::resolve::Rules;
use encompass_store::seal::Keys;
use encompass_store::{Actor, Clock, Scope, Store, task};
use encompass_testkit::{or_left_out, postgres};
use encompass_web::App;
use encompass_web::metrics::HttpMetrics;
use jiff::{SignedDuration, Timestamp};
use prometheus::Registry;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub const PASSWORD: &str = "a long enough one";

/// Nine on a Tuesday morning.
pub fn now() -> Timestamp {
    "2026-03-03T09:00:00Z".parse().unwrap()
}

fn by() -> Actor {
    Actor::Command("tester".into())
}

/// One of everything.
pub struct World {
    pub store: Store,
    pub clock: Clock,
    pub state: State,
    pub registry: Registry,
    pub router: Router,
    pub schools: [SettingId; 2],
    pub registers: [RegisterId; 2],
    pub contact: ContactId,
    pub held: ChildId,
    pub held_elsewhere: ChildId,
    pub restricted: ChildId,
    pub southern: ChildId,
    pub told: IncidentId,
    pub matched: ChildId,
    pub call: TaskId,
    pub corrected: TaskId,
    pub bad_contact: TaskId,
    pub installation: TaskId,
    pub letter: RefusedId,
    pub southern_letter: RefusedId,
    pub sampled: (encompass_core::id::SampleId, ChildId),
    _folder: Option<TempDir>,
}

fn forces() -> Forces {
    let force = |name: &str| Force {
        name: name.into(),
        telephone: "01632 960100".into(),
        duty_address: "duty@force.example".into(),
        second_address: "second@force.example".into(),
    };
    let forces = [("north", "Northshire Police"), ("south", "Southshire Police")];
    forces.into_iter().map(|(id, name)| (id.to_owned(), force(name))).collect()
}

/// Putting back takes what is a JSON object and refuses the rest, as acceptance would.
fn put_back(store: &Store) -> PutBack {
    let store = store.clone();
    Arc::new(move |sent| {
        let store = store.clone();
        Box::pin(async move {
            let mut tx = store.begin().await?;
            let opened = tx.open_refused(sent.id, &sent.scope).await?;
            let was = opened.message.payload.clone().unwrap_or_default().0;
            let is = sent.mended.as_ref().map_or(was, |mended| mended.to_vec());
            if serde_json::from_slice::<Value>(&is).is_err() {
                return Ok(Returned::Refused("It is not JSON.".into()));
            }
            let how = encompass_core::state::RefusedState::PutBack;
            tx.settle_refused(&opened, how, &sent.scope, &sent.note, sent.now).await?;
            tx.commit().await?;
            Ok(Returned::Taken)
        })
    })
}

/// Runs a test on SQLite, then on PostgreSQL.
pub async fn on_both(test: impl AsyncFn(World)) {
    test(World::new().await).await;
    let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) else { return };
    let world = World::over(server.database().await.unwrap(), None).await;
    let store = world.store.clone();
    test(world).await;
    store.close().await;
}

impl World {
    /// Builds it on SQLite.
    pub async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display());
        Self::over(url, Some(folder)).await
    }

    async fn over(url: String, folder: Option<TempDir>) -> Self {
        let store = Store::open(&Options::at(url), Keys::new(&[7; 32])).await.unwrap();
        let clock = Clock::stepped(now());
        let registry = Registry::new();
        let parts = Parts {
            store: store.clone(),
            clock: clock.clone(),
            forces: forces(),
            rules: Rules::default(),
            profiles: Default::default(),
            put_back: put_back(&store),
            config: Config::default(),
            metrics: Metrics::new(&registry).unwrap(),
        };
        let state = State::new(parts).unwrap();
        let app =
            App::pages("desk", routes(state.clone()), &HttpMetrics::register(&Registry::new()).unwrap());
        let router = app.into_router(encompass_web::peer::Transport::default());
        staff(&store).await;
        let schools = settings(&store).await;
        let contact = contact(&store, schools[0]).await;
        let registers = crate::evidence::registers(&store, schools[0]).await;
        let reasons = [Hold::SettingsDisagree, Hold::RegisterStale];
        let scored = crate::evidence::scored(&reasons, &schools, &registers);
        let held = hold_child(&store, ("north", "N/1/26"), "919", false, reasons[0], scored).await;
        let plain = |hold| evidence(hold, &schools);
        let [none, named] = [Hold::NoMatch, Hold::Restricted];
        let held_elsewhere = hold_child(&store, ("north", "N/2/26"), "920", false, none, plain(none)).await;
        let restricted = hold_child(&store, ("north", "N/3/26"), "919", true, named, plain(named)).await;
        let southern = hold_child(&store, ("south", "S/1/26"), "919", false, none, plain(none)).await;
        let told = told(&store, &schools, &registers, contact).await;
        store.draw_match_reviews(1_000_000, Timestamp::MIN, now()).await.unwrap();
        let matched = store.identity().child(store.identity().incident("north", "N/5/26"), "c1");
        let tasks = tasks(&store, schools[0]).await;
        let letter = letter(&store, "north", "N/9/26").await;
        let southern_letter = letter_of(&store, "south").await;
        let sampled = sample(&store, held).await;
        Self {
            store,
            clock,
            state,
            registry,
            router,
            schools,
            registers,
            contact,
            held,
            held_elsewhere,
            restricted,
            southern,
            told,
            matched,
            call: tasks[0],
            corrected: tasks[1],
            bad_contact: tasks[2],
            installation: tasks[3],
            letter,
            southern_letter,
            sampled,
            _folder: folder,
        }
    }

    /// Signs in; the cookie.
    pub async fn sign_in(&self, login: &str) -> String {
        let answer = self.ask(form_to("/sign-in", None, &[("login", login), ("password", PASSWORD)])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login} signs in");
        answer.cookie
    }

    /// Asks for a page.
    pub async fn get(&self, cookie: &str, path: &str) -> Answer {
        self.ask(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await
    }

    /// Sends the form of `page` that goes to `action`, with these fields in place of its own.
    pub async fn send(&self, cookie: &str, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(cookie, page).await;
        let mut sent: Vec<(String, String)> = hidden(&shown.body, action);
        assert!(!sent.is_empty(), "{page} has a form to {action}: {}", shown.body);
        sent.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let sent: Vec<(&str, &str)> =
            sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.ask(form_to(action, Some(cookie), &sent)).await
    }

    /// Sends fields as they are, without the token of any form.
    pub async fn post(&self, cookie: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(form_to(action, Some(cookie), fields)).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let header = |name: &str| {
            response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        let cookie = header("set-cookie").split(';').next().unwrap_or("").to_owned();
        let (status, location) = (response.status(), header("location"));
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap().replace('\u{a0}', " ");
        Answer { status, location, cookie, body }
    }

    /// How often this action stands in the audit log of a force.
    pub async fn logged(&self, incident: IncidentId, action: &str) -> usize {
        let lines = self.store.audit_of_incident(incident).await.unwrap();
        lines.iter().filter(|line| line.action == action).count()
    }

    pub fn incident(&self, force: &str, reference: &str) -> IncidentId {
        self.store.identity().incident(force, reference)
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub cookie: String,
    pub body: String,
}

fn form_to(path: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Request<Body> {
    let body = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let body = body.collect::<Vec<_>>().join("&");
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let request = cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie));
    request.body(Body::from(body)).unwrap()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The hidden fields of the form that goes to `action`.
fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let Some(at) = page.find(&format!("action=\"{action}\"")) else { return Vec::new() };
    let form = &page[at..][..page[at..].find("</form>").unwrap()];
    form.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once('"').unwrap();
            let value = rest.split_once("value=\"").unwrap().1.split_once('"').unwrap().0;
            (name.to_owned(), value.replace("&#38;", "&"))
        })
        .collect()
}

/// One account for each role, and the wrong people for each page.
async fn staff(store: &Store) {
    let terms = |role: Role, force: &str, areas: &[&str], sees_restricted: bool| Terms {
        display_name: format!("{role} of {force}"),
        roles: vec![role],
        forces: vec![force.to_owned()],
        areas: areas.iter().map(|area| (*area).to_owned()).collect(),
        sees_restricted,
    };
    let accounts = [
        ("ada", terms(Role::Desk, "north", &[], false)),
        ("bea", terms(Role::Desk, "north", &[], false)),
        ("named", terms(Role::Desk, "north", &[], true)),
        ("area", terms(Role::Desk, "north", &["920"], false)),
        ("southern", terms(Role::Desk, "south", &[], true)),
        ("rex", terms(Role::Reviewer, "north", &[], false)),
        ("rita", terms(Role::Reviewer, "north", &[], false)),
        ("ron", terms(Role::Reviewer, "north", &[], false)),
        ("southern-reviewer", terms(Role::Reviewer, "south", &[], true)),
        ("leader", terms(Role::Leader, "north", &[], false)),
        ("operator", terms(Role::Operator, "north", &[], false)),
        ("southern-leader", terms(Role::Leader, "south", &[], true)),
        ("southern-operator", terms(Role::Operator, "south", &[], true)),
    ];
    let mut tx = store.begin().await.unwrap();
    let password = Password::new(PASSWORD).unwrap();
    for (login, terms) in accounts {
        terms.check(login).unwrap();
        tx.create_account(login, &terms, &password, by(), now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn settings(store: &Store) -> [SettingId; 2] {
    let row = |number: &str, name: &str, authority: &str| {
        let record = Record {
            kind: SettingKind::School,
            name: name.into(),
            name_key: encompass_matching::normalise::setting_name(name),
            is_open: true,
            closed_on: None,
            authority: Some(authority.into()),
            follows_authority: true,
            town: Some("Marlow Cross".into()),
            postcode: Some("ZZ1 4AB".into()),
            telephone: Some("01632960001".into()),
            opens_at_minute: Some(8 * 60 + 30),
            low_age: Some(4),
            high_age: Some(11),
            serves: Vec::new(),
        };
        Row { identifier: Identifier::new("urn", number), also: Vec::new(), opened_on: None, record }
    };
    let rows =
        vec![row("100001", "Quillbrook Primary School", "919"), row("100002", "Tansy Hill Academy", "920")];
    let start = Start {
        kind: LoadKind::Settings,
        source: "gias".into(),
        owner: "department".into(),
        as_of: now(),
        by: by(),
    };
    let mut load = SettingLoad::begin(store, start, &[], now()).await.unwrap();
    load.add(rows, now()).await.unwrap();
    load.finish(Brake::default(), 0, now()).await.unwrap();
    let wanted = [Identifier::new("urn", "100001"), Identifier::new("urn", "100002")];
    let found = store.settings_by_identifier(&wanted, now()).await.unwrap();
    [found[0].as_ref().unwrap().id, found[1].as_ref().unwrap().id]
}

async fn contact(store: &Store, setting: SettingId) -> ContactId {
    let contact = Imported {
        setting,
        role: "lead".into(),
        channel: Channel::Email,
        person: Person {
            name: Some("Orla Fennimore".into()),
            address: "lead@quillbrook.example".into(),
            telephone: Some("01632960002".into()),
            secret: None,
        },
        name_key: Some("orla fennimore".into()),
        forces: vec!["north".into()],
        eligible_from: None,
    };
    let mut tx = store.begin().await.unwrap();
    let id = tx.add_contact(&contact, by(), now()).await.unwrap();
    tx.verify_contact(id, How::Call, by(), now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn body(force: &str, reference: &str, version: i64, seen: bool) -> Value {
    json!({
        "force": force, "reference": reference, "version": version, "known_at": "2026-03-02T23:10:00Z",
        "kind": "Domestic abuse", "abuse": ["physical", "emotional"], "risk_grade": "medium",
        "circumstances": "Shouting heard by a neighbour. A door was broken.",
        "action_taken": "Suspect arrested. Safety plan agreed.",
        "adults": [{"adult_ref": "a1", "role": "victim", "names": [{"given": "Mirela", "family": "Oskansen"}]}],
        "children": [{
            "child_ref": "c1", "names": [{"given": "Tobin", "family": "Oskansen"}], "birth_date": "2016-05-04",
            "present": true, "seen": seen, "own_words": "I was scared.", "setting": "Quillbrook",
            "relationships": [{"adult_ref": "a1", "kind": "mother"}], "upn": "not one"
        }]
    })
}

/// Accepts a version, as intake does.
async fn accept(
    store: &Store,
    force: &str,
    reference: &str,
    version: i64,
    is_restricted: bool,
) -> IncidentId {
    let data = body(force, reference, version, version > 1);
    let incident = Incident::parse(&data, now()).unwrap();
    let known_at = "2026-03-02T23:10:00Z".parse().unwrap();
    let kind = if version == 1 { VersionKind::Reported } else { VersionKind::Corrected };
    let publication = Publication {
        force: force.into(),
        reference: reference.into(),
        version,
        kind,
        content_hash: content_hash(&data),
        body: serde_json::to_vec(&data).unwrap().into(),
        marks: incident.marks.clone(),
        marks_left_out: 0,
        known_at,
        known_by: "known_at".into(),
        recorded_at: None,
        published_at: None,
        received_at: now() - SignedDuration::from_hours(8) + SignedDuration::from_mins(version),
        source: "http:rms".into(),
        traceparent: None,
        is_restricted,
        is_exercise: false,
        is_history: false,
        children: vec![NamedChild { child_ref: "c1".into(), place: 0 }],
        provisional: due(true),
    };
    let mut tx = store.begin().await.unwrap();
    tx.accept(vec![publication]).await.unwrap();
    tx.commit().await.unwrap();
    store.identity().incident(force, reference)
}

/// Due at 09:45, three quarters of an hour from now, with its reasoning.
fn due(is_provisional: bool) -> Due {
    let reason = json!({
        "known": {"at": "2026-03-02T23:10:00Z", "from": "known"}, "basis": "school_day", "already_open": false,
        "closed": [], "opens_at": "2026-03-03T09:45:00Z", "found": true
    });
    Due { at: "2026-03-03T09:45:00Z".parse().unwrap(), is_provisional, reasoning: reason.to_string() }
}

/// A child that the resolver held, with evidence.
async fn hold_child(
    store: &Store,
    (force, reference): (&str, &str),
    authority: &str,
    is_restricted: bool,
    hold: Hold,
    evidence: Vec<u8>,
) -> ChildId {
    let incident = accept(store, force, reference, 1, is_restricted).await;
    let id = store.identity().child(incident, "c1");
    let mut tx = store.begin().await.unwrap();
    let child = tx.children(&[id]).await.unwrap().pop().unwrap();
    let decision = Decision {
        key: tx.incident_key(incident).await.unwrap(),
        child,
        kind: ResolutionKind::Matched,
        by: Actor::Service("resolver"),
        evidence: evidence.into(),
        rules_version: "exact-1".into(),
        incident_version: 1,
        register_load: None,
        directory_load: None,
        targets: Vec::new(),
        hold: Some(hold),
        provisional: Some(due(true)),
        authority: Some(authority.into()),
    };
    tx.decide(vec![decision], now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn evidence(hold: Hold, schools: &[SettingId; 2]) -> Vec<u8> {
    let id = "018f0000-0000-7000-8000-000000000001";
    let evidence = json!({
        "reasons": [hold, "restricted"], "officer": [schools[1]], "officer_spoke": true, "settings": [schools[0]],
        "sentences": [],
        "named": [{
            "setting": schools[1], "points": {"name": 45, "kind": 10, "age": 20, "area": 12}, "by": "former_name",
            "name": "agrees", "kind": "not_known", "age": "agrees", "area": "differs", "kilometres": 14
        }],
        "candidates": [{
            "entry": id, "register": id, "load": id,
            "written": {"given": "Tobin", "family": "Oskansen", "born": "2016-05-04", "address": null, "postcode": "ZZ1 4AB"},
            "fits": true, "names": "agrees", "birth_date": "agrees", "postcode": "not_known", "upn": "not_known",
            "nhs_number": "not_known", "officer": "differs", "is_stale": false, "is_restricted": false,
            "enrolments": [{"setting": schools[0], "standing": "current", "tie": "none"}]
        }]
    });
    serde_json::to_vec(&evidence).unwrap()
}

/// A child whose school was told, then corrected; and one that waits for a call.
async fn told(
    store: &Store,
    schools: &[SettingId; 2],
    registers: &[RegisterId; 2],
    contact: ContactId,
) -> IncidentId {
    let school = schools[0];
    for (reference, is_opened) in [("N/4/26", true), ("N/5/26", false)] {
        let incident = accept(store, "north", reference, 1, false).await;
        let id = store.identity().child(incident, "c1");
        let mut tx = store.begin().await.unwrap();
        let child = tx.children(&[id]).await.unwrap().pop().unwrap();
        let target = Target {
            setting: school,
            kind: SettingKind::School,
            authority: Some("919".into()),
            legal_basis: "s49a".into(),
            due: due(false),
            call_at: now(),
            rungs: vec![TargetRung { contact, channel: Channel::Email, at: now() }],
        };
        let decision = Decision {
            key: tx.incident_key(incident).await.unwrap(),
            child,
            kind: ResolutionKind::Matched,
            by: Actor::Service("resolver"),
            evidence: crate::evidence::scored(&[], schools, registers).into(),
            rules_version: "exact-1".into(),
            incident_version: 1,
            register_load: None,
            directory_load: None,
            targets: vec![target],
            hold: None,
            provisional: None,
            authority: Some("919".into()),
        };
        tx.decide(vec![decision], now()).await.unwrap();
        if is_opened {
            let notification = store.identity().notification(id, school);
            let opened = tx.notifications(&[notification]).await.unwrap();
            tx.opened(&opened, "portal", &Actor::Contact(contact), now()).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    accept(store, "north", "N/4/26", 2, false).await;
    let mut tx = store.begin().await.unwrap();
    tx.open_calls(now(), 10).await.unwrap();
    tx.commit().await.unwrap();
    store.identity().incident("north", "N/4/26")
}

/// The tasks: a call, a correction, a bad contact, and one of the installation.
async fn tasks(store: &Store, school: SettingId) -> [TaskId; 4] {
    let due_at = now() + SignedDuration::from_hours(3);
    let bad = task::New {
        setting: Some(school),
        authority: Some("919".into()),
        ..task::New::about("north", TaskKind::BadContact, format!("setting:{school}"), due_at)
    };
    let gap = task::New {
        detail: "out_of_range".into(),
        ..task::New::about("", TaskKind::FeedGap, "police.incidents.v1/0".into(), due_at)
    };
    let mut tx = store.begin().await.unwrap();
    tx.open_tasks(vec![bad, gap], now()).await.unwrap();
    tx.commit().await.unwrap();
    let all = store.tasks(&Scope::service("test"), 0).await.unwrap().rows;
    let waiting = store.identity().incident("north", "N/5/26");
    let find = |kind: TaskKind| {
        let of_call = |incident| kind != TaskKind::Call || incident == Some(waiting);
        all.iter().find(|task| task.kind == kind && of_call(task.incident)).unwrap().id
    };
    [find(TaskKind::Call), find(TaskKind::Corrected), find(TaskKind::BadContact), find(TaskKind::FeedGap)]
}

async fn letter(store: &Store, force: &str, reference: &str) -> RefusedId {
    let payload = format!("{{\"force\": \"{force}\", \"reference\": \"{reference}\"");
    refuse(store, force, payload.into_bytes()).await
}

async fn letter_of(store: &Store, force: &str) -> RefusedId {
    refuse(store, force, b"{}".to_vec()).await
}

async fn refuse(store: &Store, force: &str, payload: Vec<u8>) -> RefusedId {
    // A real refusal, from the contract's own reading.
    let refusal = from_http(|_| None, b"{", 100).err();
    let refusal = refusal.expect("half an object is no event");
    assert_eq!(refusal.kind, RefusalKind::Unreadable);
    let new = New {
        force: force.into(),
        reference: None,
        origin: Origin::Http("rms".into()),
        fingerprint: [u8::try_from(payload.len()).unwrap(); 32],
        traceparent: None,
        refusal,
        message: Message {
            key: None,
            headers: vec![("content-type".into(), Bytes(b"application/cloudevents+json".to_vec()))],
            payload: Some(Bytes(payload)),
        },
        received_at: now() - SignedDuration::from_mins(20),
        due_at: now() + SignedDuration::from_hours(1),
    };
    let mut tx = store.begin().await.unwrap();
    let ids = tx.refuse(vec![new]).await.unwrap();
    tx.commit().await.unwrap();
    ids[0]
}

/// A sample of everybody due on the day.
async fn sample(store: &Store, held: ChildId) -> (encompass_core::id::SampleId, ChildId) {
    let period = ("2026-03-03T00:00:00Z".parse().unwrap(), "2026-03-04T00:00:00Z".parse().unwrap());
    encompass_oversight::draw_sample(store, "north", period, 1.0, 7, by(), now()).await.unwrap();
    let period = encompass_store::sample::Period { force: "north".into(), from: period.0, to: period.1 };
    (store.sample_of(&period).await.unwrap().unwrap(), held)
}
