//! The contract's documents: one schema for each type of event, and the reference of all fields.

use serde_json::Value;

use super::inbound::InboundKind;
use super::outgoing_fields::{ACCEPTED, CHILD_CHANGED, NOTIFICATION_CHANGED, REFUSED};
use super::refusal::RefusalKind;
use crate::incident::schema::{reference, schema};
use crate::incident::{Incident, Object, Problem, Tally, Withdrawal, Word};

/// The type of an event and the object that its `data` is.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// The event's type.
    pub event_type: &'static str,
    /// What its `data` is.
    pub data: &'static Object,
}

/// Every type of event, those that come in before those that go out.
pub fn documents() -> Vec<Document> {
    let incoming = InboundKind::ALL.iter().map(|kind| {
        let data = match kind {
            InboundKind::Reported | InboundKind::Corrected => Incident::OBJECT,
            InboundKind::Withdrawn => Withdrawal::OBJECT,
            InboundKind::Tallied => Tally::OBJECT,
        };
        Document { event_type: kind.word(), data }
    });
    let outgoing = [
        ("encompass.incident.accepted.v1", ACCEPTED),
        ("encompass.incident.refused.v1", REFUSED),
        ("encompass.child.changed.v1", CHILD_CHANGED),
        ("encompass.notification.changed.v1", NOTIFICATION_CHANGED),
    ];
    incoming.chain(outgoing.map(|(event_type, data)| Document { event_type, data })).collect()
}

impl Document {
    /// The name of its file in `config/schemas/`.
    pub fn file_name(&self) -> String {
        let name = self.event_type.trim_start_matches("encompass.");
        format!("{name}.schema.json")
    }

    /// The JSON Schema of the event's `data`.
    pub fn schema(&self) -> Value {
        schema(self.event_type, self.data)
    }
}

/// The reference of all fields, in Markdown.
pub fn field_reference() -> String {
    let mut text = String::from(INTRODUCTION);
    let mut written = Vec::new();
    for document in documents() {
        let (event_type, file) = (document.event_type, document.file_name());
        text += &format!("## {event_type}\n\nThe schema of its `data`: [{file}]({file}).\n\n");
        let fields = reference(document.data, &mut written);
        if fields.is_empty() {
            text += &format!("The same fields as `{}` above.\n\n", document.data.name);
        }
        text += &fields;
    }
    text += "## Marks\n\nWhat a mark's `problem` can be:\n\n";
    text += &list(Problem::WORDS);
    text += "\n## Refusals\n\nWhat a refusal's `kind` can be:\n\n";
    text += &list(RefusalKind::WORDS);
    text
}

fn list(words: &[Word]) -> String {
    words.iter().map(|word| format!("- `{}`: {}\n", word.word, word.meaning.trim())).collect()
}

const INTRODUCTION: &str = "\
# The contract, field by field

This file and the schemas beside it are made from the declarations in `crates/core/src/incident` and
`crates/core/src/event`; a test compares them, and `UPDATE_EXPECT=1 cargo test -p encompass-core --test contract` writes
them anew. Whole events with made-up people are in [`../examples`](../examples).

Events are CloudEvents 1.0 in JSON, in structured or binary mode. Moments are RFC 3339 with an offset. `null` is absent;
`not_known: [\"seen\"]` in any object says \"asked, and not known\". Unknown fields are kept. An object in
which a key stands twice is refused.

Needed: *required*, without it the event is refused. *expected*, without it the event is accepted and a mark made.
*guarded*, it may be left out, but when it, or anything within it, can't be read, a person looks before anything is sent. So
it is with a name in `safety`, `orders` or `not_to_be_notified` that is none of their fields, and with one elsewhere that looks
like a guarded field, such as `saftey`.
Everything else may be left out, and whatever is wrong in it is set aside, marked and reported back, while the incident is accepted. A child
without anything to look it up by goes to a person.

A `traceparent` (W3C Trace Context), the event's own or else its message's, is kept with the version, and our events that
follow from it bear it.

By HTTP, with a force's key as bearer token:

- `POST /v1/incidents` takes one event or an array of them (1000 at most, 4 MiB together), each answered by itself; a fault
  is a problem (RFC 9457) that names the field by JSON Pointer. What is sent again is answered as a repeat.
- `GET /v1/events?after=0&limit=100&wait=30` reads our events in one order; `next` of the answer is the next `after`. With
  `wait` (30 seconds at most) an answer is held back until there is an event.
- `GET /v1/incidents/{reference}` says where an incident of the force's own stands: states, moments and ids, nothing
  personal. The reference is percent-encoded.

Without `version` an event's `time` numbers it; without either its arrival does, with a mark, and what is sent again unchanged
is a repeat of the newest. A version that can't be read is marked and counts as left out. Either all events about an incident have one or none: where both
come, a person looks which one holds.

Without `child_ref` a child's place in the list stands for it (`position-1`, …), with a mark; after a correction a person
then has to say which child is which.

";
