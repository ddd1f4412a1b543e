//! Events that we publish. They are made of ids, words of ours, moments, and the force's own reference of the incident;
//! there is no place in them for personal data.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::refusal::Refusal;
use crate::incident::Mark;

/// Which incident an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The force's name in the configuration.
    pub force: String,
    /// The police reference.
    pub reference: String,
    /// Our id of the incident.
    pub incident: Uuid,
    /// The number of this event among those about the incident, from 1 and without gaps.
    pub sequence: u64,
}

/// A version of an incident was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// Which incident.
    pub case: Case,
    /// Which version.
    pub version: i64,
    /// Our ids of its children, in the order of its list.
    pub children: Vec<Uuid>,
    /// What was set aside or mended.
    pub marks: Vec<Mark>,
    /// How many more marks there would have been.
    pub marks_left_out: usize,
}

/// Where a broker had a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

/// An event was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The force whose topic or key it came by.
    pub force: String,
    /// The police reference, where it could be read and the sender may speak of it.
    pub reference: Option<String>,
    /// Our id of the dead letter.
    pub dead_letter: Uuid,
    /// Where it stands, when it came by a broker.
    pub place: Option<Place>,
    /// Why.
    pub refusal: Refusal,
}

/// A child, or one notification of it, went from one state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Which incident.
    pub case: Case,
    /// Our id of the child.
    pub child: Uuid,
    /// Our id of the notification; `None` when it is the child's own state that changed.
    pub notification: Option<Uuid>,
    /// The kind of setting.
    pub setting_kind: Option<&'static str>,
    /// The state before; `None` at the first.
    pub before: Option<&'static str>,
    /// The state after.
    pub after: &'static str,
    /// By when the setting must have been told.
    pub due_at: Option<Timestamp>,
    /// Why, where the state has a reason.
    pub reason: Option<&'static str>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A version of an incident was accepted.
    Accepted(Accepted),
    /// An event was refused.
    Refused(Refused),
    /// A child or a notification changed its state.
    Changed(Changed),
}

/// An event that we publish.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// Derived from what happened, so that a replay gives the same.
    pub id: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub body: Body,
    /// The W3C trace context of the police system's event that it follows from.
    pub traceparent: Option<String>,
}

impl Outgoing {
    /// An event that follows from none that had a trace context.
    pub const fn new(id: Uuid, at: Timestamp, body: Body) -> Self {
        Self { id, at, body, traceparent: None }
    }

    /// The event's type.
    pub fn event_type(&self) -> &'static str {
        match &self.body {
            Body::Accepted(_) => "encompass.incident.accepted.v1",
            Body::Refused(_) => "encompass.incident.refused.v1",
            Body::Changed(Changed { notification: Some(_), .. }) => "encompass.notification.changed.v1",
            Body::Changed(Changed { notification: None, .. }) => "encompass.child.changed.v1",
        }
    }

    /// The message key: our id of the incident, so that its events stay in order; of a refusal that of the dead letter.
    pub fn key(&self) -> Uuid {
        match &self.body {
            Body::Accepted(Accepted { case, .. }) | Body::Changed(Changed { case, .. }) => case.incident,
            Body::Refused(refused) => refused.dead_letter,
        }
    }

    /// The event as a CloudEvent in structured mode. `source` names this installation.
    pub fn to_json(&self, source: &str) -> Value {
        let mut event = json!({
            "specversion": "1.0",
            "type": self.event_type(),
            "source": source,
            "id": self.id,
            "time": self.at.to_string(),
            "subject": self.key(),
            "datacontenttype": "application/json",
            "data": self.data(),
        });
        if let Some(traceparent) = &self.traceparent {
            event["traceparent"] = json!(traceparent);
        }
        event
    }

    fn data(&self) -> Value {
        let mut data = match &self.body {
            Body::Accepted(accepted) => accepted.data(),
            Body::Refused(refused) => refused.data(),
            Body::Changed(changed) => changed.data(),
        };
        data.insert("at".into(), json!(self.at.to_string()));
        data.retain(|_, value| !value.is_null());
        Value::Object(data)
    }
}

impl Case {
    fn data(&self) -> Map<String, Value> {
        object(json!({
            "force": self.force,
            "reference": self.reference,
            "incident": self.incident,
            "sequence": self.sequence,
        }))
    }
}

impl Accepted {
    fn data(&self) -> Map<String, Value> {
        let mut data = self.case.data();
        data.extend(object(json!({
            "version": self.version,
            "children": self.children,
            "marks": self.marks,
            "marks_left_out": self.marks_left_out,
        })));
        data
    }
}

impl Refused {
    fn data(&self) -> Map<String, Value> {
        let place = self.place.as_ref();
        object(json!({
            "force": self.force,
            "reference": self.reference,
            "dead_letter": self.dead_letter,
            "topic": place.map(|place| &place.topic),
            "partition": place.map(|place| place.partition),
            "offset": place.map(|place| place.offset),
            "kind": self.refusal.kind.word(),
            "pointer": self.refusal.pointer,
            "advice": self.refusal.advice,
        }))
    }
}

impl Changed {
    fn data(&self) -> Map<String, Value> {
        let mut data = self.case.data();
        data.extend(object(json!({
            "child": self.child,
            "notification": self.notification,
            "setting_kind": self.setting_kind,
            "before": self.before,
            "after": self.after,
            "due_at": self.due_at.map(|due_at| due_at.to_string()),
            "reason": self.reason,
        })));
        data
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
