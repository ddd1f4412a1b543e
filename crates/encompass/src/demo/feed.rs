//! The broker, and the police system that publishes to it.

use std::time::Duration;

use anyhow::{Context, bail};
use encompass_county::Published;
use encompass_store::Store;
use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{DefaultProducerContext, FutureProducer, FutureRecord};

/// The topic of the force.
pub(super) const INCIDENTS: &str = "police.incidents.v1";
/// Where lifecycle events go.
pub(super) const EVENTS: &str = "encompass.notifications.v1";
const PARTITIONS: i32 = 3;
/// How long the broker may take to acknowledge.
const PUBLISH_WITHIN: Duration = Duration::from_secs(10);
/// How long intake may take to store what was published, its joining of the group included.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks at the positions.
const LOOK: Duration = Duration::from_millis(3);

/// An in-process broker with a producer.
pub(super) struct Feed {
    producer: FutureProducer,
    published: i64,
    /// Dropped last: a producer without its broker complains.
    cluster: MockCluster<'static, DefaultProducerContext>,
}

impl Feed {
    /// A broker with the topics that intake needs.
    pub(super) fn begin() -> anyhow::Result<Self> {
        let cluster = MockCluster::new(1).context("the in-process broker can't start")?;
        cluster.create_topic(INCIDENTS, PARTITIONS, 1)?;
        cluster.create_topic(EVENTS, PARTITIONS, 1)?;
        cluster.create_topic(&format!("{INCIDENTS}.dlq"), 1, 1)?;
        let mut settings = ClientConfig::new();
        settings.set("bootstrap.servers", cluster.bootstrap_servers()).set("linger.ms", "0");
        let producer = settings.create().context("the police system's producer")?;
        Ok(Self { producer, published: 0, cluster })
    }

    /// The broker's address.
    pub(super) fn address(&self) -> String {
        self.cluster.bootstrap_servers()
    }

    /// Publishes one message.
    pub(super) async fn publish(&mut self, message: &Published) -> anyhow::Result<()> {
        let record = message.record();
        let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: Some(value) })
        });
        let record = FutureRecord::to(INCIDENTS).key(&message.key).payload(&record.value).headers(headers);
        let sent = self.producer.send(record, PUBLISH_WITHIN).await;
        sent.map_err(|(error, _)| error).context("the in-process broker took no message")?;
        self.published += 1;
        Ok(())
    }

    /// Waits until intake has stored everything that was published.
    pub(super) async fn taken(&self, store: &Store) -> anyhow::Result<()> {
        let all = async {
            loop {
                let positions = store.positions(INCIDENTS).await?;
                let read: i64 = positions.iter().map(|position| position.counts.read).sum();
                if read >= self.published {
                    return Ok(());
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        match tokio::time::timeout(TAKEN_WITHIN, all).await {
            Ok(taken) => taken,
            Err(_) => bail!("intake did not take what was published within {} s", TAKEN_WITHIN.as_secs()),
        }
    }

    /// Waits until every lifecycle event stands in its topic.
    pub(super) async fn passed_on(&self, store: &Store) -> anyhow::Result<()> {
        let all = async {
            while !store.unpublished_events(1).await?.is_empty() {
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        };
        match tokio::time::timeout(TAKEN_WITHIN, all).await {
            Ok(passed) => passed,
            Err(_) => bail!("lifecycle events were not published within {} s", TAKEN_WITHIN.as_secs()),
        }
    }
}
