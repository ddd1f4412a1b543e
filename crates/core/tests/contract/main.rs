//! The contract with police systems, from the outside: documents, examples, what is accepted and what is refused.

#![expect(clippy::unwrap_used, reason = "a test ends where its own preparation fails")]

mod documents;
mod events;
mod marks;
mod outgoing;
mod reading;

use jiff::Timestamp;
use serde_json::{Value, json};

/// When everything in these tests is received.
fn received_at() -> Timestamp {
    "2026-01-23T08:00:00Z".parse().unwrap()
}

fn example(name: &str) -> Value {
    let path = format!("{}/../../config/examples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The data of the example in which every field occurs.
fn full() -> Value {
    example("reported-three-siblings")["data"].take()
}

fn minimal() -> Value {
    json!({ "force": "hartshire", "reference": "R1", "children": [{ "child_ref": "1", "names": [{ "given": "Ada" }] }] })
}
