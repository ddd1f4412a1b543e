//! Everything is killed, stopped and cut off at random moments under load, and afterwards every child is in its one
//! right state, exactly once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use encompass_county::{FORCE, Random};
use encompass_testkit::service::Service;
use encompass_testkit::smtp::{Act, Rule, Sink, Step};
use encompass_testkit::{http, kafka, or_left_out, postgres};

use crate::events::Events;
use crate::feed::{Feed, workload};
use crate::installation::{Installation, Ports, READY_WITHIN, Setup, stop, until};
use crate::judgement::{judge, settled, still};
use crate::seed::seed;

const TOPIC: &str = "faults";
/// Long enough for leases to end and for what was put off to be tried again.
const SETTLED_WITHIN: Duration = Duration::from_secs(180);

/// What may happen at any moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// A replica is killed and started again.
    Kill,
    /// PostgreSQL stops at once.
    Database,
    /// A broker is killed.
    Broker,
    /// The relay is away.
    Relay,
    /// The relay takes mails and breaks off before it says so.
    CutOff,
}

/// How often each happens: more than fifty faults.
const MIX: [(Fault, usize); 5] =
    [(Fault::Kill, 22), (Fault::Database, 10), (Fault::Broker, 8), (Fault::Relay, 7), (Fault::CutOff, 7)];

fn shuffled(random: &mut Random) -> Vec<Fault> {
    let mut faults: Vec<Fault> =
        MIX.iter().flat_map(|(fault, times)| std::iter::repeat_n(*fault, *times)).collect();
    for last in (1..faults.len()).rev() {
        faults.swap(last, random.below(last + 1));
    }
    faults
}

/// Lets a random time pass: what it is for is that nobody knows what is under way when it ends.
async fn pass(random: &mut Random, least: i64, most: i64) {
    tokio::time::sleep(Duration::from_millis(random.between(least, most).unsigned_abs())).await;
}

/// Two replicas and all that they rest on.
struct World {
    installation: Installation,
    postgres: postgres::Cluster,
    kafka: kafka::Cluster,
    sink: Sink,
    replicas: Vec<Service>,
    random: Random,
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_faults_under_load_lose_nothing_and_tell_nobody_twice() -> anyhow::Result<()> {
    let Some(kafka) = or_left_out("Kafka", kafka::Cluster::start(3).await) else { return Ok(()) };
    let Some(postgres) = or_left_out("PostgreSQL", postgres::Cluster::start().await) else { return Ok(()) };
    let (sink, seed) = (Sink::start().await?, seed());
    for topic in [TOPIC, "faults.events", "faults.dlq"] {
        kafka.client().create_topic(topic, 4).await?;
    }
    let installation = Installation::new(Setup {
        url: Some(postgres.database().await?),
        kafka: Some((kafka.client(), TOPIC)),
        relay: Some(sink.port()),
        ..Setup::default()
    })?;
    let random = Random::keyed(seed, "faults");
    let mut world = World { installation, postgres, kafka, sink, replicas: Vec::new(), random };
    let ran = world.run(seed).await;
    ran.with_context(|| format!("seed {seed}\n{}", world.installation.log()))
}

impl World {
    async fn run(&mut self, seed: u64) -> anyhow::Result<()> {
        self.installation.import(workload()).await?;
        self.installation.verify_lead().await?;
        for ports in [self.installation.first, Ports::free()] {
            self.replicas.push(Service::start(self.installation.spec(ports)?, READY_WITHIN).await?);
        }
        let (started, enough, client) = (Instant::now(), AtomicBool::new(false), self.kafka.client().clone());
        let publish = Feed::new(seed).keep_publishing(client, TOPIC.to_owned(), &enough);
        let strike = async {
            let struck = self.strike_all().await;
            enough.store(true, Ordering::Release);
            struck
        };
        let (feed, struck) = tokio::join!(publish, strike);
        let (feed, counts, struck_for) = (feed?, struck?, started.elapsed());
        self.sink.script([]);
        for replica in &mut self.replicas {
            replica.ready(READY_WITHIN).await?;
        }
        let store = self.installation.store().await?;
        settled(&store, TOPIC, &feed, SETTLED_WITHIN).await?;
        let events = Events::read(self.kafka.client(), "faults.events").await?;
        let summary = judge(&store, &feed, &self.sink, &events).await?;
        let mirrored = self.kafka.client().read_all("faults.dlq").await?.len();
        ensure!(mirrored >= feed.refused, "{mirrored} of {} mirrored", feed.refused);
        for replica in &mut self.replicas {
            stop(replica).await?;
        }
        eprintln!("seed {seed}: {counts:?} in {struck_for:.0?}: {summary}");
        Ok(())
    }

