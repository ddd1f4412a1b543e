//! Intake's part of the configuration.

mod client;
mod security;
mod topic;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use security::{Protocol, Security};
pub(crate) use topic::dead_letter_topic;
pub use topic::{Topic, Use};

use crate::accept::Sender;
use crate::{Error, Result};

/// What intake is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The largest event, in bytes; a larger one is refused.
    pub event_bytes_max: usize,
    /// Events by HTTP that one force may send without waiting, and then per second; a request that reads counts as one.
    pub http_events_at_once: u32,
    /// How long after a tally came it is compared with what came, in minutes.
    pub tally_wait_minutes: u32,
    /// The broker.
    pub kafka: Kafka,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            event_bytes_max: encompass_core::event::EVENT_BYTES_MAX,
            http_events_at_once: 5_000,
            tally_wait_minutes: 60,
            kafka: Kafka::default(),
        }
    }
}

/// The broker and its topics.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kafka {
    /// Addresses as `host:port`; none: no broker is used.
    pub brokers: Vec<String>,
    /// The consumer group that replicas share.
    pub group: String,
    /// The topics that are read, each with the forces that it may speak for; the first answers for what can't be read.
    pub topics: BTreeMap<String, Vec<String>>,
    /// Where lifecycle events go.
    pub events_topic: String,
    /// Forces whose lifecycle events go to a topic of their own.
    pub events_topics: BTreeMap<String, String>,
    /// Records that one transaction takes at most.
    pub batch_records_max: usize,
    /// Bytes that one transaction takes at most; one record alone may be larger.
    pub batch_bytes_max: usize,
    /// TLS and sign-in.
    pub security: Security,
    /// Further settings of librdkafka, for consumer and producer alike; those that promises rest on are refused.
    pub client: BTreeMap<String, String>,
}

impl Default for Kafka {
    fn default() -> Self {
        Self {
            brokers: Vec::new(),
            group: "encompass-intake".into(),
            topics: BTreeMap::new(),
            events_topic: "encompass.notifications.v1".into(),
            events_topics: BTreeMap::new(),
            batch_records_max: 500,
            batch_bytes_max: 4 * 1024 * 1024,
            security: Security::default(),
            client: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Checks what can be checked without a broker.
    ///
    /// # Errors
    /// [`Error::Config`], saying what to change.
    pub fn check(&self) -> Result<()> {
        let wrong = |what: &str| Err(Error::Config(what.into()));
        if self.event_bytes_max < 1024 {
            return wrong("intake.event_bytes_max must be 1024 at least");
        }
        if self.http_events_at_once == 0 {
            return wrong("intake.http_events_at_once must be 1 at least");
        }
        self.kafka.check()
    }
}

impl Kafka {
    /// Whether a broker is used.
    pub fn is_on(&self) -> bool {
        !self.brokers.is_empty()
    }

    /// The topic of a force's lifecycle events.
    pub fn events_topic_of(&self, force: &str) -> &str {
        self.events_topics.get(force).unwrap_or(&self.events_topic)
    }

    /// Every topic that lifecycle events go to.
    pub fn all_events_topics(&self) -> Vec<&str> {
        let mut topics: Vec<&str> = self.events_topics.values().map(String::as_str).collect();
        topics.push(&self.events_topic);
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// Every force that it names, with the place where it does.
    pub fn forces(&self) -> impl Iterator<Item = (&str, &str)> {
        let read = self
            .topics
            .iter()
            .flat_map(|(topic, forces)| forces.iter().map(|force| (topic.as_str(), force.as_str())));
        let written = self.events_topics.iter().map(|(force, topic)| (topic.as_str(), force.as_str()));
        read.chain(written)
    }

    /// Who speaks through a topic.
    pub(crate) fn sender(&self, topic: &str) -> Option<Sender> {
        self.topics.get(topic).and_then(|forces| Sender::new(forces))
    }

    fn check(&self) -> Result<()> {
        let wrong = |what: String| Err(Error::Config(what));
        if !self.is_on() {
            return Ok(());
        }
        if let Some((topic, _)) = self.topics.iter().find(|(_, forces)| forces.is_empty()) {
            return wrong(format!("intake.kafka.topics: {topic} must name the forces it may speak for"));
        }
        let written = self.all_events_topics();
        if let Some(topic) = self.topics.keys().find(|topic| written.contains(&topic.as_str())) {
            return wrong(format!("intake.kafka: {topic} is both read and written"));
        }
        if self.batch_records_max == 0 || self.batch_bytes_max == 0 {
            return wrong("intake.kafka: batch_records_max and batch_bytes_max must be 1 at least".into());
        }
        self.consumer_settings().and(self.producer_settings()).map(drop)
    }
}
