//! Refused messages in `<source topic>.dlq`, on the broker that holds them already.

use encompass_store::refused::{Message, Origin, Unmirrored};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};

use super::producer::{self, Outbound, Producer};
use crate::{Intake, Result};

const BATCH: i64 = 50;

/// Mirrors the oldest messages; says how many.
pub(super) async fn step(intake: &Intake, producer: &Producer) -> Result<usize> {
    let waiting = intake.store.unmirrored(BATCH).await?;
    let records: Vec<Outbound> = waiting.iter().filter_map(record).collect();
    if records.is_empty() {
        return Ok(0);
    }
    let (put, failed) = producer::put(producer, &records).await;
    let mut done = put.len();
    if let Some(error) = &failed
        && can_never_be_put(error)
    {
        // It stays in the store, where people deal with it; the mirror is a convenience.
        tracing::warn!(refused = %waiting[done].listed.id, %error, "a refused message can't be mirrored");
        done += 1;
    }
    let ids: Vec<_> = waiting[..done].iter().map(|one| one.listed.id).collect();
    if !ids.is_empty() {
        intake.store.mark_mirrored(&ids, intake.clock.now()).await?;
    }
    match failed {
        Some(error) if !can_never_be_put(&error) => Err(error.into()),
        _ => Ok(done),
    }
}

fn can_never_be_put(error: &KafkaError) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::MessageSizeTooLarge
                | Code::InvalidMessage
                | Code::InvalidRecord
                | Code::UnknownTopic
                | Code::UnknownTopicOrPartition
                | Code::TopicAuthorizationFailed
        )
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
        topic: format!("{}.dlq", place.topic),
        key: bytes(&unmirrored.message.key),
        headers,
        payload: bytes(&unmirrored.message.payload),
    })
}

/// The headers that the message came with, without which a binary event can't be read.
fn original_headers(message: &Message) -> OwnedHeaders {
    message.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header { key, value: Some(&value.0) })
    })
}
