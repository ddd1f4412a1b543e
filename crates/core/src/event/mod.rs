//! Events in and out: CloudEvents 1.0 in JSON, by Kafka and by HTTP.
//!
//! Coming in we are generous: the two modes are told apart by what is there, and of the attributes only those that we
//! cannot act without are required (`specversion` and `type`; `id` and `source` serve tracing only). Going out an event
//! is made of ids, words of ours and moments, so that it cannot hold personal data.

mod document;
mod envelope;
mod http;
mod inbound;
mod kafka;
mod outgoing;
mod outgoing_fields;
mod refusal;
mod unique;

pub use document::{Document, documents, field_reference};
pub use http::{Item, Submitted, from_http};
pub use inbound::{Content, Inbound, InboundKind};
pub use kafka::{Record, from_kafka};
pub use outgoing::{Accepted, Body, Case, Changed, Outgoing, Place, Refused};
pub use refusal::{Refusal, RefusalKind};

/// The default limit for one event, in bytes.
pub const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// How many events one HTTP request may carry.
pub const BATCH_ITEMS_MAX: usize = 1000;
/// How deep the JSON of an event may be nested.
pub const NESTING_MAX: usize = 32;
