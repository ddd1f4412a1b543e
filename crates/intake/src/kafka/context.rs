//! What librdkafka tells us while it is polled: partitions given and taken, and how far topics reach.

use std::sync::Arc;

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaRespErr;
use tokio::sync::mpsc::UnboundedSender;

use super::record::Partition;
use crate::Metrics;
use crate::events::{kind, log};

/// What the group decided, or what librdkafka measured.
pub(super) enum Told {
    /// These partitions are ours now; nothing is read of them until their positions are known.
    Assigned(Vec<Partition>),
    /// Nothing is ours any more.
    Revoked,
    /// The offset after the last record of each partition.
    Ends(Vec<(Partition, i64)>),
}

/// Passes on what it is told. It never blocks: it is called while the consumer is being polled.
pub(super) struct Context {
    pub told: UnboundedSender<Told>,
    pub metrics: Metrics,
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, _reason: &str) {
        self.metrics.broker_errors.with_label_values(&[kind(&error)]).inc();
    }

    fn stats(&self, statistics: Statistics) {
        let mut ends = Vec::new();
        for (name, topic) in statistics.topics {
            let name: Arc<str> = name.into();
            for partition in topic.partitions.values().filter(|partition| partition.hi_offset >= 0) {
                let number = partition.partition;
                ends.push((Partition { topic: name.clone(), number }, partition.hi_offset));
            }
        }
        self.tell(Told::Ends(ends));
    }
}

impl ConsumerContext for Context {
    /// A group's decision is taken at once, so that the group never waits for the store: assigned is an empty list
    /// until the store has said where to begin.
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        err: RDKafkaRespErr,
        partitions: &mut TopicPartitionList,
    ) {
        let taken = match err {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => {
                let elements = partitions.elements();
                let assigned = elements
                    .iter()
                    .map(|element| Partition { topic: element.topic().into(), number: element.partition() });
                self.tell(Told::Assigned(assigned.collect()));
                consumer.assign(&TopicPartitionList::new())
            }
            _ => {
                self.tell(Told::Revoked);
                consumer.unassign()
            }
        };
        if let Err(error) = taken {
            let code = RDKafkaErrorCode::from(err);
            tracing::error!(%error, %code, "the group's decision could not be taken");
        }
    }
}

impl Context {
    /// The loop that listens ends before the consumer does.
    fn tell(&self, told: Told) {
        drop(self.told.send(told));
    }
}
