//! What the lifecycle topic says, by subject.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use encompass_county::FORCE;
use encompass_store::Store;
use encompass_testkit::kafka;
use serde_json::Value;

/// The events about each subject in their sequence, each once.
pub struct Events(BTreeMap<String, Vec<Value>>);

impl Events {
    /// Reads a topic whole.
    ///
    /// # Errors
    ///
    /// As [`Events::of`], or if an event stands under another key than its subject.
    pub async fn read(client: &kafka::Client, topic: &str) -> anyhow::Result<Self> {
        let mut bodies = Vec::new();
        for record in client.read_all(topic).await? {
            let event: Value = serde_json::from_slice(&record.payload)?;
            let key = record.key.unwrap_or_default();
            ensure!(
                event["subject"].as_str().map(str::as_bytes) == Some(&key),
                "not under its subject: {event}"
            );
            bodies.push(event);
        }
        Self::of(bodies)
    }

    /// Reads what a force without a broker is given.
    ///
    /// # Errors
    ///
    /// As [`Events::of`].
    pub async fn stored(store: &Store) -> anyhow::Result<Self> {
        let (mut bodies, mut after) = (Vec::new(), 0);
        loop {
            let page = store.published_events(FORCE, after, 1000).await?;
            let Some(last) = page.last() else { return Self::of(bodies) };
            after = last.number;
            for event in &page {
                bodies.push(serde_json::from_str(&event.body)?);
            }
        }
    }

    /// # Errors
    ///
    /// If an event came before one that it follows, or two with one number say different things.
    fn of(bodies: Vec<Value>) -> anyhow::Result<Self> {
        let mut subjects: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for event in bodies {
            // What is about a refused message has no sequence: it is one event.
            let number = usize::try_from(event["data"]["sequence"].as_u64().unwrap_or(1))?;
            let known = subjects.entry(event["subject"].as_str().unwrap_or_default().to_owned()).or_default();
            match number.checked_sub(1).context("numbers begin at 1")? {
                next if next == known.len() => known.push(event),
                // Published again after a broker's answer was lost.
                before if before < known.len() => {
                    ensure!(known[before] == event, "two events with one number: {event}");
                }
                _ => bail!("after {} events came {event}", known.len()),
            }
        }
        Ok(Self(subjects))
    }

    /// The events about one subject, in words: type and state after, as `accepted`, `child notified`.
    pub fn about(&self, subject: &impl ToString) -> Vec<String> {
        let events = self.0.get(&subject.to_string()).map(Vec::as_slice).unwrap_or_default();
        events.iter().map(in_words).collect()
    }

    /// How many subjects have an event of this type.
    pub fn count(&self, event_type: &str) -> usize {
        self.0.values().filter(|events| events.iter().any(|event| event["type"] == event_type)).count()
    }
}

fn in_words(event: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (event_type, after) = (text(&event["type"]), text(&event["data"]["after"]));
    let subject = event_type.split('.').nth(1).unwrap_or_default();
    match event_type.as_str() {
        "encompass.incident.accepted.v1" => "accepted".to_owned(),
        "encompass.incident.refused.v1" => "refused".to_owned(),
        _ => format!("{subject} {after}"),
    }
}
