//! What a test does with topics.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};
use futures::future::try_join_all;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Header, Headers, Message as _, OwnedHeaders};
use rdkafka::metadata::MetadataPartition;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Offset, TopicPartitionList};

use super::Sasl;

const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// What it takes to talk to the brokers; not tied to the runtime of one test.
#[derive(Clone)]
pub struct Client {
    bootstrap: String,
    sasl: Option<Sasl>,
    /// Kept, as an idempotent producer needs a second to be given its identity.
    producer: Arc<OnceLock<FutureProducer>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("bootstrap", &self.bootstrap).finish_non_exhaustive()
    }
}

/// A message to publish.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Decides the partition.
    pub key: &'a str,
    /// Name and value.
    pub headers: &'a [(&'a str, &'a str)],
    /// The value of the record.
    pub payload: &'a [u8],
}

/// A message as it stands in a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Partition, from 0.
    pub partition: i32,
    /// Offset in the partition.
    pub offset: i64,
    /// The key, if there is one.
    pub key: Option<Vec<u8>>,
    /// Name and value; a null value is empty.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The value; a null value is empty.
    pub payload: Vec<u8>,
}

impl Client {
    pub(super) fn new(bootstrap: String, sasl: Option<Sasl>) -> Client {
        Client { bootstrap, sasl, producer: Arc::default() }
    }

    /// Addresses as `host:port,host:port`.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// How to sign in, if the broker is secured.
    pub fn sasl(&self) -> Option<&Sasl> {
        self.sasl.as_ref()
    }

    /// The same brokers, asked without TLS and without signing in.
    pub fn in_clear(&self) -> Client {
        Client::new(self.bootstrap.clone(), None)
    }

    /// How many brokers the cluster has, by its own word.
    ///
    /// # Errors
    ///
    /// If none answers within a second.
    pub async fn brokers(&self) -> anyhow::Result<usize> {
        let consumer: BaseConsumer = self.config().create()?;
        let asked =
            tokio::task::spawn_blocking(move || consumer.fetch_metadata(None, Duration::from_secs(1)));
        Ok(asked.await??.brokers().len())
    }

    /// Makes a topic, replicated as widely as there are brokers (three at most), and waits until every
    /// partition has a leader.
    ///
    /// # Errors
    ///
    /// What the broker answers, also if the topic is there already.
    pub async fn create_topic(&self, name: &str, partitions: i32) -> anyhow::Result<()> {
        self.create_topic_with(name, partitions, &[]).await
    }

