//! Asking the store where to begin, and the broker whether that is still there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use encompass_core::state::TaskKind;
use encompass_store::position::{Advance, Counts, Position};
use encompass_store::{Actor, audit_log, task};
use rdkafka::consumer::{Consumer, StreamConsumer};
use tokio_util::sync::CancellationToken;

use super::begin::{Begin, Broken, Extent, begin};
use super::context::Context;
use super::record::Partition;
use crate::accept::{default_due, is_lost};
use crate::pace::Pace;
use crate::{Intake, Result};

const ANSWER: Duration = Duration::from_secs(10);

/// Where reading of a partition begins.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub partition: Partition,
    /// The offset of the first record that is wanted; with a probe, of the one before.
    pub from: i64,
    /// What the store has as its position.
    pub expected: Option<i64>,
    /// The hash of the record before the position, if it is there to be looked at.
    pub probe: Option<Vec<u8>>,
}

/// What is loaded.
pub(super) struct Load {
    pub intake: Arc<Intake>,
    pub consumer: Arc<StreamConsumer<Context>>,
    pub partitions: Vec<Partition>,
    /// Those whose record before the position is another one than was read.
    pub made_anew: BTreeSet<Partition>,
}

impl Load {
    /// Loads all starts, waiting for the store and the broker. `None` when it was time to stop before.
    pub(super) async fn run(self, stop: CancellationToken) -> Result<Option<Vec<Start>>> {
        let mut pace = Pace::new();
        loop {
            match self.once().await {
                Ok(starts) => return Ok(Some(starts)),
                Err(error) if error.is_transient() || is_changed(&error) => {
                    if pace.is_first() {
                        tracing::warn!(%error, "positions can't be read yet; their partitions wait");
                    }
                    self.intake.metrics.waits.with_label_values(&["positions"]).inc();
                    if !pace.wait(&stop).await {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn once(&self) -> Result<Vec<Start>> {
        let positions = self.positions().await?;
        let extents = self.extents().await?;
        let mut starts = Vec::with_capacity(self.partitions.len());
        for (partition, extent) in self.partitions.iter().zip(extents) {
            starts.push(self.start(partition, positions.get(partition), extent).await?);
        }
        Ok(starts)
    }

    async fn positions(&self) -> Result<BTreeMap<Partition, Position>> {
        let topics: BTreeSet<&str> = self.partitions.iter().map(|partition| &*partition.topic).collect();
        let mut positions = BTreeMap::new();
        for topic in topics {
            for position in self.intake.store.positions(topic).await? {
                let partition = Partition { topic: topic.into(), number: position.partition };
                positions.insert(partition, position);
            }
        }
        Ok(positions)
    }

    async fn extents(&self) -> Result<Vec<Extent>> {
        let (consumer, partitions) = (self.consumer.clone(), self.partitions.clone());
        let asked = tokio::task::spawn_blocking(move || {
            let extent = |partition: &Partition| {
                let (low, high) = consumer.fetch_watermarks(&partition.topic, partition.number, ANSWER)?;
                Ok(Extent { low, high })
            };
            partitions.iter().map(extent).collect::<Result<Vec<_>>>()
        });
        asked.await?
    }

    async fn start(
        &self,
        partition: &Partition,
        position: Option<&Position>,
        extent: Extent,
    ) -> Result<Start> {
        let at = |from, expected, probe| Start { partition: partition.clone(), from, expected, probe };
        let begin = match begin(position, extent) {
            Begin::Continue { probe: true } if self.made_anew.contains(partition) => {
                Begin::Broken(Broken::MadeAnew)
            }
            begin => begin,
        };
        match (begin, position) {
            (Begin::Continue { probe: true }, Some(position)) => {
                let next = position.next_offset;
                Ok(at(next - 1, Some(next), position.fingerprint.clone()))
            }
            (Begin::Continue { probe: false }, Some(position)) => {
                Ok(at(position.next_offset, Some(position.next_offset), None))
            }
            (Begin::Broken(broken), Some(position)) => {
                self.restart(partition, position, extent.low, broken).await?;
                Ok(at(extent.low, Some(extent.low), None))
            }
            (_, None) | (Begin::Fresh, Some(_)) => Ok(at(extent.low, None, None)),
        }
    }

    /// Moves the position to the earliest and asks a person to look, in one commit.
    async fn restart(
        &self,
        partition: &Partition,
        position: &Position,
        low: i64,
        broken: Broken,
    ) -> Result<()> {
        let intake = &self.intake;
        let (topic, number, next) = (partition.topic.to_string(), partition.number, position.next_offset);
        tracing::error!(topic, partition = number, next, low, "{}", broken.in_words());
        let now = intake.clock.now();
        let force = intake.config.kafka.sender(&topic).map_or_else(String::new, |sender| sender.own().into());
        let subject = format!("topic:{topic}/{number}/{next}");
        let mut tx = intake.store.begin().await?;
        let advance = Advance {
            topic: topic.clone(),
            partition: number,
            expected: Some(next),
            next_offset: low,
            fingerprint: None,
            counts: Counts::default(),
        };
        tx.advance(vec![advance], now).await?;
        let entry = audit_log::Entry::new(
            &force,
            now,
            Actor::Service("intake"),
            "position.restarted",
            subject.clone(),
        );
        tx.audit(entry.because(format!("{} ({low})", broken.in_words())));
        let due_at = default_due(now, &intake.rules).at;
        let new = task::New {
            detail: broken.in_words(),
            ..task::New::about(&force, TaskKind::FeedGap, subject, due_at)
        };
        tx.open_tasks(vec![new], now).await?;
        tx.commit().await?;
        intake.metrics.gaps.with_label_values(&[topic.as_str()]).inc();
        Ok(())
    }
}

fn is_changed(error: &crate::Error) -> bool {
    matches!(error, crate::Error::Store(error) if is_lost(error))
}
