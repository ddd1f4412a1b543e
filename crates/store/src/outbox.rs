//! Lifecycle events on their way out: written with what they tell, published in each subject's order.
//!
//! Events are numbered per incident without gaps, and so are all events of a force, in the order of their commits.
//! The broker acknowledges them in that order (or nobody has to, where there is no broker): how far is all that is
//! kept of it, and forces without a broker read up to there (`GET /v1/events?after=`).

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

/// New incidents: how many events their rows count already, and the trace context of their newest version.
pub(crate) type Begun = BTreeMap<[u8; 16], (i64, Option<String>)>;

/// Events of each force, as they are written but for their numbers.
pub(crate) type Rendered = BTreeMap<String, Vec<Vec<Value>>>;

/// Numbers the events within their subjects and renders them.
pub(crate) async fn render(
    conn: &mut AnyConnection,
    store: &Store,
    events: Vec<Pending>,
    begun: Begun,
) -> Result<Rendered> {
    let mut subjects = reserve(conn, &events, begun).await?;
    let mut rendered = Rendered::new();
    for event in events {
        let Reserved { sequence, traceparent } = subjects.entry(event.subject).or_default();
        *sequence += 1;
        let id = store.identity().event(&event.subject, *sequence);
        let mut outgoing = (event.render)(*sequence, id);
        outgoing.traceparent = outgoing.traceparent.or_else(|| traceparent.clone());
        let body = outgoing.to_json(store.source()).to_string();
        let row = vec![event.subject.into(), body.into(), event.at.into()];
        rendered.entry(event.force).or_default().push(row);
    }
    Ok(rendered)
}

/// Numbers events within their forces and writes them. A force's numbers are given by one transaction at a time, until
/// its commit: whoever reads them in their order misses none.
pub(crate) async fn write(conn: &mut AnyConnection, rendered: Rendered) -> Result<()> {
    for (force, mut rows) in rendered {
        let mut number = number(conn, &force, rows.len()).await?;
        for row in &mut rows {
            number += 1;
            row.extend([force.as_str().into(), number.into()]);
        }
        let head = "INSERT INTO outbox (subject_id, body, created_at, force_id, number)";
        batch::insert(conn, head, rows, "").await?;
    }
    Ok(())
}

/// Takes the next `count` numbers of a force; says the one before them.
async fn number(conn: &mut AnyConnection, force: &str, count: usize) -> Result<i64> {
    let count = i64::try_from(count).expect("a transaction's events are few");
    let take = "INSERT INTO outbox_head (force_id, written, published) VALUES ($1, $2, 0) \
         ON CONFLICT (force_id) DO UPDATE SET written = outbox_head.written + excluded.written RETURNING written";
    let found = sqlx::query(take).bind(force.to_owned()).bind(count).fetch_one(conn).await?;
    Ok(row::int(&found, "written")? - count)
}

/// What an incident gives to its events.
#[derive(Default)]
struct Reserved {
    /// The number before the next.
    sequence: i64,
    /// The trace context of its newest version.
    traceparent: Option<String>,
}

/// Takes as many numbers from each incident's sequence as it has events, but for those that its row counts already.
async fn reserve(
    conn: &mut AnyConnection,
    events: &[Pending],
    mut begun: Begun,
) -> Result<BTreeMap<[u8; 16], Reserved>> {
    let mut counts: BTreeMap<[u8; 16], i64> = BTreeMap::new();
    for event in events.iter().filter(|event| event.is_incident) {
        *counts.entry(event.subject).or_insert(0) += 1;
    }
    let (mut reserved, mut rows) = (BTreeMap::new(), Vec::new());
    for (subject, count) in &counts {
        match begun.remove(subject) {
            Some((counted, traceparent)) if counted == *count => {
                reserved.insert(*subject, Reserved { sequence: 0, traceparent });
            }
            begun => {
                let counted = begun.map_or(0, |(counted, _)| counted);
                rows.push(vec![(*subject).into(), (count - counted).into()]);
            }
        }
    }
    let update = "UPDATE incident SET event_sequence = event_sequence + v.n FROM v WHERE incident.id = v.id \
         RETURNING incident.id AS id, event_sequence, traceparent";
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
    /// The force it is for.
    pub force: String,
    /// Its place in the force's order.
    pub number: i64,
    /// The incident or refused message it is about: the message's key.
    pub subject: [u8; 16],
    /// Structured CloudEvents JSON.
    pub body: String,
}

impl Store {
    /// The `most` oldest unpublished events of each force, in its order.
    pub async fn unpublished_events(&self, most: i64) -> Result<Vec<Written>> {
        let select =
            "SELECT force_id, published FROM outbox_head WHERE written > published ORDER BY force_id";
        let mut conn = self.read().acquire().await?;
        let mut events = Vec::new();
        for force in sqlx::query(select).fetch_all(&mut *conn).await? {
            let select = "SELECT number, subject_id, body FROM outbox WHERE force_id = $1 AND number > $2 \
                 ORDER BY number LIMIT $3";
            let (force, published) = (row::text(&force, "force_id")?, row::int(&force, "published")?);
            let query = sqlx::query(select).bind(force.clone()).bind(published).bind(most);
            for found in query.fetch_all(&mut *conn).await? {
                events.push(written(&force, &found)?);
            }
        }
        Ok(events)
    }

    /// Published events of one force after a place in its order, for forces that have no broker.
    pub async fn published_events(&self, force: &str, after: i64, most: i64) -> Result<Vec<Written>> {
        let select = "SELECT number, subject_id, body FROM outbox WHERE force_id = $1 AND number > $2 \
             AND number <= (SELECT published FROM outbox_head WHERE force_id = $1) ORDER BY number LIMIT $3";
        let rows =
            sqlx::query(select).bind(force.to_owned()).bind(after).bind(most).fetch_all(self.read()).await?;
        rows.iter().map(|found| written(force, found)).collect()
    }
}

impl Tx {
    /// Marks `events` as published: of each force all up to the last of its events.
    /// Only the holder of the publishing duty calls this, with what [`Store::unpublished_events`] began with.
    pub async fn mark_published(&mut self, events: &[Written]) -> Result<()> {
        let ends: BTreeMap<&str, i64> =
            events.iter().map(|event| (event.force.as_str(), event.number)).collect();
        let rows = ends.into_iter().map(|(force, end)| vec![force.into(), end.into()]).collect();
        let update = "UPDATE outbox_head SET published = v.number FROM v WHERE outbox_head.force_id = v.force_id \
             AND outbox_head.published < v.number RETURNING outbox_head.force_id AS force_id";
        batch::with(self.conn(), "force_id, number", rows, update).await?;
        self.wake(Signal::Published);
        Ok(())
    }
}

fn written(force: &str, found: &sqlx::any::AnyRow) -> Result<Written> {
    Ok(Written {
        force: force.to_owned(),
        number: row::int(found, "number")?,
        subject: row::id::<encompass_core::id::of::Incident>(found, "subject_id")?.bytes(),
        body: row::text(found, "body")?,
    })
}
