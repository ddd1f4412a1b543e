//! Events as they come by Kafka (CloudEvents Kafka protocol binding 1.0).

use super::envelope;
use super::inbound::Inbound;
use super::refusal::{Refusal, RefusalKind};

/// One record of a topic.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// Its headers, in their order.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// Its value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
}

impl<'a> Record<'a> {
    /// The first header of a name, in any case, that is UTF-8.
    fn header(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }
}

/// Opens the event in a record of at most so many bytes.
///
/// # Errors
///
/// A refusal when it is too large, not JSON, no CloudEvent, or of a type that we do not know.
pub fn from_kafka(record: Record<'_>, bytes_max: usize) -> Result<Inbound, Refusal> {
    let advice = "A record without a value says nothing. To take an incident back send a withdrawn event.";
    let value = record.value.ok_or_else(|| Refusal::new(RefusalKind::Unreadable, None, advice))?;
    if value.len() > bytes_max {
        return Err(Refusal::too_large(bytes_max));
    }
    let opened = if record.header("ce_specversion").is_some() {
        envelope::open(|name| record.header(&format!("ce_{name}")), envelope::json(value))
    } else {
        envelope::json(value).and_then(envelope::whole)
    };
    opened.map(|event| event.traced_by(record.header("traceparent")))
}
