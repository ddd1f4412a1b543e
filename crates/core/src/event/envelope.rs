//! Opening a CloudEvent, in whichever mode it came.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::NESTING_MAX;
use super::inbound::{Inbound, InboundKind};
use super::refusal::{Refusal, RefusalKind};
use super::unique::Unique;
use crate::incident::instant;

const HOW: &str = "Send a CloudEvent 1.0: either its attributes as headers with the data as JSON body (binary mode), or \
                   the whole as one JSON object with content type application/cloudevents+json (structured mode).";

/// Reads JSON. A byte order mark before it is passed over, because some systems write one.
pub(super) fn json(bytes: &[u8]) -> Result<Value, Refusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let Unique(value) = serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        let advice = match error.classify() {
            Category::Data => format!(
                "A key stands twice in one JSON object, the second time before {place}: which of the two holds can't \
                 be told. Write each key once, and what belongs to it in one list."
            ),
            Category::Io | Category::Syntax | Category::Eof => {
                format!("This is not JSON in UTF-8: see {place}.")
            }
        };
        Refusal::new(RefusalKind::Unreadable, None, advice)
    })?;
    if deeper_than(&value, NESTING_MAX) {
        let advice = format!("The JSON may be nested {NESTING_MAX} deep at most.");
        return Err(Refusal::new(RefusalKind::TooLarge, None, advice));
    }
    Ok(value)
}

fn deeper_than(value: &Value, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else { return value.is_object() || value.is_array() };
    match value {
        Value::Object(map) => map.values().any(|value| deeper_than(value, below)),
        Value::Array(items) => items.iter().any(|item| deeper_than(item, below)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The refusal of what is no CloudEvent.
fn not_cloudevents() -> Refusal {
    Refusal::new(RefusalKind::NotCloudEvents, None, HOW)
}

/// Opens an event in structured mode, known by what is in it, whatever its content type says.
pub(super) fn whole(event: Value) -> Result<Inbound, Refusal> {
    if event.get("specversion").is_some() { structured(event) } else { Err(not_cloudevents()) }
}

fn structured(event: Value) -> Result<Inbound, Refusal> {
    let Value::Object(mut event) = event else { return Err(not_cloudevents()) };
    let data = event.remove("data").filter(|data| !data.is_null());
    let data = match data {
        Some(data) => Ok(data),
        None => data_base64(&event),
    };
    open(|name| event.get(name).and_then(Value::as_str), data)
}

fn data_base64(event: &Map<String, Value>) -> Result<Value, Refusal> {
    let missing = || Refusal::new(RefusalKind::MissingRequired, None, "The event has no data.");
    let encoded = event.get("data_base64").and_then(Value::as_str).ok_or_else(missing)?;
    let advice = "The event's data_base64 is not base64.";
    let bytes = STANDARD.decode(encoded).map_err(|_| Refusal::new(RefusalKind::Unreadable, None, advice))?;
    json(&bytes)
}

/// Opens an event whose attributes are looked up by name. What is wrong with the attributes is said before what is
/// wrong with the data.
pub(super) fn open<'a>(
    attribute: impl Fn(&str) -> Option<&'a str>,
    data: Result<Value, Refusal>,
) -> Result<Inbound, Refusal> {
    let version = attribute("specversion").map(str::trim);
    if !version.is_some_and(|version| version == "1" || version.starts_with("1.")) {
        return Err(not_cloudevents());
    }
    let kind = kind(attribute("type"))?;
    Ok(Inbound {
        kind,
        source: printable(attribute("source")),
        id: printable(attribute("id")),
        time: attribute("time").and_then(|time| instant(time.trim()).ok()),
        traceparent: traceparent(attribute("traceparent")),
        data: data?,
    })
}

fn kind(name: Option<&str>) -> Result<InboundKind, Refusal> {
    let name = name.ok_or_else(not_cloudevents)?;
    InboundKind::from_word(name.trim()).ok_or_else(|| {
        let known: Vec<_> = InboundKind::ALL.iter().map(|kind| kind.word()).collect();
        let advice = format!("The event's type is none of {}.", known.join(", "));
        Refusal::new(RefusalKind::UnknownType, None, advice)
    })
}

fn printable(text: Option<&str>) -> String {
    const BYTES_MAX: usize = 256;
    let text = text.map(str::trim).unwrap_or_default();
    let fine = text.len() <= BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fine { text.to_owned() } else { String::new() }
}

/// A trace context that is well formed.
pub(super) fn traceparent(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| is_traceparent(text)).map(str::to_owned)
}

/// Whether a text is a `traceparent` of version 00 (W3C Trace Context 3.2).
fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [2, 32, 16, 2] && parts[0] == "00" && parts.iter().all(|part| hex(part))
}
