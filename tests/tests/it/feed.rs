//! A police system that publishes made-up incidents, some of them again, and some messages that can't be taken.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use encompass_core::calendar::london;
use encompass_core::incident::Incident;
use encompass_county::{Random, Workload};
use encompass_testkit::exchange::Texts;
use encompass_testkit::kafka::{Client, Message};
use serde_json::{Value, json};

use crate::installation::now;

const STRUCTURED: &[(&str, &str)] = &[("content-type", "application/cloudevents+json")];
/// Of a hundred messages.
const AGAIN: u64 = 6;
const BROKEN: u64 = 4;

/// The register that the incidents are about.
pub fn workload() -> Workload {
    Workload { children: 300, on: london::date(now()) }
}

/// Everything that is written about people in the workload's incidents, as addresses could hold it.
pub static PERSONAL: LazyLock<Texts> = LazyLock::new(|| {
    let (workload, at) = (workload(), now());
    let texts = (0..workload.children).flat_map(|number| {
        let event: Value = serde_json::from_slice(&workload.event(number, at).1).expect("our own event");
        Incident::parse(&event["data"], at).expect("our own incident").personal_strings()
    });
    // The force is named after the town.
    Texts::of(texts.filter(|text| text != "Wexcombe"))
});

/// What was published, and taken by the broker.
pub struct Feed {
    random: Random,
    /// Each incident's reference and event.
    pub incidents: Vec<(String, Vec<u8>)>,
    /// Messages that must be refused.
    pub refused: usize,
    /// Incidents that were published again.
    pub repeated: usize,
    /// Where each partition ends.
    pub ends: BTreeMap<i32, i64>,
}

impl Feed {
    pub fn new(seed: u64) -> Self {
        let random = Random::keyed(seed, "feed");
        Self { random, incidents: Vec::new(), refused: 0, repeated: 0, ends: BTreeMap::new() }
    }

    /// The next event: a new incident, one again, or a message that can't be taken.
    pub fn next(&mut self) -> (String, Vec<u8>) {
        let draw = self.random.bits() % 100;
        if draw < AGAIN && !self.incidents.is_empty() {
            self.repeated += 1;
            return self.incidents[self.random.below(self.incidents.len())].clone();
        }
        let (reference, event) = workload().event(self.incidents.len(), now());
        if draw < AGAIN + BROKEN {
            self.refused += 1;
            return (format!("broken-{}", self.refused), self.broken(&event));
        }
        self.incidents.push((reference.clone(), event.clone()));
        (reference, event)
    }

    fn broken(&mut self, event: &[u8]) -> Vec<u8> {
        let mut event: Value = serde_json::from_slice(event).expect("our own event");
        event["data"]["reference"] = json!(format!("broken-{}", self.refused));
        match self.random.below(3) {
            0 => return format!("no event at all: {}", self.refused).into_bytes(),
            1 => event["data"]["force"] = json!("elsewhere"),
            _ => event["data"]["children"] = json!([]),
        }
        event.to_string().into_bytes()
    }

    /// Publishes so many messages at once.
    ///
    /// # Errors
    ///
    /// If the broker does not take one within minutes.
    pub async fn publish(&mut self, client: &Client, topic: &str, count: usize) -> anyhow::Result<()> {
        let events: Vec<_> = (0..count).map(|_| self.next()).collect();
        let message = |(key, payload): &'_ (String, Vec<u8>)| (key.clone(), payload.clone());
        let events: Vec<_> = events.iter().map(message).collect();
        let messages = events.iter().map(|(key, payload)| Message { key, headers: STRUCTURED, payload });
        for (partition, offset) in client.produce_all(topic, messages).await? {
            let end = self.ends.entry(partition).or_insert(0);
            *end = (offset + 1).max(*end);
        }
        Ok(())
    }

    /// Publishes a few messages several times a second until told to stop.
    ///
    /// # Errors
    ///
    /// As [`Feed::publish`].
    pub async fn keep_publishing(
        mut self,
        client: Client,
        topic: String,
        enough: &AtomicBool,
    ) -> anyhow::Result<Self> {
        while !enough.load(Ordering::Acquire) {
            let count = 1 + self.random.below(3);
            self.publish(&client, &topic, count).await?;
            // The pace of a busy force; nothing waits for it.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Ok(self)
    }
}
