//! From an event to what the store takes. Pure.

use encompass_core::due::{self, Known, KnownFrom, Rules};
use encompass_core::event::{Content, Inbound, InboundKind, Refusal};
use encompass_core::incident::{Incident, KnownBy, Named, Withdrawal, content_hash, is_restricted};
use encompass_store::incident::{Due, NamedChild, Publication, VersionKind};
use encompass_store::refused;
use encompass_store::tally::Tally;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::arrived::Arrived;

/// What an event says, as the store takes it.
#[derive(Clone)]
pub enum Said {
    /// A version of an incident.
    Incident(Box<Publication>),
    /// A day's count.
    Tally(Tally),
}

/// A message with what it says, or why it is refused.
#[derive(Clone)]
pub struct Item {
    /// The message.
    pub arrived: Arrived,
    /// What it says.
    pub said: Result<Said, Refusal>,
}

impl Item {
    /// Reads what arrived.
    pub fn read(arrived: Arrived, rules: &Rules) -> Self {
        let said = match &arrived.event {
            Ok(event) => said(event, &arrived, rules),
            Err(refusal) => Err(refusal.clone()),
        };
        Self { arrived, said }
    }

    /// The same message, refused.
    pub(super) fn refused(&self, refusal: Refusal, rules: &Rules) -> refused::New {
        let arrived = &self.arrived;
        let named = arrived.event.as_ref().ok().map(|event| Named::of(&event.data));
        let force = named.as_ref().and_then(|named| named.force.as_deref());
        let force = force.filter(|force| arrived.sender.may_speak_for(force));
        let reference = named.as_ref().and_then(|named| named.reference.as_deref());
        refused::New {
            force: force.unwrap_or_else(|| arrived.sender.own()).to_owned(),
            reference: reference.filter(|_| force.is_some()).map(str::to_owned),
            origin: arrived.origin.clone(),
            fingerprint: arrived.fingerprint,
            traceparent: arrived.event.as_ref().ok().and_then(|event| event.traceparent.clone()),
            refusal,
            message: arrived.message.clone(),
            received_at: arrived.received_at,
            due_at: default_due(arrived.received_at, rules).at,
        }
    }
}

/// The clock of what names no child that could be read: a child may wait in it.
pub(crate) fn default_due(received_at: Timestamp, rules: &Rules) -> Due {
    provisional(&Known { at: received_at, from: KnownFrom::Receipt }, rules)
}

fn provisional(known: &Known, rules: &Rules) -> Due {
    let due = due::provisional(known, [], rules);
    let reasoning = serde_json::to_string(&due.reason).expect("a reason is written as JSON");
    Due { at: due.at, is_provisional: true, reasoning }
}

fn said(event: &Inbound, arrived: &Arrived, rules: &Rules) -> Result<Said, Refusal> {
    // Who may say it comes before what it says: a force is told nothing about another's events.
    let named = Named::of(&event.data).force;
    if named.is_some_and(|force| !arrived.sender.may_speak_for(&force)) {
        return Err(Refusal::wrong_force());
    }
    let said = match event.content(arrived.received_at)? {
        Content::Incident(incident) => {
            Said::Incident(Box::new(of_incident(&incident, event, arrived, rules)))
        }
        Content::Withdrawal(withdrawal) => {
            Said::Incident(Box::new(of_withdrawal(&withdrawal, event, arrived, rules)))
        }
        Content::Tally(tally) => {
            let count = |count: &encompass_core::incident::Stated<u32>| count.known().map(|n| i64::from(*n));
            Said::Tally(Tally {
                force: tally.force.to_string(),
                day: tally.day,
                recorded: count(&tally.recorded),
                with_children: count(&tally.with_children),
                children: count(&tally.children),
                published: count(&tally.published),
            })
        }
    };
    Ok(said)
}

fn of_incident(incident: &Incident, event: &Inbound, arrived: &Arrived, rules: &Rules) -> Publication {
    let received_at = arrived.received_at;
    let (known_at, known_by) = incident.known_at(received_at);
    let is = |flag: &encompass_core::incident::Stated<bool>| flag.known() == Some(&true);
    let kind =
        if event.kind == InboundKind::Corrected { VersionKind::Corrected } else { VersionKind::Reported };
    let provisional = provisional(&Known::of(incident, received_at), rules);
    Publication {
        marks: incident.marks.clone(),
        marks_left_out: incident.marks_left_out,
        known_at,
        known_by: known_by.word().to_owned(),
        recorded_at: incident.recorded_at.known().copied(),
        published_at: incident.published_at.known().copied().or(event.time),
        is_exercise: is(&incident.exercise),
        is_history: is(&incident.history),
        children: children(incident),
        version: incident.version(event.time, arrived.arrived_at),
        ..bare(&incident.force, &incident.reference, kind, event, arrived, provisional)
    }
}

fn of_withdrawal(withdrawal: &Withdrawal, event: &Inbound, arrived: &Arrived, rules: &Rules) -> Publication {
    let provisional = default_due(arrived.received_at, rules);
    Publication {
        marks: withdrawal.marks.clone(),
        published_at: withdrawal.published_at.known().copied().or(event.time),
        version: withdrawal.version(event.time, arrived.arrived_at),
        ..bare(&withdrawal.force, &withdrawal.reference, VersionKind::Withdrawn, event, arrived, provisional)
    }
}

/// A publication that names nobody and states no time: what a withdrawal is, of which the store takes nothing else.
fn bare(
    force: &str,
    reference: &str,
    kind: VersionKind,
    event: &Inbound,
    arrived: &Arrived,
    provisional: Due,
) -> Publication {
    Publication {
        force: force.to_owned(),
        reference: reference.to_owned(),
        version: 0,
        kind,
        content_hash: content_hash(&event.data),
        body: Zeroizing::new(serde_json::to_vec(&event.data).expect("a JSON value is written as JSON")),
        marks: Vec::new(),
        marks_left_out: 0,
        known_at: arrived.received_at,
        known_by: KnownBy::Received.word().to_owned(),
        recorded_at: None,
        published_at: None,
        arrived_at: arrived.arrived_at,
        received_at: arrived.received_at,
        source: arrived.origin.in_words(),
        traceparent: event.traceparent.clone(),
        is_restricted: is_restricted(&event.data),
        is_exercise: false,
        is_history: false,
        children: Vec::new(),
        provisional,
    }
}

fn children(incident: &Incident) -> Vec<NamedChild> {
    let child = |child: &encompass_core::incident::Child| NamedChild {
        child_ref: child.child_ref().to_owned(),
        place: i64::try_from(child.position).unwrap_or(i64::MAX),
    };
    incident.children().iter().map(child).collect()
}
