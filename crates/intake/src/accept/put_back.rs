//! Dealing with a refused message: put back, as it was or mended, or closed. By a named person.

use encompass_core::due::Rules;
use encompass_core::event::{Inbound, Record, Refusal, Submitted, from_http, from_kafka};
use encompass_core::id::RefusedId;
use encompass_core::state::RefusedState;
use encompass_store::refused::{Bytes, Message, Opened, Origin};
use encompass_store::{Actor, Scope, Store};
use jiff::Timestamp;

use super::arrived::{Arrived, Sender};
use super::read::Item;
use super::take::{Batch, Outcome, in_tx, unstorable};
use crate::{Config, Error, Result};

/// What became of a message that was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutBack {
    /// It was taken.
    Taken(Outcome),
    /// It is refused again, and stays where it was.
    Refused(Refusal),
}

/// Puts a refused message back through our own acceptance, with its topic and force remembered; `mended`
/// replaces its value.
///
/// # Errors
/// [`Error::NeedsAPerson`]; of the store `NotFound` outside the scope, `Changed` when it was dealt with before.
#[expect(clippy::too_many_arguments, reason = "each of them is asked of the person or of the installation")]
pub async fn put_back(
    store: &Store,
    config: &Config,
    rules: &Rules,
    id: RefusedId,
    mended: Option<Vec<u8>>,
    scope: &Scope,
    note: &str,
    now: Timestamp,
) -> Result<PutBack> {
    needs_a_person(scope)?;
    let mut tx = store.begin().await?;
    let opened = tx.open_refused(id, scope).await?;
    let item = Item::read(again(store, config, &opened, mended, now), rules);
    if let Err(refusal) = &item.said {
        return Ok(PutBack::Refused(refusal.clone()));
    }
    let batch = Batch { items: vec![item], advances: Vec::new() };
    let outcome = match in_tx(&mut tx, rules, &batch, now).await {
        Ok(outcomes) => outcomes.into_iter().next().expect("one message, one outcome"),
        Err(error) if error.is_poison() => return Ok(PutBack::Refused(unstorable())),
        Err(error) => return Err(error.into()),
    };
    if let Outcome::Refused(_, refusal) = outcome {
        return Ok(PutBack::Refused(refusal));
    }
    tx.settle_refused(&opened, RefusedState::PutBack, scope, note, now).await?;
    tx.commit().await?;
    Ok(PutBack::Taken(outcome))
}

/// Closes a refused message without taking it.
///
/// # Errors
/// As [`put_back`].
pub async fn close(store: &Store, id: RefusedId, scope: &Scope, note: &str, now: Timestamp) -> Result<()> {
    needs_a_person(scope)?;
    let mut tx = store.begin().await?;
    let opened = tx.open_refused(id, scope).await?;
    tx.settle_refused(&opened, RefusedState::Closed, scope, note, now).await?;
    Ok(tx.commit().await?)
}

fn needs_a_person(scope: &Scope) -> Result<()> {
    match scope.actor {
        Actor::Staff(_) | Actor::Command(_) => Ok(()),
        Actor::Service(_) | Actor::Contact(_) | Actor::System(_) => Err(Error::NeedsAPerson),
    }
}

fn again(
    store: &Store,
    config: &Config,
    opened: &Opened,
    mended: Option<Vec<u8>>,
    now: Timestamp,
) -> Arrived {
    let mut message = opened.message.clone();
    if let Some(mended) = mended {
        message.payload = Some(Bytes(mended));
    }
    let payload = message.payload.as_ref().map(|payload| payload.0.as_slice());
    Arrived {
        sender: sender(config, opened),
        event: event(&opened.listed.origin, &message, config.event_bytes_max),
        fingerprint: store.identity().hash("put back", &[payload.unwrap_or_default()]),
        origin: opened.listed.origin.clone(),
        message,
        arrived_at: opened.listed.received_at,
        received_at: now,
    }
}

/// What the topic may speak for today; a topic that is configured no more speaks for its message's force only.
fn sender(config: &Config, opened: &Opened) -> Sender {
    let forces = match &opened.listed.origin {
        Origin::Kafka(place) => config.kafka.topics.get(&place.topic),
        Origin::Http(_) => None,
    };
    forces.and_then(|forces| Sender::new(forces)).unwrap_or_else(|| Sender::of(&opened.listed.force))
}

fn event(origin: &Origin, message: &Message, bytes_max: usize) -> Result<Inbound, Refusal> {
    let headers: Vec<(&str, &[u8])> =
        message.headers.iter().map(|(name, value)| (name.as_str(), value.0.as_slice())).collect();
    let value = message.payload.as_ref().map(|payload| payload.0.as_slice());
    if let Origin::Kafka(_) = origin {
        return from_kafka(Record { headers: &headers, value }, bytes_max);
    }
    let header = |name: &str| {
        let (_, value) = headers.iter().find(|(header, _)| *header == name)?;
        std::str::from_utf8(value).ok()
    };
    match from_http(header, value.unwrap_or_default(), bytes_max)? {
        Submitted::One(item) => item.event,
        // An item of an array is stored by itself, so an array here is one that could not be taken apart.
        Submitted::Many(_) => Err(Refusal::too_large(bytes_max)),
    }
}