    async fn strike_all(&mut self) -> anyhow::Result<BTreeMap<Fault, usize>> {
        let mut counts = BTreeMap::new();
        for fault in shuffled(&mut self.random) {
            pass(&mut self.random, 100, 2500).await;
            self.strike(fault).await.with_context(|| format!("{fault:?} after {counts:?}"))?;
            *counts.entry(fault).or_insert(0) += 1;
            for replica in &mut self.replicas {
                if let Ok(status) = replica.ended(Duration::ZERO).await {
                    bail!("after {fault:?} a replica ended by itself: {status}");
                }
            }
        }
        Ok(counts)
    }

    async fn strike(&mut self, fault: Fault) -> anyhow::Result<()> {
        match fault {
            Fault::Kill => {
                let replica = self.random.below(self.replicas.len());
                self.replicas[replica].kill();
                pass(&mut self.random, 0, 1000).await;
                self.replicas[replica].spawn_again()?;
            }
            Fault::Database => {
                self.postgres.stop().await?;
                if self.random.percent(30) {
                    // It starts without a store and waits for it.
                    let replica = self.random.below(self.replicas.len());
                    self.replicas[replica].spawn_again()?;
                }
                pass(&mut self.random, 0, 2500).await;
                self.postgres.start_again().await?;
            }
            Fault::Broker => {
                let broker = self.random.below(3);
                self.kafka.kill(broker);
                pass(&mut self.random, 0, 2500).await;
                self.kafka.start_again(broker).await?;
            }
            Fault::Relay => {
                self.sink.stop().await;
                pass(&mut self.random, 0, 2500).await;
                self.sink.start_again().await?;
            }
            Fault::CutOff => {
                let times = 1 + self.random.below(6);
                self.sink.script([Rule::times(times, Step::Content, Act::Close)]);
            }
        }
        Ok(())
    }
}

/// How often the one process on SQLite is killed.
const KILLS: usize = 14;

#[tokio::test(flavor = "multi_thread")]
async fn kills_on_sqlite_under_load_by_http_lose_nothing_and_tell_nobody_twice() -> anyhow::Result<()> {
    let (sink, seed) = (Sink::start().await?, seed());
    let installation = Installation::new(Setup { relay: Some(sink.port()), ..Setup::default() })?;
    let ran = kills(&installation, &sink, seed).await;
    ran.with_context(|| format!("seed {seed}\n{}", installation.log()))
}

async fn kills(installation: &Installation, sink: &Sink, seed: u64) -> anyhow::Result<()> {
    installation.import(workload()).await?;
    installation.verify_lead().await?;
    let key = installation.command(&["api-key", "create", "--force", FORCE, "--label", "rms"], "").await?;
    let mut service = installation.start().await?;
    let (enough, mut random) = (AtomicBool::new(false), Random::keyed(seed, "kills"));
    let kill = async {
        for _ in 0..KILLS {
            pass(&mut random, 300, 3500).await;
            if let Ok(status) = service.ended(Duration::ZERO).await {
                bail!("it ended by itself: {status}");
            }
            service.spawn_again()?;
        }
        service.ready(READY_WITHIN).await?;
        enough.store(true, Ordering::Release);
        Ok(())
    };
    let (feed, killed) = tokio::join!(post_until(&enough, installation, key.trim(), seed), kill);
    let (feed, ()) = (feed?, killed?);
    let store = installation.store().await?;
    still(&store, SETTLED_WITHIN).await?;
    let summary = judge(&store, &feed, sink, &Events::stored(&store).await?).await?;
    stop(&mut service).await?;
    eprintln!("seed {seed}: {KILLS} kills: {summary}");
    Ok(())
}

/// Posts one event after another, each until it is answered, as a police system does.
async fn post_until(enough: &AtomicBool, at: &Installation, key: &str, seed: u64) -> anyhow::Result<Feed> {
    let (client, mut feed) = (http::client()?, Feed::new(seed));
    let url = format!("http://127.0.0.1:{}/v1/incidents", at.first.api);
    while !enough.load(Ordering::Acquire) {
        let (_, event) = feed.next();
        let is_answered = async || {
            let request = client.post(&url).bearer_auth(key).body(event.clone());
            let answer = request.header("content-type", "application/cloudevents+json").send().await;
            let status = answer.map_or(503, |answer| answer.status().as_u16());
            Ok(status < 500 && status != 429)
        };
        until("an answer", READY_WITHIN, is_answered).await?;
    }
    Ok(feed)
}
