//! Events as they come by HTTP (CloudEvents HTTP protocol binding 1.0): one, or an array of them.

use serde_json::Value;

use super::BATCH_ITEMS_MAX;
use super::envelope;
use super::inbound::Inbound;
use super::refusal::{Refusal, RefusalKind};

/// One event of a request, with its own JSON, so that what is refused can be stored as it came.
#[derive(Clone, PartialEq)]
pub struct Item {
    /// The event in structured mode, or the data alone in binary mode.
    pub bytes: Vec<u8>,
    /// What it is.
    pub event: Result<Inbound, Refusal>,
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Item({:?}, …)", self.event)
    }
}

/// What a request carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Submitted {
    /// One event: the answer is about it.
    One(Box<Item>),
    /// An array: the answer is an array, each item answered by itself.
    Many(Vec<Item>),
}

/// Opens the events of a request body of at most so many bytes. `header` looks a header up by its name in lower case.
///
/// # Errors
///
/// A refusal of the whole request when it is too large, not JSON, or an array of more than [`BATCH_ITEMS_MAX`] events.
/// What is wrong with one event of it is said in that [`Item`].
pub fn from_http<'a>(
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
    bytes_max: usize,
) -> Result<Submitted, Refusal> {
    if body.len() > bytes_max {
        return Err(Refusal::too_large(bytes_max));
    }
    let trace = header("traceparent");
    if header("ce-specversion").is_some() {
        let event = envelope::open(|name| header(&format!("ce-{name}")), envelope::json(body));
        return Ok(Submitted::One(Box::new(item(body.to_vec(), event, trace))));
    }
    match envelope::json(body)? {
        Value::Array(events) if events.len() > BATCH_ITEMS_MAX => {
            let advice = format!("One request may carry at most {BATCH_ITEMS_MAX} events.");
            Err(Refusal::new(RefusalKind::TooLarge, None, advice))
        }
        Value::Array(events) => {
            let one = |event: Value| item(event.to_string().into_bytes(), envelope::whole(event), trace);
            Ok(Submitted::Many(events.into_iter().map(one).collect()))
        }
        event => Ok(Submitted::One(Box::new(item(body.to_vec(), envelope::whole(event), trace)))),
    }
}

fn item(bytes: Vec<u8>, event: Result<Inbound, Refusal>, trace: Option<&str>) -> Item {
    Item { bytes, event: event.map(|event| event.traced_by(trace)) }
}
