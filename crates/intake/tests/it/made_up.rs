//! Made-up events, and intake on a store of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use encompass_core::due::Rules;
use encompass_core::incident::Incident;
use encompass_core::state::{RefusedState, TaskKind};
use encompass_intake::accept::{Arrived, Batch, Item, Sender, take};
use encompass_intake::{Config, Intake, Metrics, Outcome};
use encompass_store::db::Options;
use encompass_store::position::Counts;
use encompass_store::refused::{Bytes, Listed, Message, Origin};
use encompass_store::seal::Keys;
use encompass_store::{Clock, Scope, Store};
use encompass_testkit::kafka::Client;
use encompass_testkit::{Folder, or_left_out, postgres};
use jiff::Timestamp;
use prometheus::Registry;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub const FORCE: &str = "hartshire";

/// A Monday in term.
pub fn now() -> Timestamp {
    "2026-03-02T07:30:00Z".parse().unwrap()
}

/// A reported event that names one child.
pub fn reported(reference: &str, version: i64) -> Value {
    let data = json!({
        "force": FORCE,
        "reference": reference,
        "version": version,
        "known_at": "2026-03-01T22:10:00Z",
        "recorded_at": "2026-03-01T23:00:00Z",
        "published_at": "2026-03-01T23:30:00Z",
        "children": [{
            "child_ref": "1",
            "names": [{ "given": "Isolde", "family": "Quennell" }],
            "birth_date": "2012-10-05",
        }],
    });
    event("encompass.incident.reported.v1", data)
}

/// Every text about a person in it.
pub fn personal() -> Vec<String> {
    Incident::parse(&reported("H/1", 1)["data"], now()).unwrap().personal_strings()
}

pub fn event(kind: &str, data: Value) -> Value {
    json!({
        "specversion": "1.0",
        "type": kind,
        "source": "urn:example:rms",
        "id": "1",
        "time": "2026-03-01T23:30:00Z",
        "data": data,
    })
}

/// A store on SQLite, which lives as long as its folder.
pub async fn sqlite() -> (Store, Folder) {
    let folder = Folder::new().unwrap();
    let store = open(&sqlite_url(&folder)).await;
    (store, folder)
}

/// Runs a test on SQLite, then on PostgreSQL.
pub async fn on_both(test: impl AsyncFn(Store)) {
    let (store, _folder) = sqlite().await;
    test(store).await;
    let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) else { return };
    let store = open(&server.database().await.unwrap()).await;
    test(store.clone()).await;
    store.close().await;
}

pub fn sqlite_url(folder: &Folder) -> String {
    format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display())
}

pub async fn open(url: &str) -> Store {
    let options = Options { wait: Duration::from_secs(2), ..Options::at(url) };
    Store::open(&options, Keys::new(&[7; 32])).await.unwrap()
}

/// Intake without a broker.
pub fn brokerless(store: &Store) -> Arc<Intake> {
    intake(store, Config::default())
}

pub fn intake(store: &Store, config: Config) -> Arc<Intake> {
    let metrics = Metrics::new(&Registry::new()).unwrap();
    Intake::new(store.clone(), Clock::stepped(now()), config, Rules::default(), metrics).unwrap()
}

/// The configuration that reads `topic` for the made-up force, and publishes to topics named after it.
pub fn kafka(client: &Client, topic: &str) -> Config {
    let mut config = Config::default();
    config.kafka.brokers = client.bootstrap().split(',').map(str::to_owned).collect();
    config.kafka.group = format!("group-{topic}");
    config.kafka.topics = [(topic.to_owned(), vec![FORCE.to_owned()])].into();
    config.kafka.events_topic = format!("{topic}.out");
    config.kafka.batch_records_max = 50;
    let quick = [
        ("session.timeout.ms", "6000"),
        ("heartbeat.interval.ms", "500"),
        ("fetch.wait.max.ms", "20"),
        ("fetch.error.backoff.ms", "50"),
        ("reconnect.backoff.max.ms", "500"),
        ("topic.metadata.refresh.interval.ms", "1000"),
    ];
    config.kafka.client = quick.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    config
}

/// Topics of one test: the police's, ours, and the dead letters'.
pub async fn topics(client: &Client, topic: &str, partitions: i32) -> String {
    let topic = format!("{topic}-{}", std::process::id());
    for name in [topic.clone(), format!("{topic}.out"), format!("{topic}.dlq")] {
        client.create_topic(&name, if name == topic { partitions } else { 1 }).await.unwrap();
    }
    topic
}

