//! A transaction, with all that must become durable together with its rows.

use encompass_core::event::Outgoing;
use encompass_core::id::{EventId, IdentityKey};
use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::outbox::{self, Begun, Pending};
use crate::seal::Keys;
use crate::wake::{NOTIFY, Signal};
use crate::{Backend, Result, Store, audit_log};

/// An open transaction. Lifecycle events, audit rows and wake-ups that are given to it are written by
/// [`commit`](Self::commit), after everything else: dropped without it, nothing of them has happened.
pub struct Tx {
    inner: sqlx::Transaction<'static, sqlx::Any>,
    store: Store,
    events: Vec<Pending>,
    begun: Begun,
    entries: Vec<audit_log::Entry>,
    signals: Vec<Signal>,
}

impl Tx {
    pub(crate) async fn begin(store: &Store) -> Result<Self> {
        Ok(Self {
            inner: store.db().begin().await?,
            store: store.clone(),
            events: Vec::new(),
            begun: Begun::new(),
            entries: Vec::new(),
            signals: Vec::new(),
        })
    }

    /// The connection, for statements of this crate.
    pub(crate) fn conn(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    /// The installation's keys.
    pub fn keys(&self) -> &Keys {
        self.store.keys()
    }

    /// The key of identities.
    pub fn identity(&self) -> &IdentityKey {
        self.store.identity()
    }

    /// Which database this is.
    pub const fn backend(&self) -> Backend {
        self.store.db.backend()
    }

    /// Adds a row to the audit log.
    pub fn audit(&mut self, entry: audit_log::Entry) {
        self.entries.push(entry);
    }

    /// Adds a lifecycle event about an incident. `render` is given its number in the incident's sequence
    /// and its derived id.
    pub fn emit_about_incident(
        &mut self,
        force: &str,
        incident: encompass_core::id::IncidentId,
        at: Timestamp,
        render: impl FnOnce(i64, EventId) -> Outgoing + Send + Sync + 'static,
    ) {
        self.events.push(Pending::about_incident(force, incident, at, Box::new(render)));
    }

    /// Says that the row of a new incident counts its first `events` already.
    pub(crate) fn begin_events(
        &mut self,
        incident: encompass_core::id::IncidentId,
        events: i64,
        traceparent: Option<String>,
    ) {
        self.begun.insert(incident.bytes(), (events, traceparent));
    }

    /// Adds the one event about a refused message.
    pub fn emit_about_refused(
        &mut self,
        force: &str,
        refused: encompass_core::id::RefusedId,
        at: Timestamp,
        render: impl FnOnce(i64, EventId) -> Outgoing + Send + Sync + 'static,
    ) {
        self.events.push(Pending::about_refused(force, refused, at, Box::new(render)));
    }

    /// Wakes a service once this transaction is durable.
    pub fn wake(&mut self, signal: Signal) {
        if !self.signals.contains(&signal) {
            self.signals.push(signal);
        }
    }

    /// Makes everything durable, then wakes who has new work.
    ///
    /// # Errors
    /// When the database refuses or is away; then nothing of the transaction has happened, unless the
    /// connection was cut off during the commit itself, which looks the same.
    pub async fn commit(mut self) -> Result<()> {
        if !self.events.is_empty() {
            self.wake(Signal::Outbox);
        }
        let (events, begun) = (std::mem::take(&mut self.events), std::mem::take(&mut self.begun));
        let events = outbox::render(&mut self.inner, &self.store, events, begun).await?;
        if self.backend() == Backend::Postgres && !self.signals.is_empty() {
            let notice = self.store.wakes.notice(&self.signals);
            sqlx::query(NOTIFY).bind(notice).execute(&mut *self.inner).await?;
        }
        if !self.entries.is_empty() {
            let for_update = self.backend().for_update();
            audit_log::append(&mut self.inner, std::mem::take(&mut self.entries), for_update).await?;
        }
        // Last, since every other transaction that tells the same force something waits for this one's commit then.
        outbox::write(&mut self.inner, events).await?;
        self.inner.commit().await?;
        for signal in self.signals {
            self.store.wake(signal);
        }
        Ok(())
    }
}
