//! A refused message as it came.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use encompass_core::id::RefusedId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A message as it came. Nobody knows what is in it, so all of it counts as personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The record's key.
    pub key: Option<Bytes>,
    /// Its headers, or those of the request, in their order.
    pub headers: Vec<(String, Bytes)>,
    /// Its value; `None` is a tombstone.
    pub payload: Option<Bytes>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.payload.as_ref().map_or(0, |payload| payload.0.len());
        write!(f, "Message({length} bytes)")
    }
}

/// Bytes, written as base64 so that an envelope is a third larger and not three times.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Where a message is sealed.
pub(super) fn message_place(id: RefusedId) -> String {
    format!("refused.message {id}")
}

/// Where the note of who settled it is sealed.
pub(super) fn note_place(id: RefusedId) -> String {
    format!("refused.note {id}")
}
