//! A made-up installation: two forces, two areas, and one of everything that a page can show.

mod browser;
mod child;
mod directory;
mod incident;
mod letter;
mod service;
mod staff;
mod task;

use axum::Router;
use encompass_core::id::{
    ChildId, ContactId, IncidentId, RefusedId, RegisterId, SampleId, SettingId, TaskId,
};
use encompass_core::state::Hold;
use encompass_oversight::{State, routes};
use encompass_store::db::Options;
use encompass_store::sample::Period;
use encompass_store::seal::Keys;
use encompass_store::{Actor, Clock, Store};
use encompass_testkit::{or_left_out, postgres};
use encompass_web::App;
use encompass_web::metrics::HttpMetrics;
use jiff::Timestamp;
use prometheus::Registry;
use tempfile::TempDir;

pub use self::browser::Answer;
pub use self::staff::PASSWORD;

use self::child::{evidence, hold_child, told};
use self::directory::{contact, settings};
use self::incident::{Known, incident_id};
use self::letter::{letter, letter_of};
use self::service::parts;
use self::staff::staff;
use self::task::tasks;

/// Nine on a Tuesday morning.
pub fn now() -> Timestamp {
    "2026-03-03T09:00:00Z".parse().unwrap()
}

pub fn by() -> Actor {
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
    /// Restricted by a register, behind a stronger reason.
    pub kept: ChildId,
    pub southern: ChildId,
    pub told: IncidentId,
    pub matched: ChildId,
    pub call: TaskId,
    pub corrected: TaskId,
    pub bad_contact: TaskId,
    pub installation: TaskId,
    pub letter: RefusedId,
    pub southern_letter: RefusedId,
    pub sampled: (SampleId, ChildId),
    _folder: Option<TempDir>,
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
        let state = State::new(parts(&store, &clock, &registry)).unwrap();
        let app =
            App::pages("desk", routes(state.clone()), &HttpMetrics::register(&Registry::new()).unwrap());
        let router = app.into_router(encompass_web::peer::Transport::default());
        staff(&store).await;
        let schools = settings(&store).await;
        let contact = contact(&store, schools[0]).await;
        let registers = crate::evidence::registers(&store, &schools).await;
        let north = |reference| Known::by("north", reference);
        let reasons = [Hold::SettingsDisagree, Hold::RegisterStale];
        let scored = crate::evidence::scored(&reasons, &schools, &registers);
        let held = hold_child(&store, north("N/1/26"), "919", &reasons, scored).await;
        let plain = |reasons| evidence(reasons, &schools, &registers[0]);
        let none: &[Hold] = &[Hold::NoMatch, Hold::RegisterStale];
        let named: &[Hold] = &[Hold::Restricted];
        let behind: &[Hold] = &[Hold::ConnectedAdult, Hold::Restricted];
        let held_elsewhere = hold_child(&store, north("N/2/26"), "920", none, plain(none)).await;
        let guarded = Known { is_restricted: true, ..north("N/3/26") };
        let restricted = hold_child(&store, guarded, "919", named, plain(named)).await;
        let kept = hold_child(&store, north("N/6/26"), "919", behind, plain(behind)).await;
        let southern = hold_child(&store, Known::by("south", "S/1/26"), "919", none, plain(none)).await;
        let told = told(&store, &schools, &registers, contact).await;
        store.draw_match_reviews(1_000_000, Timestamp::MIN, now()).await.unwrap();
        let matched = store.identity().child(incident_id(&store, "north", "N/5/26"), "c1");
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
            registers: registers.map(|register| register.id),
            contact,
            held,
            held_elsewhere,
            restricted,
            kept,
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

    /// How often this action stands in the audit log of a force.
    pub async fn logged(&self, incident: IncidentId, action: &str) -> usize {
        let lines = self.store.audit_of_incident(incident).await.unwrap();
        lines.iter().filter(|line| line.action == action).count()
    }

    pub fn incident(&self, force: &str, reference: &str) -> IncidentId {
        incident_id(&self.store, force, reference)
    }
}

/// A sample of everybody due on the day.
async fn sample(store: &Store, held: ChildId) -> (SampleId, ChildId) {
    let period = ("2026-03-03T00:00:00Z".parse().unwrap(), "2026-03-04T00:00:00Z".parse().unwrap());
    encompass_oversight::draw_sample(store, "north", period, 1.0, 7, by(), now()).await.unwrap();
    let period = Period { force: "north".into(), from: period.0, to: period.1 };
    (store.sample_of(&period).await.unwrap().unwrap(), held)
}