pub async fn produce(client: &Client, topic: &str, events: &[Value]) {
    let bodies: Vec<(String, Vec<u8>)> = events
        .iter()
        .map(|event| {
            let key = event["data"]["reference"].as_str().unwrap_or_default().to_owned();
            (key, event.to_string().into_bytes())
        })
        .collect();
    let messages = bodies.iter().map(|(key, body)| encompass_testkit::kafka::Message {
        key,
        headers: &[("content-type", "application/cloudevents+json")],
        payload: body,
    });
    client.produce_all(topic, messages).await.unwrap();
}

/// Roles that run until they are stopped.
pub struct Running {
    shutdown: CancellationToken,
    roles: JoinSet<encompass_intake::Result<()>>,
}

impl Running {
    pub fn start(intake: &Arc<Intake>) -> Self {
        let shutdown = CancellationToken::new();
        let mut roles = JoinSet::new();
        roles.spawn(encompass_intake::run(intake.clone(), shutdown.clone()));
        Self { shutdown, roles }
    }

    pub async fn stop(mut self) {
        self.shutdown.cancel();
        while let Some(ended) = self.roles.join_next().await {
            ended.unwrap().unwrap();
        }
    }
}

/// Waits until something holds, for half a minute at most.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !holds().await {
        assert!(Instant::now() < deadline, "not within 40 s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The counts of all partitions of a topic.
pub async fn counts(store: &Store, topic: &str) -> Counts {
    let positions = store.positions(topic).await.unwrap_or_default();
    positions.iter().map(|position| position.counts).fold(Counts::default(), |sum, one| Counts {
        read: sum.read + one.read,
        accepted: sum.accepted + one.accepted,
        repeated: sum.repeated + one.repeated,
        refused: sum.refused + one.refused,
    })
}

pub async fn refused(store: &Store) -> Vec<Listed> {
    store.refused(&Scope::service("test"), RefusedState::Open, 100).await.unwrap()
}

pub async fn tasks(store: &Store) -> Vec<TaskKind> {
    let mut tx = store.begin().await.unwrap();
    let tasks = tx.alerting_tasks(Timestamp::MAX, 100).await.unwrap();
    let mut kinds: Vec<TaskKind> = tasks.into_iter().map(|task| task.kind).collect();
    kinds.sort_unstable();
    kinds
}

/// How many incidents the store has, by the events that it wrote about them.
pub async fn accepted_incidents(store: &Store) -> usize {
    let events = store.unpublished_events(10_000).await.unwrap();
    let published = store.published_events(FORCE, 0, 100_000).await.unwrap();
    let accepted = events.iter().chain(&published).filter(|event| event.body.contains(".accepted.v1"));
    accepted.count()
}

/// Takes events as if they had come by HTTP.
pub async fn take_all(store: &Store, events: &[Value]) -> Vec<Outcome> {
    let items =
        events.iter().map(|event| Item::read(arrived(event.to_string().as_bytes()), &Rules::default()));
    let mut batch = Batch { items: items.collect(), advances: Vec::new() };
    take(store, &Rules::default(), &mut batch, now()).await.unwrap()
}

pub fn arrived(body: &[u8]) -> Arrived {
    let submitted = encompass_core::event::from_http(|_| None, body, 1 << 20);
    let event = match submitted {
        Ok(encompass_core::event::Submitted::One(item)) => item.event,
        Ok(encompass_core::event::Submitted::Many(_)) => panic!("one event is expected"),
        Err(refusal) => Err(refusal),
    };
    let message = Message { key: None, headers: Vec::new(), payload: Some(Bytes(body.to_vec())) };
    let mut fingerprint = [0; 32];
    for (place, byte) in body.iter().enumerate() {
        fingerprint[place % 32] ^= byte.rotate_left(u32::try_from(place % 7).unwrap());
    }
    Arrived {
        origin: Origin::Http("test".into()),
        sender: Sender::of(FORCE),
        event,
        message,
        fingerprint,
        arrived_at: now(),
        received_at: now(),
    }
}

/// Staff of the force.
pub fn desk() -> Scope {
    Scope::staff("desk".into(), vec![FORCE.into()], Vec::new(), false)
}
