//! Messages as they stand in a topic.

use super::case::Case;
use crate::random::Random;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt;

/// What a message holds.
#[derive(Clone, PartialEq)]
pub enum Payload {
    /// A CloudEvent, in the form of structured mode.
    Event(Value),
    /// Bytes that are no event.
    Bytes(Vec<u8>),
}

/// One message.
#[derive(Clone, PartialEq)]
pub struct Published {
    /// When it comes.
    pub at: Timestamp,
    /// The message's key: the police reference; for a tally, the force.
    pub key: String,
    /// The police reference; for a tally, empty.
    pub reference: String,
    /// The case that it belongs to.
    pub case: Case,
    /// What it holds.
    pub payload: Payload,
    /// True where it is written in binary mode: attributes in headers.
    pub binary: bool,
}

/// A message as a producer takes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Headers, in order.
    pub headers: Vec<(String, String)>,
    /// The value.
    pub value: Vec<u8>,
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, key, case, .. } = self;
        f.debug_struct("Published")
            .field("at", at)
            .field("key", key)
            .field("case", case)
            .finish_non_exhaustive()
    }
}

impl Published {
    /// The event, where it is one.
    #[must_use]
    pub fn event(&self) -> Option<&Value> {
        match &self.payload {
            Payload::Event(event) => Some(event),
            Payload::Bytes(_) => None,
        }
    }

    /// Headers and value: structured mode, or binary mode of the CloudEvents Kafka binding.
    #[must_use]
    pub fn record(&self) -> Record {
        match &self.payload {
            Payload::Bytes(bytes) => {
                Record { headers: headers([("content-type", STRUCTURED)]), value: bytes.clone() }
            }
            Payload::Event(event) if self.binary => binary(event),
            Payload::Event(event) => Record {
                headers: headers([("content-type", STRUCTURED)]),
                value: event.to_string().into_bytes(),
            },
        }
    }
}

const STRUCTURED: &str = "application/cloudevents+json; charset=UTF-8";

fn binary(event: &Value) -> Record {
    let attributes = event.as_object().expect("events are made as objects").iter();
    let mut all = headers([("content-type", "application/json")]);
    for (name, value) in attributes.filter(|(name, _)| !matches!(name.as_str(), "data" | "datacontenttype")) {
        all.push((format!("ce_{name}"), value.as_str().unwrap_or_default().to_owned()));
    }
    Record { headers: all, value: event["data"].to_string().into_bytes() }
}

fn headers<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The force's system: it numbers its events.
pub(super) struct Sender {
    random: Random,
    sent: usize,
}

impl Sender {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: Random::keyed(seed, "sender"), sent: 0 }
    }

    /// A message with an event of the type.
    pub(super) fn event(
        &mut self,
        at: Timestamp,
        kind: &str,
        case: Case,
        reference: &str,
        data: Value,
    ) -> Published {
        self.sent += 1;
        let mut event = json!({
            "specversion": "1.0",
            "id": format!("wx-{:08}", self.sent),
            "source": "https://records.wexcombe-police.example/incidents",
            "type": kind,
            "time": at.to_string(),
            "datacontenttype": "application/json",
        });
        if self.random.percent(30) {
            event["traceparent"] = json!(traceparent(|| self.random.bits()));
        }
        event["data"] = data;
        let key = if reference.is_empty() { crate::places::FORCE } else { reference }.to_owned();
        let binary = self.random.percent(10);
        Published { at, key, reference: reference.to_owned(), case, payload: Payload::Event(event), binary }
    }
}

/// A trace of the sender's (W3C Trace Context), drawn again while an NHS number stands in it by chance: it is kept openly,
/// and whoever looks for children's numbers there would find it.
fn traceparent(mut bits: impl FnMut() -> u64) -> String {
    loop {
        let (trace, span) = (bits(), bits());
        let traceparent = format!("00-{:016x}{trace:016x}-{span:016x}-01", trace ^ span);
        if !has_nhs_number(&traceparent) {
            return traceparent;
        }
    }
}

/// Whether ten digits from the range kept for tests stand in a text.
fn has_nhs_number(text: &str) -> bool {
    let is_number = |digits: &[u8]| digits.starts_with(b"999") && digits.iter().all(u8::is_ascii_digit);
    text.as_bytes().windows(10).any(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_never_holds_an_nhs_number() {
        let mut drawn = [1, 0x12b8_9990_0668_093a, 2, 0x12b8_999a_0668_093a].into_iter();
        let trace = traceparent(|| drawn.next().expect("two draws are enough"));
        assert_eq!(trace, "00-12b8999a066809380000000000000002-12b8999a0668093a-01");
    }
}
