//! Asking the store where to begin, and the broker whether that is still there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use encompass_core::state::TaskKind;
use encompass_store::position::{Advance, Counts, Position};
use encompass_store::{Actor, audit_log, task};
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::error::KafkaError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::begin::{Begin, Broken, Extent, begin};
use super::context::Context;
use super::record::Partition;
use crate::accept::{default_due, is_lost};
use crate::pace::Pace;
use crate::{Intake, Result};

/// A partition that has no leader is not answered for: it must not hold up the others for long.
const ANSWER: Duration = Duration::from_secs(2);

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

/// Where reading begins, of the partitions of which that is known.
pub(super) struct Loaded {
    pub starts: Vec<Start>,
    /// What is still to be loaded.
    pub left: Option<Load>,
}

/// What is loaded.
#[derive(Clone)]
pub(super) struct Load {
    pub intake: Arc<Intake>,
    pub consumer: Arc<StreamConsumer<Context>>,
    pub partitions: Vec<Partition>,
    /// Those whose record before the position is another one than was read.
    pub made_anew: BTreeSet<Partition>,
}

impl Load {
    /// Loads what can be loaded, waiting for the store and the broker: a partition that does not answer holds up no
    /// other. `None` when it was time to stop before.
    pub(super) async fn run(self, stop: CancellationToken) -> Result<Option<Loaded>> {
        let mut pace = Pace::new();
        loop {
            match self.once().await {
                Ok(loaded) if !loaded.starts.is_empty() || loaded.left.is_none() => return Ok(Some(loaded)),
                Ok(_) => {
                    if !pace.wait(&stop).await {
                        return Ok(None);
                    }
                }
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

    async fn once(&self) -> Result<Loaded> {
        let positions = self.positions().await?;
        let (mut starts, mut left) = (Vec::with_capacity(self.partitions.len()), Vec::new());
        for (partition, extent) in self.extents().await? {
            match extent {
                Ok(extent) => starts.push(self.start(&partition, positions.get(&partition), extent).await?),
                Err(error) => {
                    let (topic, number) = (&*partition.topic, partition.number);
                    tracing::warn!(topic, partition = number, %error, "a partition can't be read yet");
                    self.intake.metrics.waits.with_label_values(&["partition"]).inc();
                    left.push(partition);
                }
            }
        }
        let left = (!left.is_empty()).then(|| Self { partitions: left, ..self.clone() });
        Ok(Loaded { starts, left })
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

    /// Asked side by side, since one that does not answer takes its time.
    async fn extents(&self) -> Result<Vec<(Partition, Result<Extent, KafkaError>)>> {
        let mut asked = JoinSet::new();
        for partition in self.partitions.clone() {
            let consumer = self.consumer.clone();
            asked.spawn_blocking(move || {
                let found = consumer.fetch_watermarks(&partition.topic, partition.number, ANSWER);
                (partition, found.map(|(low, high)| Extent { low, high }))
            });
        }
        let mut extents = Vec::with_capacity(self.partitions.len());
        while let Some(found) = asked.join_next().await {
            extents.push(found?);
        }
        Ok(extents)
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
