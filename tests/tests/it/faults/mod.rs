//! Everything is killed, stopped and cut off at random moments under load, and afterwards every child is in its one
//! right state, exactly once. More than fifty faults in three runs: whole processes, single roles, and one on SQLite.

mod apart;
mod embedded;
mod whole;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use encompass_county::Random;
use encompass_testkit::service::{Service, Spec};
use encompass_testkit::smtp::{Act, Rule, Sink, Step};
use encompass_testkit::{kafka, or_left_out, postgres};

use crate::deed::Acted;
use crate::events::Events;
use crate::feed::{Feed, workload};
use crate::installation::{Installation, READY_WITHIN, Setup, stop};
use crate::judgement::{judge, settled};
use crate::seed::seed;

/// Long enough for leases to end and for what was put off to be tried again.
const SETTLED_WITHIN: Duration = Duration::from_secs(180);

/// What may happen at any moment.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The process of this place is killed and started again.
    Kill(usize),
    /// PostgreSQL stops at once.
    Database,
    /// A broker is killed.
    Broker,
    /// The relay is away.
    Relay,
    /// The relay takes mails and breaks off before it says so.
    CutOff,
}

/// Each fault as often as it is given beside it.
fn repeated(mix: impl IntoIterator<Item = (Fault, usize)>) -> Vec<Fault> {
    mix.into_iter().flat_map(|(fault, times)| std::iter::repeat_n(fault, times)).collect()
}

fn shuffled(mut faults: Vec<Fault>, random: &mut Random) -> Vec<Fault> {
    for last in (1..faults.len()).rev() {
        faults.swap(last, random.below(last + 1));
    }
    faults
}

/// Lets a random time pass: what it is for is that nobody knows what is under way when it ends.
async fn pass(random: &mut Random, least: i64, most: i64) {
    tokio::time::sleep(Duration::from_millis(random.between(least, most).unsigned_abs())).await;
}

/// A process of the installation, by a name for whoever looks at the run.
struct Process {
    name: String,
    service: Service,
}

/// An installation's processes and all that they rest on.
struct World {
    seed: u64,
    topic: &'static str,
    installation: Installation,
    postgres: postgres::Cluster,
    kafka: kafka::Cluster,
    sink: Arc<Sink>,
    processes: Vec<Process>,
    random: Random,
}

impl World {
    /// Three brokers, PostgreSQL and a relay of its own, and an installation with its school; no process runs yet.
    /// `None` where a server can't be had.
    async fn open(topic: &'static str) -> anyhow::Result<Option<Self>> {
        let Some(kafka) = or_left_out("Kafka", kafka::Cluster::start(3).await) else { return Ok(None) };
        let Some(postgres) = or_left_out("PostgreSQL", postgres::Cluster::start().await) else {
            return Ok(None);
        };
        let (sink, seed) = (Arc::new(Sink::start().await?), seed());
        for topic in [topic, &format!("{topic}.events"), &format!("{topic}.dlq")] {
            kafka.client().create_topic(topic, 4).await?;
        }
        let installation = Installation::new(Setup {
            url: Some(postgres.database().await?),
            kafka: Some((kafka.client(), topic)),
            relay: Some(sink.port()),
            ..Setup::default()
        })?;
        installation.import(workload()).await?;
        installation.verify_lead().await?;
        let random = Random::keyed(seed, topic);
        Ok(Some(Self { seed, topic, installation, postgres, kafka, sink, processes: Vec::new(), random }))
    }

    /// What a failed run is to be told with.
    fn told(&self) -> String {
        format!("seed {}\n{}", self.seed, self.installation.log())
    }

    async fn start(&mut self, name: String, spec: Spec) -> anyhow::Result<()> {
        let service = Service::start(spec, READY_WITHIN).await.with_context(|| name.clone())?;
        self.processes.push(Process { name, service });
        Ok(())
    }

    /// Publishes, has people act until `enough` is said, and strikes meanwhile; then everything runs again.
    async fn strike_under_load<T>(
        &mut self,
        faults: Vec<Fault>,
        enough: &AtomicBool,
        people: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<(Feed, T)> {
        let (started, client) = (Instant::now(), self.kafka.client().clone());
        let publish = Feed::new(self.seed).keep_publishing(client, self.topic.to_owned(), enough);
        let strike = async {
            let struck = self.strike_all(faults).await;
            enough.store(true, Ordering::Release);
            struck
        };
        let (feed, acted, struck) = tokio::join!(publish, people, strike);
        let (feed, counts, acted) = (feed?, struck?, acted?);
        eprintln!("seed {}: {counts:?} in {:.0?}", self.seed, started.elapsed());
        self.sink.script([]);
        for Process { name, service } in &mut self.processes {
            service.ready(READY_WITHIN).await.with_context(|| name.clone())?;
        }
        Ok((feed, acted))
    }

    async fn strike_all(&mut self, faults: Vec<Fault>) -> anyhow::Result<BTreeMap<String, usize>> {
        let mut counts = BTreeMap::new();
        for fault in shuffled(faults, &mut self.random) {
            pass(&mut self.random, 100, 2500).await;
            self.strike(fault).await.with_context(|| format!("{fault:?} after {counts:?}"))?;
            *counts.entry(self.name(fault)).or_insert(0) += 1;
            for Process { name, service } in &mut self.processes {
                if let Ok(status) = service.ended(Duration::ZERO).await {
                    bail!("after {fault:?} {name} ended by itself: {status}");
                }
            }
        }
        Ok(counts)
    }

    fn name(&self, fault: Fault) -> String {
        match fault {
            Fault::Kill(place) => self.processes[place].name.clone(),
            fault => format!("{fault:?}"),
        }
    }

    async fn strike(&mut self, fault: Fault) -> anyhow::Result<()> {
        match fault {
            Fault::Kill(place) => {
                self.processes[place].service.kill();
                pass(&mut self.random, 0, 1000).await;
                self.processes[place].service.spawn_again()?;
            }
            Fault::Database => {
                self.postgres.stop().await?;
                if self.random.percent(30) {
                    // It starts without a store and waits for it.
                    let place = self.random.below(self.processes.len());
                    self.processes[place].service.spawn_again()?;
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

    /// Waits until nothing moves any more, holds everything to what was published and done, and ends all in good order.
    async fn judge(&mut self, feed: &Feed, acted: &Acted) -> anyhow::Result<()> {
        let store = self.installation.store().await?;
        settled(&store, self.topic, feed, SETTLED_WITHIN).await?;
        let events = Events::read(self.kafka.client(), &format!("{}.events", self.topic)).await?;
        let summary = judge(&store, feed, &self.sink, &events, acted).await?;
        let mirrored = self.kafka.client().read_all(&format!("{}.dlq", self.topic)).await?.len();
        ensure!(mirrored >= feed.refused, "{mirrored} of {} mirrored", feed.refused);
        for Process { name, service } in &mut self.processes {
            stop(service).await.with_context(|| name.clone())?;
        }
        eprintln!("seed {}: {summary}", self.seed);
        Ok(())
    }
}
