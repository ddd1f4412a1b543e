//! What the lifecycle topic knows: read from where our own account ends to its end, before anything is accepted.
//!
//! A store restored from an hour-old copy has lost an hour of notifications and decisions. Their incidents come again from
//! the police's topic and get the same ids; what became of them stands in the lifecycle topic and is taken from there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use encompass_core::id::{ChildId, IdentityKey, NotificationId};
use encompass_core::state::{ChildState, NotificationState, Reason};
use encompass_store::Store;
use encompass_store::prior::{Step, Told};
use jiff::Timestamp;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Message as _, Offset, TopicPartitionList};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::producer::Watched;
use crate::pace::Pace;
use crate::{Error, Intake, Result};

const ANSWER: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_secs(1);
/// What is kept in memory before it is stored.
const BATCH: usize = 1000;

/// Learns what the lifecycle topics know, waiting for broker and store; says how many notifications were recovered,
/// or `None` when it was time to stop before. Then intake is ready.
///
/// # Errors
/// What waiting can't mend.
pub async fn recover(intake: &Arc<Intake>, shutdown: &CancellationToken) -> Result<Option<usize>> {
    let mut pace = Pace::new();
    loop {
        match once(intake, shutdown).await {
            Ok(Some(recovered)) => {
                if recovered > 0 {
                    tracing::warn!(recovered, "the store was older than the lifecycle topic");
                }
                intake.metrics.recovered.set(intake.store.recovered_notifications().await?);
                intake.set_ready();
                return Ok(Some(recovered));
            }
            Ok(None) => return Ok(None),
            Err(error) if error.is_transient() => {
                if pace.is_first() {
                    tracing::warn!(%error, "intake waits to learn what the lifecycle topic knows");
                }
                intake.metrics.waits.with_label_values(&["recover"]).inc();
                if !pace.wait(shutdown).await {
                    return Ok(None);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether some intake has learnt what the lifecycle topics know and is at work: it publishes only after that, and the duty
/// that stands in a restored copy has long ended. For roles that run apart from intake.
///
/// # Errors
/// As the store says.
pub async fn is_recovered(store: &Store, machine: Timestamp) -> Result<bool> {
    Ok(store.duty_is_held(super::publish::DUTY, machine).await?)
}

async fn once(intake: &Arc<Intake>, shutdown: &CancellationToken) -> Result<Option<usize>> {
    for topic in intake.config.kafka.all_events_topics() {
        let known = intake.store.positions(topic).await?;
        let known: BTreeMap<i32, i64> =
            known.iter().map(|position| (position.partition, position.next_offset)).collect();
        let (found, reader) = tokio::sync::mpsc::channel(4);
        let scan = Scan {
            intake: intake.clone(),
            topic: topic.to_owned(),
            known,
            found,
            shutdown: shutdown.clone(),
        };
        let scanning = tokio::task::spawn_blocking(move || scan.run());
        let stored = store_found(intake, reader).await;
        let ends = scanning.await??;
        stored?;
        let Some(ends) = ends else { return Ok(None) };
        note_ends(intake, topic, ends).await?;
    }
    let mut tx = intake.store.begin().await?;
    let recovered = tx.apply_all_prior(intake.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(recovered))
}

async fn store_found(intake: &Intake, mut found: tokio::sync::mpsc::Receiver<Vec<Told>>) -> Result<()> {
    while let Some(told) = found.recv().await {
        let mut tx = intake.store.begin().await?;
        tx.note_prior(&told).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn note_ends(intake: &Intake, topic: &str, ends: BTreeMap<i32, i64>) -> Result<()> {
    let mut tx = intake.store.begin().await?;
    let ends = ends.into_iter().map(|(partition, end)| ((topic, partition), end));
    tx.note_ends(ends, intake.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// One reading of one topic, on a thread that may block.
struct Scan {
    intake: Arc<Intake>,
    topic: String,
    known: BTreeMap<i32, i64>,
    found: tokio::sync::mpsc::Sender<Vec<Told>>,
    shutdown: CancellationToken,
}

impl Scan {
    /// The ends that were reached; `None` when it was time to stop before.
    fn run(self) -> Result<Option<BTreeMap<i32, i64>>> {
        let mut settings = self.intake.config.kafka.consumer_settings()?;
        settings.set("enable.partition.eof", "true").set("auto.offset.reset", "earliest");
        let consumer: BaseConsumer<Watched> =
            settings.create_with_context(Watched(self.intake.metrics.clone()))?;
        let (from, ends) = self.extent(&consumer)?;
        let mut open: BTreeSet<i32> = from.keys().copied().collect();
        let mut list = TopicPartitionList::new();
        for (partition, offset) in from {
            list.add_partition_offset(&self.topic, partition, Offset::Offset(offset))?;
        }
        consumer.assign(&list)?;
        let store = &self.intake.store;
        let mut told = Vec::new();
        while !open.is_empty() {
            if self.shutdown.is_cancelled() {
                return Ok(None);
            }
            match consumer.poll(POLL) {
                Some(Ok(record)) => {
                    told.extend(
                        record.payload().and_then(|body| read(body, store.source(), store.identity())),
                    );
                    if ends.get(&record.partition()).is_some_and(|end| record.offset() + 1 >= *end) {
                        open.remove(&record.partition());
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => drop(open.remove(&partition)),
                Some(Err(error)) if matches!(error, KafkaError::MessageConsumptionFatal(_)) => {
                    return Err(error.into());
                }
                Some(Err(_)) | None => {}
            }
            if told.len() >= BATCH {
                self.hand_over(&mut told)?;
            }
        }
        self.hand_over(&mut told)?;
        Ok(Some(ends))
    }

    /// Where to begin and where to end. A topic that is not there yet knows nothing; one that is shorter than our
    /// account was made anew and is read whole.
    fn extent(&self, consumer: &BaseConsumer<Watched>) -> Result<(BTreeMap<i32, i64>, BTreeMap<i32, i64>)> {
        let metadata = consumer.fetch_metadata(Some(&self.topic), ANSWER)?;
        let topic = metadata.topics().first().ok_or(KafkaError::NoMessageReceived)?;
        let (mut from, mut ends) = (BTreeMap::new(), BTreeMap::new());
        if let Some(error) = topic.error() {
            let code = RDKafkaErrorCode::from(error);
            return match code {
                RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => {
                    Ok((from, ends))
                }
                _ => Err(KafkaError::MetadataFetch(code).into()),
            };
        }
        for partition in topic.partitions().iter().map(rdkafka::metadata::MetadataPartition::id) {
            let (low, high) = consumer.fetch_watermarks(&self.topic, partition, ANSWER)?;
            let known = self.known.get(&partition).copied().filter(|known| *known <= high);
            let begin = known.unwrap_or(low).max(low);
            if begin < high {
                from.insert(partition, begin);
            }
            ends.insert(partition, high);
        }
        Ok((from, ends))
    }

    fn hand_over(&self, told: &mut Vec<Told>) -> Result<()> {
        if told.is_empty() {
            return Ok(());
        }
        let sent = self.found.blocking_send(std::mem::take(told));
        sent.map_err(|_| Error::Kafka(KafkaError::Canceled))
    }
}

/// What one event tells of a notification or a child of this installation; of anything else nothing.
fn read(body: &[u8], source: &str, identity: &IdentityKey) -> Option<Told> {
    let event: Value = serde_json::from_slice(body).ok()?;
    if event.get("source")?.as_str()? != source {
        return None;
    }
    let data = event.get("data")?;
    let word = |name: &str| data.get(name).and_then(Value::as_str);
    let step = match word("notification") {
        Some(notification) => of_notification(notification.parse().ok()?, word("after")?, word("reason"))?,
        None => of_child(word("child")?.parse().ok()?, word("after")?, word("reason"))?,
    };
    Some(Told {
        of: (identity.reference(word("force")?, word("reference")?), word("incident")?.parse().ok()?),
        step,
        sequence: data.get("sequence")?.as_i64()?,
        at: word("at")?.parse().ok()?,
    })
}

fn of_notification(id: NotificationId, after: &str, reason: Option<&str>) -> Option<Step> {
    Some(match after.parse().ok()? {
        NotificationState::Waiting => Step::Waiting(id),
        NotificationState::Sent => Step::Sent(id),
        NotificationState::Opened => Step::Opened(id),
        NotificationState::Acknowledged => Step::Acknowledged(id),
        NotificationState::Closed => Step::Ended(id, reason?.parse().ok()?),
    })
}

fn of_child(id: ChildId, after: &str, reason: Option<&str>) -> Option<Step> {
    Some(match after.parse().ok()? {
        ChildState::Held | ChildState::Notified => Step::Open(id),
        ChildState::HandedOver => Step::Closed(id, Reason::HandedOver),
        ChildState::Closed => Step::Closed(id, reason?.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use encompass_core::state::NotificationEnd;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_became_of_our_own_notifications_and_children_is_read_and_nothing_else() {
        const ID: &str = "6b1f2a4e-0000-8000-8000-000000000001";
        const INCIDENT: &str = "019c9e5a-0000-7000-8000-000000000002";
        let identity = IdentityKey::new(&[7; 32]);
        let event = |source: &str, of: &str, after: &str, reason: &str| {
            let mut data = json!({
                "force": "north", "reference": "N/1/26", "incident": INCIDENT, "child": ID, "after": after,
                "at": "2026-03-02T08:00:00Z", "sequence": 3
            });
            data[of] = json!(ID);
            data["reason"] = json!(reason);
            json!({ "source": source, "data": data }).to_string()
        };
        let (notification, child) = (ID.parse().unwrap(), ID.parse().unwrap());
        let not_here = NotificationEnd::NotHere;
        for (body, expected) in [
            (event("/ours", "notification", "sent", ""), Some(Step::Sent(notification))),
            (event("/ours", "notification", "acknowledged", ""), Some(Step::Acknowledged(notification))),
            (event("/ours", "notification", "waiting", ""), Some(Step::Waiting(notification))),
            (event("/ours", "notification", "closed", "not_here"), Some(Step::Ended(notification, not_here))),
            (event("/ours", "notification", "closed", "a word of later"), None),
            (event("/theirs", "notification", "sent", ""), None),
            (event("/ours", "child", "held", "no_match"), Some(Step::Open(child))),
            (event("/ours", "child", "closed", "unsafe"), Some(Step::Closed(child, Reason::Unsafe))),
            (event("/ours", "child", "handed_over", ""), Some(Step::Closed(child, Reason::HandedOver))),
            ("not JSON".to_owned(), None),
        ] {
            let told = read(body.as_bytes(), "/ours", &identity);
            assert_eq!(told.map(|told| told.step), expected, "{body}");
            let of = (identity.reference("north", "N/1/26"), INCIDENT.parse().unwrap());
            assert!(told.is_none_or(|told| told.of == of), "{body}");
        }
    }
}
