//! Publishing lifecycle events in order, one replica at a time, marked only once the broker has acknowledged them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use encompass_store::outbox::Written;
use encompass_store::{Signal, Store};
use jiff::SignedDuration;
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use tokio_util::sync::CancellationToken;

use super::mirror::{self, Shut};
use super::producer::{self, Outbound, Producer, Put};
use crate::accept::is_lost;
use crate::pace::Pace;
use crate::{Error, Intake, Result};

pub(super) const DUTY: &str = "publish";
/// How long another replica waits for one that was killed.
const LEASE: Duration = Duration::from_secs(15);
/// Wake-ups are the rule; the tick is for what was written before we ran, and for the duty of one that was killed.
const TICK: Duration = Duration::from_secs(2);
const BATCH: i64 = 500;
/// How long events are gathered, so that their commits are few beside those of notifications, which nothing holds up.
const GATHERED: Duration = Duration::from_millis(50);

/// The one who publishes. Several may run; the store's duty lets one work at a time.
pub struct Publisher {
    intake: Arc<Intake>,
    producer: Option<Producer>,
    held_until: Option<Instant>,
    shut: Shut,
}

impl Publisher {
    /// A publisher that has not taken the duty yet.
    pub fn new(intake: Arc<Intake>) -> Self {
        Self { intake, producer: None, held_until: None, shut: Shut::new() }
    }

    /// Publishes and mirrors what waits, once; says how much was done. Nothing while another replica has the duty.
    ///
    /// # Errors
    /// As the store or the broker says; what was acknowledged before is marked.
    pub async fn step(&mut self) -> Result<usize> {
        if !self.has_duty().await? {
            return Ok(0);
        }
        let events = self.intake.store.unpublished_events(BATCH).await?;
        let published = self.publish(events).await?;
        Ok(published + self.mirror().await?)
    }

    /// Publishes until `shutdown`.
    ///
    /// # Errors
    /// What waiting can't mend.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<()> {
        let store = self.intake.store.clone();
        let mut pace = Pace::new();
        while !shutdown.is_cancelled() {
            match self.watched_step(&shutdown).await {
                Ok(published) => {
                    pace.reset();
                    if published == 0 {
                        wait(&store, &shutdown).await;
                    }
                    gather(published, &shutdown).await;
                }
                Err(Error::Store(error)) if is_lost(&error) => {
                    tracing::warn!("another replica publishes now");
                    (self.held_until, self.producer) = (None, None);
                }
                Err(error) if error.is_transient() => {
                    if pace.is_first() {
                        tracing::warn!(%error, "events wait to be published");
                    }
                    self.intake.metrics.waits.with_label_values(&["publish"]).inc();
                    // What is still in flight may come after a repetition: it is taken back before.
                    self.producer = None;
                    pace.wait(&shutdown).await;
                }
                Err(error) => return Err(error),
            }
        }
        if self.held_until.is_some() {
            // Another replica waits for the lease otherwise; that is all that is lost.
            drop(store.release_duty(DUTY, &self.intake.holder).await);
        }
        Ok(())
    }

    /// A step that ends when it is time to stop, or when the duty would end before the broker answers.
    async fn watched_step(&mut self, shutdown: &CancellationToken) -> Result<usize> {
        let done = tokio::select! {
            done = self.step() => Some(done),
            () = shutdown.cancelled() => None,
            () = tokio::time::sleep(LEASE / 2) => None,
        };
        match done {
            Some(done) => done,
            None => {
                self.producer = None;
                Err(KafkaError::Canceled.into())
            }
        }
    }

    async fn has_duty(&mut self) -> Result<bool> {
        if self.held_until.is_some_and(|until| Instant::now() + LEASE / 2 < until) {
            return Ok(true);
        }
        let begun = Instant::now();
        let (store, clock) = (&self.intake.store, &self.intake.clock);
        let lease = SignedDuration::try_from(LEASE).expect("a lease is short");
        let has = store.take_duty(DUTY, &self.intake.holder, clock.machine(), lease).await?;
        self.held_until = has.then(|| begun + LEASE);
        Ok(has)
    }

    async fn publish(&mut self, events: Vec<Written>) -> Result<usize> {
        if events.is_empty() {
            return Ok(0);
        }
        if !self.intake.config.kafka.is_on() {
            return self.mark(&events, &BTreeMap::new()).await;
        }
        let records: Vec<Outbound> = events.iter().map(|event| self.record(event)).collect();
        let (put, failed) = producer::put(self.producer()?, &records).await;
        let marked = self.mark(&events[..put.len()], &ends(&records, &put)).await?;
        match failed {
            None => Ok(marked),
            Some(error) => Err(error.into()),
        }
    }

    async fn mark(&self, events: &[Written], ends: &BTreeMap<(String, i32), i64>) -> Result<usize> {
        if events.is_empty() {
            return Ok(0);
        }
        let at = self.intake.clock.now();
        let mut tx = self.intake.store.begin().await?;
        tx.hold_duty(DUTY, &self.intake.holder, self.intake.clock.machine()).await?;
        let ends = ends.iter().map(|((topic, partition), end)| ((topic.as_str(), *partition), *end));
        tx.note_ends(ends, at).await?;
        // Last, since who writes events waits for it.
        tx.mark_published(events).await?;
        tx.commit().await?;
        self.intake.metrics.published.with_label_values(&["event"]).inc_by(events.len() as u64);
        Ok(events.len())
    }

    async fn mirror(&mut self) -> Result<usize> {
        if !self.intake.config.kafka.is_on() {
            return Ok(0);
        }
        self.producer()?;
        let Self { intake, producer, shut, .. } = self;
        let producer = producer.as_ref().expect("it was made just now");
        let mirrored = mirror::step(intake, producer, shut).await?;
        intake.metrics.published.with_label_values(&["mirrored"]).inc_by(mirrored as u64);
        Ok(mirrored)
    }

    fn producer(&mut self) -> Result<&Producer> {
        if self.producer.is_none() {
            self.producer = Some(producer::create(&self.intake.config.kafka, &self.intake.metrics)?);
        }
        Ok(self.producer.as_ref().expect("it was made just now"))
    }

    fn record(&self, event: &Written) -> Outbound {
        let id = uuid::Uuid::from_bytes(event.subject).to_string();
        let headers = OwnedHeaders::new().insert(Header {
            key: "content-type",
            value: Some("application/cloudevents+json; charset=UTF-8"),
        });
        Outbound {
            topic: self.intake.config.kafka.events_topic_of(&event.force).to_owned(),
            key: id.into_bytes(),
            headers,
            payload: event.body.clone().into_bytes(),
        }
    }
}

/// How far each partition reaches by our own account.
fn ends(records: &[Outbound], put: &[Put]) -> BTreeMap<(String, i32), i64> {
    let mut ends = BTreeMap::new();
    for (record, put) in records.iter().zip(put) {
        let end = ends.entry((record.topic.clone(), put.partition)).or_insert(0);
        *end = put.offset.saturating_add(1).max(*end);
    }
    ends
}

/// Lets more events come, unless a whole batch of a force was there already.
async fn gather(published: usize, shutdown: &CancellationToken) {
    if i64::try_from(published).is_ok_and(|published| published < BATCH) {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(GATHERED) => {}
        }
    }
}

async fn wait(store: &Store, shutdown: &CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = store.woken(Signal::Outbox) => {}
        () = tokio::time::sleep(TICK) => {}
    }
}
