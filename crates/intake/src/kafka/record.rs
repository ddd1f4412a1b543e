//! A record as it is kept until it is stored.

use std::sync::Arc;

use encompass_core::event::{self, Place};
use encompass_core::id::IdentityKey;
use encompass_store::refused::{Bytes, Message, Origin};
use jiff::Timestamp;
use rdkafka::Message as _;
use rdkafka::message::{BorrowedMessage, Headers as _};

use crate::accept::{Arrived, Sender};

/// One partition of one topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Partition {
    pub topic: Arc<str>,
    pub number: i32,
}

/// A record, copied out of librdkafka's memory.
pub(super) struct Record {
    pub partition: Partition,
    pub offset: i64,
    /// Milliseconds since 1970, by the broker or the producer.
    pub timestamp: Option<i64>,
    message: Message,
}

impl Record {
    pub(super) fn copy(message: &BorrowedMessage<'_>, partition: Partition) -> Self {
        let bytes = |bytes: &[u8]| Bytes(bytes.to_vec());
        let headers = message.headers().map(|headers| {
            headers
                .iter()
                .map(|header| (header.key.to_owned(), bytes(header.value.unwrap_or_default())))
                .collect()
        });
        let copied = Message {
            key: message.key().map(bytes),
            headers: headers.unwrap_or_default(),
            payload: message.payload().map(bytes),
        };
        Self {
            partition,
            offset: message.offset(),
            timestamp: message.timestamp().to_millis(),
            message: copied,
        }
    }

    /// What it takes of memory, more or less.
    pub(super) fn size(&self) -> usize {
        let length = |bytes: &Option<Bytes>| bytes.as_ref().map_or(0, |bytes| bytes.0.len());
        let headers: usize =
            self.message.headers.iter().map(|(name, value)| name.len() + value.0.len()).sum();
        length(&self.message.payload) + length(&self.message.key) + headers
    }

    /// Keyed hash by which the record is known again.
    pub(super) fn fingerprint(&self, identity: &IdentityKey) -> [u8; 32] {
        let timestamp = self.timestamp.unwrap_or(-1).to_be_bytes();
        let [key, payload] = [&self.message.key, &self.message.payload]
            .map(|bytes| bytes.as_ref().map_or(&[][..], |bytes| bytes.0.as_slice()));
        identity.hash("record", &[&timestamp, key, payload])
    }

    /// The message with the event in it.
    pub(super) fn open(
        self,
        sender: &Sender,
        identity: &IdentityKey,
        bytes_max: usize,
        received_at: Timestamp,
    ) -> Arrived {
        let headers: Vec<(&str, &[u8])> =
            self.message.headers.iter().map(|(name, value)| (name.as_str(), value.0.as_slice())).collect();
        let value = self.message.payload.as_ref().map(|payload| payload.0.as_slice());
        let event = event::from_kafka(event::Record { headers: &headers, value }, bytes_max);
        let arrived_at = self.timestamp.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        Arrived {
            origin: Origin::Kafka(Place {
                topic: self.partition.topic.to_string(),
                partition: self.partition.number,
                offset: self.offset,
            }),
            sender: sender.clone(),
            event,
            fingerprint: self.fingerprint(identity),
            message: self.message,
            arrived_at: arrived_at.unwrap_or(received_at),
            received_at,
        }
    }
}