    /// The same with settings of the topic, such as `max.message.bytes`.
    ///
    /// # Errors
    ///
    /// As [`Client::create_topic`].
    pub async fn create_topic_with(
        &self,
        name: &str,
        partitions: i32,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        let plain = NewTopic::new(name, partitions, TopicReplication::Fixed(-1));
        let topic = settings.iter().fold(plain, |topic, (key, value)| topic.set(key, value));
        let answers = self.admin()?.create_topics([&topic], &options()).await?;
        refused(answers).with_context(|| format!("making topic {name}"))?;
        let deadline = Instant::now() + ANSWER_WITHIN;
        while self.leaders(name).await? != usize::try_from(partitions)? {
            ensure!(Instant::now() < deadline, "topic {name} has no leaders within {ANSWER_WITHIN:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Deletes a topic with all its records.
    ///
    /// # Errors
    ///
    /// What the broker answers.
    pub async fn delete_topic(&self, name: &str) -> anyhow::Result<()> {
        let answers = self.admin()?.delete_topics(&[name], &options()).await?;
        refused(answers).with_context(|| format!("deleting topic {name}"))
    }

    /// Publishes one message with `acks=all`; returns partition and offset.
    ///
    /// # Errors
    ///
    /// What the broker answers, or that it did not within half a minute.
    pub async fn produce(&self, topic: &str, message: Message<'_>) -> anyhow::Result<(i32, i64)> {
        let placed = self.produce_all(topic, [message]).await?;
        placed.into_iter().next().context("one message, one answer")
    }

    /// Publishes messages in their order by one idempotent producer.
    ///
    /// # Errors
    ///
    /// As [`Client::produce`], for the first that failed.
    pub async fn produce_all<'a>(
        &self,
        topic: &str,
        messages: impl IntoIterator<Item = Message<'a>>,
    ) -> anyhow::Result<Vec<(i32, i64)>> {
        let producer = self.producer()?;
        let mut sent = Vec::new();
        for message in messages {
            let headers = message.headers.iter().fold(OwnedHeaders::new(), |all, (key, value)| {
                all.insert(Header { key, value: Some(*value) })
            });
            let record = FutureRecord::to(topic).key(message.key).payload(message.payload).headers(headers);
            sent.push(producer.send_result(record).map_err(|(error, _)| error)?);
        }
        let placed = try_join_all(sent).await.context("producer went away")?;
        placed
            .into_iter()
            .map(|result| Ok(result.map(|d| (d.partition, d.offset)).map_err(|e| e.0)?))
            .collect()
    }

    /// All records of a topic that are there now, by partition and offset.
    ///
    /// # Errors
    ///
    /// If the topic is not there or its records do not come within half a minute.
    pub async fn read_all(&self, topic: &str) -> anyhow::Result<Vec<Record>> {
        let partitions: Vec<_> = self.partitions(topic).await?.into_iter().map(|(id, _)| id).collect();
        ensure!(!partitions.is_empty(), "topic {topic} is not there");
        let consumer: BaseConsumer = self
            .config()
            .set("group.id", "testkit")
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            .set("fetch.wait.max.ms", "20")
            .set("fetch.error.backoff.ms", "20")
            .create()?;
        let topic = topic.to_owned();
        tokio::task::spawn_blocking(move || read_to_end(&consumer, &topic, &partitions)).await?
    }

    async fn leaders(&self, topic: &str) -> anyhow::Result<usize> {
        Ok(self.partitions(topic).await?.iter().filter(|(_, led)| *led).count())
    }

    /// The partitions of a topic, each with whether it has a leader.
    async fn partitions(&self, topic: &str) -> anyhow::Result<Vec<(i32, bool)>> {
        let consumer: BaseConsumer = self.config().create()?;
        let topic = topic.to_owned();
        let asked = move || -> anyhow::Result<Vec<(i32, bool)>> {
            let metadata = consumer.fetch_metadata(Some(&topic), ANSWER_WITHIN)?;
            let partitions = metadata.topics().first().context("no answer")?.partitions();
            let led = |p: &MetadataPartition| p.leader() >= 0 && p.error().is_none();
            Ok(partitions.iter().map(|partition| (partition.id(), led(partition))).collect())
        };
        tokio::task::spawn_blocking(asked).await?
    }

    fn producer(&self) -> anyhow::Result<&FutureProducer> {
        if let Some(kept) = self.producer.get() {
            return Ok(kept);
        }
        // As much as librdkafka allows: what is too large is for the topic to say.
        let made =
            self.config().set("enable.idempotence", "true").set("message.max.bytes", "16777216").create()?;
        Ok(self.producer.get_or_init(|| made))
    }

    fn admin(&self) -> anyhow::Result<AdminClient<DefaultClientContext>> {
        Ok(self.config().create()?)
    }

    /// librdkafka's configuration with addresses and security, for clients that a test makes itself.
    pub fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        config.set("reconnect.backoff.max.ms", "200");
        config.set("topic.metadata.refresh.fast.interval.ms", "20");
        config.set("allow.auto.create.topics", "false");
        if let Some(sasl) = &self.sasl {
            config.set("security.protocol", "SASL_SSL").set("sasl.mechanism", "SCRAM-SHA-512");
            config.set("sasl.username", &sasl.user).set("sasl.password", &sasl.password);
            config.set("ssl.ca.location", sasl.ca.display().to_string());
        }
        config
    }
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(ANSWER_WITHIN)).operation_timeout(Some(ANSWER_WITHIN))
}

fn refused(answers: Vec<rdkafka::admin::TopicResult>) -> anyhow::Result<()> {
    answers
        .into_iter()
        .try_for_each(|answer| answer.map(drop).map_err(|(topic, code)| anyhow!("{topic}: {code}")))
}

fn read_to_end(consumer: &BaseConsumer, topic: &str, partitions: &[i32]) -> anyhow::Result<Vec<Record>> {
    let mut from = TopicPartitionList::new();
    for partition in partitions {
        // Asked for first, as librdkafka waits half a second when it meets a partition without its leader.
        let (first, _) = consumer.fetch_watermarks(topic, *partition, ANSWER_WITHIN)?;
        from.add_partition_offset(topic, *partition, Offset::Offset(first))?;
    }
    consumer.assign(&from)?;
    let (mut records, mut ended) = (Vec::new(), BTreeSet::new());
    let deadline = Instant::now() + ANSWER_WITHIN;
    while ended.len() < partitions.len() {
        match consumer.poll(deadline.saturating_duration_since(Instant::now())) {
            Some(Ok(message)) => records.push(record(&message)),
            Some(Err(KafkaError::PartitionEOF(partition))) => drop(ended.insert(partition)),
            // A broker that is down: librdkafka goes on with the others.
            Some(Err(error)) if Instant::now() > deadline => return Err(error.into()),
            Some(Err(_)) => {}
            None => bail!("{} of {} partitions read within {ANSWER_WITHIN:?}", ended.len(), partitions.len()),
        }
    }
    records.sort_by_key(|record| (record.partition, record.offset));
    Ok(records)
}

fn record(message: &BorrowedMessage<'_>) -> Record {
    let headers = message.headers().map(|headers| {
        headers.iter().map(|h| (h.key.to_owned(), h.value.unwrap_or_default().to_vec())).collect()
    });
    Record {
        partition: message.partition(),
        offset: message.offset(),
        key: message.key().map(<[u8]>::to_vec),
        headers: headers.unwrap_or_default(),
        payload: message.payload().unwrap_or_default().to_vec(),
    }
}
