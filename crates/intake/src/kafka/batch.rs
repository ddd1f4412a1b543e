//! One transaction with everything that had arrived.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use encompass_store::position::{Advance, Counts};
use tokio_util::sync::CancellationToken;

use super::record::{Partition, Record};
use crate::accept::{Batch, Item, Sender, is_lost, take};
use crate::metrics::Counted;
use crate::pace::Pace;
use crate::{Intake, Result};

/// How a batch ended.
pub(super) enum Ended {
    /// It is durable; the positions have moved to here.
    Taken(BTreeMap<Partition, i64>),
    /// Another replica had moved a position: nothing happened.
    Lost,
    /// It was given up while it waited for the store: its partitions were taken from us, or it is time to stop.
    GivenUp,
}

/// Records to be taken together.
pub(super) struct Job {
    pub intake: Arc<Intake>,
    pub records: Vec<Record>,
    /// When the first of them arrived.
    pub since: Instant,
    /// Where the store's positions are.
    pub expected: BTreeMap<Partition, Option<i64>>,
    /// Ends when these partitions are no longer ours.
    pub ours: CancellationToken,
}

impl Job {
    /// Takes them, waiting for a store that is away: nothing is skipped.
    pub(super) async fn run(mut self) -> Result<Ended> {
        let mut batch = self.read();
        let counted: Vec<Counted> = batch.items.iter().map(Counted::of).collect();
        let moved = batch.advances.iter().map(|advance| {
            (
                Partition { topic: advance.topic.as_str().into(), number: advance.partition },
                advance.next_offset,
            )
        });
        let moved = moved.collect();
        let intake = &self.intake;
        let mut pace = Pace::new();
        loop {
            let at = intake.clock.now();
            match take(&intake.store, &intake.rules, &mut batch, at).await {
                Ok(outcomes) => {
                    intake.metrics.taken(&counted, &outcomes, self.since.elapsed());
                    return Ok(Ended::Taken(moved));
                }
                Err(error) if is_lost(&error) => {
                    intake.metrics.lost_positions.inc();
                    return Ok(Ended::Lost);
                }
                Err(error) if error.is_transient() => {
                    if pace.is_first() {
                        tracing::warn!(%error, "intake waits for the store; its partitions are paused");
                    }
                    intake.metrics.waits.with_label_values(&["store"]).inc();
                    if !pace.wait(&self.ours).await {
                        return Ok(Ended::GivenUp);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&mut self) -> Batch {
        let records = std::mem::take(&mut self.records);
        let intake = &self.intake;
        let received_at = intake.clock.now();
        let mut senders: BTreeMap<Arc<str>, Sender> = BTreeMap::new();
        let mut advances: BTreeMap<Partition, Advance> = BTreeMap::new();
        let mut items = Vec::with_capacity(records.len());
        for record in records {
            let topic = &record.partition.topic;
            let sender = senders.entry(topic.clone()).or_insert_with(|| {
                intake.config.kafka.sender(topic).expect("only configured topics are subscribed to")
            });
            let (partition, next_offset) = (record.partition.clone(), record.offset.saturating_add(1));
            let bytes_max = intake.config.event_bytes_max;
            let arrived = record.open(sender, intake.store.identity(), bytes_max, received_at);
            let advance = self.advance(&mut advances, partition);
            advance.next_offset = next_offset;
            advance.fingerprint = Some(arrived.fingerprint);
            items.push(Item::read(arrived, &intake.rules));
        }
        Batch { items, advances: advances.into_values().collect() }
    }

    /// How far a partition moves.
    fn advance<'a>(
        &self,
        advances: &'a mut BTreeMap<Partition, Advance>,
        partition: Partition,
    ) -> &'a mut Advance {
        advances.entry(partition).or_insert_with_key(|partition| Advance {
            topic: partition.topic.to_string(),
            partition: partition.number,
            expected: self.expected.get(partition).copied().flatten(),
            next_offset: 0,
            fingerprint: None,
            counts: Counts::default(),
        })
    }
}
