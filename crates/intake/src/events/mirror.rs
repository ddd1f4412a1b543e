//! Refused messages in `<source topic>.dlq`, on the broker that holds them already.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use encompass_store::refused::{Message, Origin, Unmirrored};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};

use super::producer::{self, Outbound, Producer};
use crate::config::{Use, dead_letter_topic};
use crate::{Intake, Result};

const BATCH: i64 = 50;
/// How long a topic whose dead-letter topic can't be written is left alone: asking takes seconds, events wait for it.
const AGAIN: Duration = Duration::from_secs(60);

/// The topics whose dead-letter topic is not there or not ours to write, each with when it is tried again. Their
/// messages wait in the store.
pub(super) type Shut = BTreeMap<String, Instant>;

/// Mirrors the oldest messages of one topic; says how many.
pub(super) async fn step(intake: &Intake, producer: &Producer, shut: &mut Shut) -> Result<usize> {
    shut.retain(|_, again| Instant::now() < *again);
    let but_of: Vec<&str> = shut.keys().map(String::as_str).collect();
    let mut waiting = intake.store.unmirrored(BATCH, &but_of).await?;
    let Some(topic) = waiting.first().and_then(topic).map(str::to_owned) else { return Ok(0) };
    waiting.retain(|one| self::topic(one) == Some(topic.as_str()));
    let records: Vec<Outbound> = waiting.iter().filter_map(record).collect();
    let (mut done, mut failed) = (Vec::new(), None);
    for (one, put) in waiting.iter().zip(producer::put_each(producer, &records).await) {
        match put {
            Ok(_) => done.push(one.listed.id),
            Err(error) if can_never_be_put(&error) => {
                // It stays in the store, where people deal with it; the mirror is a convenience.
                tracing::warn!(refused = %one.listed.id, %error, "a refused message can't be mirrored");
                done.push(one.listed.id);
            }
            Err(error) => failed = Some(error),
        }
    }
    if !done.is_empty() {
        intake.store.mark_mirrored(&done, intake.clock.now()).await?;
    }
    tell(intake, shut, topic, failed).map(|()| done.len())
}

/// What a failure means for the topic.
fn tell(intake: &Intake, shut: &mut Shut, topic: String, failed: Option<KafkaError>) -> Result<()> {
    let dead_letters = dead_letter_topic(&topic);
    let missing = intake.metrics.missing_topics.with_label_values(&[dead_letters.as_str()]);
    match failed {
        Some(error) if is_shut(&error) => {
            missing.set(1);
            let words = Use::DeadLetters.in_words();
            tracing::error!(topic = dead_letters, %error, "the topic can't be written; create it: {words}");
            shut.insert(topic, Instant::now() + AGAIN);
            Ok(())
        }
        Some(error) => Err(error.into()),
        None => {
            missing.set(0);
            Ok(())
        }
    }
}

fn topic(unmirrored: &Unmirrored) -> Option<&str> {
    match &unmirrored.listed.origin {
        Origin::Kafka(place) => Some(&place.topic),
        Origin::Http(_) => None,
    }
}

fn can_never_be_put(error: &KafkaError) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        error.rdkafka_error_code(),
        Some(Code::MessageSizeTooLarge | Code::InvalidMessage | Code::InvalidRecord)
    )
}

fn is_shut(error: &KafkaError) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        error.rdkafka_error_code(),
        Some(Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::TopicAuthorizationFailed)
    )
}

fn record(unmirrored: &Unmirrored) -> Option<Outbound> {
    let listed = &unmirrored.listed;
    let Origin::Kafka(place) = &listed.origin else { return None };
    let ours = [
        ("topic", place.topic.clone()),
        ("partition", place.partition.to_string()),
        ("offset", place.offset.to_string()),
        ("kind", listed.kind.word().to_owned()),
        ("pointer", listed.pointer.clone().unwrap_or_default()),
    ];
    let headers = ours.iter().fold(original_headers(&unmirrored.message), |headers, (key, value)| {
        headers.insert(Header { key, value: Some(value) })
    });
    let bytes = |bytes: &Option<encompass_store::refused::Bytes>| {
        bytes.as_ref().map(|bytes| bytes.0.clone()).unwrap_or_default()
    };
    Some(Outbound {
        topic: dead_letter_topic(&place.topic),
        key: bytes(&unmirrored.message.key),
        headers,
        payload: bytes(&unmirrored.message.payload),
    })
}

/// The headers that the message came with and without which a binary event can't be read.
fn original_headers(message: &Message) -> OwnedHeaders {
    let kept = message.headers.iter().filter(|(name, value)| is_kept(name, &value.0));
    kept.fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header { key, value: Some(&value.0) })
    })
}

/// Whether a header goes with its message: one of the contract's, with a value in a form that names no people. Any
/// other is only in the store.
fn is_kept(name: &str, value: &[u8]) -> bool {
    const VALUE_MAX: usize = 256;
    let is_word = || value.iter().all(u8::is_ascii_graphic);
    let is_fine = match name.to_ascii_lowercase().as_str() {
        "content-type" => value.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' '),
        "ce_specversion" | "ce_type" | "ce_source" | "ce_id" | "ce_time" | "ce_datacontenttype"
        | "ce_traceparent" | "traceparent" => is_word(),
        _ => false,
    };
    is_fine && value.len() <= VALUE_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_go_with_a_message_only_where_they_can_name_nobody() {
        for (name, value, kept) in [
            ("content-type", "application/json; charset=UTF-8", true),
            ("CE_Type", "encompass.incident.reported.v1", true),
            ("ce_id", "6b1f2a4e-1", true),
            ("ce_id", "Ada Lovelace, 3 High Street", false),
            ("ce_source", "urn:example:rms", true),
            ("ce_subject", "Lovelace", false),
            ("officer", "PC-41", false),
        ] {
            assert_eq!(is_kept(name, value.as_bytes()), kept, "{name}: {value}");
        }
        assert!(!is_kept("ce_id", &[b'a'; 257]));
    }
}
