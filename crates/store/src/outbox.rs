//! Lifecycle events on their way out: written with what they tell, published in each subject's order.
//!
//! Events are numbered per incident without gaps. Once the broker has acknowledged one (or at once,
//! where there is no broker) it gets a place in the installation's one order, from which forces without
//! a broker read (`GET /v1/events?after=`).

use std::collections::BTreeMap;

use encompass_core::event::Outgoing;
use encompass_core::id::{EventId, IncidentId, RefusedId};
use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::db::{Value, batch, row};
use crate::{Result, Signal, Store, Tx};

type Render = Box<dyn FnOnce(i64, EventId) -> Outgoing + Send + Sync>;

/// An event that waits for its transaction's commit.
pub(crate) struct Pending {
    force: String,
    subject: [u8; 16],
    is_incident: bool,
    at: Timestamp,
    render: Render,
}

impl Pending {
    pub(crate) fn about_incident(force: &str, incident: IncidentId, at: Timestamp, render: Render) -> Self {
        Self { force: force.to_owned(), subject: incident.bytes(), is_incident: true, at, render }
    }

    pub(crate) fn about_refused(force: &str, refused: RefusedId, at: Timestamp, render: Render) -> Self {
        Self { force: force.to_owned(), subject: refused.bytes(), is_incident: false, at, render }
    }
}

/// Numbers the events within their subjects and writes them.
pub(crate) async fn write(conn: &mut AnyConnection, store: &Store, events: Vec<Pending>) -> Result<()> {
    let mut subjects = reserve(conn, &events).await?;
    let rows = events
        .into_iter()
        .map(|event| {
            let Reserved { sequence, traceparent } = subjects.entry(event.subject).or_default();
            *sequence += 1;
            let id = store.identity().event(&event.subject, *sequence);
            let mut outgoing = (event.render)(*sequence, id);
            outgoing.traceparent = outgoing.traceparent.or_else(|| traceparent.clone());
            let body = outgoing.to_json(store.source()).to_string();
            vec![
                id.into(),
                event.force.into(),
                event.subject.into(),
                (*sequence).into(),
                body.into(),
                event.at.into(),
            ]
        })
        .collect();
    let head = "INSERT INTO outbox (id, force_id, subject_id, sequence, body, created_at)";
    // A refused message that is met again has told of itself already.
    batch::insert(conn, head, rows, "ON CONFLICT DO NOTHING").await?;
    Ok(())
}

/// What an incident gives to its events.
#[derive(Default)]
struct Reserved {
    /// The number before the next.
    sequence: i64,
    /// The trace context of its newest version.
    traceparent: Option<String>,
}

/// Takes as many numbers from each incident's sequence as it has events.
async fn reserve(conn: &mut AnyConnection, events: &[Pending]) -> Result<BTreeMap<[u8; 16], Reserved>> {
    let mut counts: BTreeMap<[u8; 16], i64> = BTreeMap::new();
    for event in events.iter().filter(|event| event.is_incident) {
        *counts.entry(event.subject).or_insert(0) += 1;
    }
    let rows = counts.iter().map(|(subject, count)| vec![(*subject).into(), (*count).into()]).collect();
    let update = "UPDATE incident SET event_sequence = event_sequence + v.n FROM v WHERE incident.id = v.id \
         RETURNING incident.id AS id, event_sequence, traceparent";
    let mut reserved = BTreeMap::new();
    for found in batch::with(conn, "id, n", rows, update).await? {
        let subject = row::id::<encompass_core::id::of::Incident>(&found, "id")?.bytes();
        let sequence = row::int(&found, "event_sequence")? - counts[&subject];
        reserved.insert(subject, Reserved { sequence, traceparent: row::opt_text(&found, "traceparent")? });
    }
    Ok(reserved)
}

/// An event that was written and is to be published.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its id, which is also the CloudEvents id.
    pub id: EventId,
    /// The force it is for.
    pub force: String,
    /// The incident or refused message it is about: the message's key.
    pub subject: [u8; 16],
    /// Structured CloudEvents JSON.
    pub body: String,
    /// Its place in the installation's order, once it has one.
    pub number: Option<i64>,
}

impl Store {
    /// All unpublished events of the subjects with the `most` oldest ones: each subject's in its sequence,
    /// whatever their times say, else the oldest first.
    pub async fn unpublished_events(&self, most: i64) -> Result<Vec<Written>> {
        let select = "SELECT subject_id FROM outbox WHERE published_at IS NULL ORDER BY created_at LIMIT $1";
        let mut conn = self.read().acquire().await?;
        let oldest = sqlx::query(select).bind(most).fetch_all(&mut *conn).await?;
        let mut subjects =
            oldest.iter().map(|found| row::bytes(found, "subject_id")).collect::<Result<Vec<_>>>()?;
        subjects.sort_unstable();
        subjects.dedup();
        let select =
            "SELECT id, force_id, subject_id, body, number, created_at FROM outbox WHERE subject_id IN";
        let tail = "AND published_at IS NULL ORDER BY subject_id, sequence";
        let subjects = subjects.into_iter().map(Value::from).collect();
        let rows = batch::within(&mut conn, select, subjects, tail).await?;
        let mut ordered: Vec<(i64, Written)> = Vec::with_capacity(rows.len());
        for found in &rows {
            let (event, at) = (written(found)?, row::int(found, "created_at")?);
            let before = ordered.last().filter(|(_, before)| before.subject == event.subject);
            ordered.push((before.map_or(at, |(before, _)| at.max(*before)), event));
        }
        ordered.sort_by_key(|(at, _)| *at);
        Ok(ordered.into_iter().map(|(_, event)| event).collect())
    }

    /// Published events of one force after a place in the order, for forces that have no broker.
    pub async fn published_events(&self, force: &str, after: i64, most: i64) -> Result<Vec<Written>> {
        let select = "SELECT id, force_id, subject_id, body, number FROM outbox \
             WHERE force_id = $1 AND number > $2 ORDER BY number LIMIT $3";
        let rows =
            sqlx::query(select).bind(force.to_owned()).bind(after).bind(most).fetch_all(self.read()).await?;
        rows.iter().map(written).collect()
    }
}

impl Tx {
    /// Marks events as published, in this order, and gives each its place in the installation's order.
    /// Only the holder of the publishing duty calls this, so places are given by one replica at a time.
    pub async fn mark_published(&mut self, events: &[EventId], at: Timestamp) -> Result<()> {
        let last = sqlx::query("SELECT COALESCE(MAX(number), 0) AS n FROM outbox WHERE number IS NOT NULL")
            .fetch_one(self.conn())
            .await?;
        let mut number = row::int(&last, "n")?;
        let rows = events
            .iter()
            .map(|id| {
                number += 1;
                vec![(*id).into(), number.into(), at.into()]
            })
            .collect();
        let update = "UPDATE outbox SET number = v.number, published_at = v.at FROM v \
             WHERE outbox.id = v.id AND outbox.published_at IS NULL RETURNING outbox.id AS id";
        batch::with(self.conn(), "id, number, at", rows, update).await?;
        self.wake(Signal::Published);
        Ok(())
    }
}

fn written(found: &sqlx::any::AnyRow) -> Result<Written> {
    Ok(Written {
        id: row::id(found, "id")?,
        force: row::text(found, "force_id")?,
        subject: row::id::<encompass_core::id::of::Incident>(found, "subject_id")?.bytes(),
        body: row::text(found, "body")?,
        number: row::opt_int(found, "number")?,
    })
}
