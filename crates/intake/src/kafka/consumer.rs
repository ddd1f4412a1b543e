//! The loop: receives without waiting for the store, stores without waiting for more to arrive.
//!
//! One transaction is open at a time; what arrives meanwhile becomes the next batch, so batches grow with the load
//! and nothing waits for a batch to fill. The consumer is polled all the while, so that it stays in its group.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rdkafka::Message as _;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::batch::{Ended, Job};
use super::buffer::Buffer;
use super::context::{Context, Told};
use super::load::{Load, Loaded, Start};
use super::record::{Partition, Record};
use crate::{Error, Intake, Result};

/// How long a full buffer may wait for the store before the partitions are paused and polling goes on.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the last transaction may take when it is time to stop.
const LAST: Duration = Duration::from_secs(10);
/// Between two looks at a topic that did not go on as expected.
const AGAIN: Duration = Duration::from_millis(500);

/// How far reading of a partition has come.
struct Progress {
    /// What the store has; `None`: nothing yet.
    stored: Option<i64>,
    /// The next offset that is wanted.
    next: i64,
    /// What the record before it must be.
    probe: Option<Vec<u8>>,
    /// The broker's time of the last record that was received, at first that of the assignment; milliseconds.
    last: i64,
}

/// What was begun and goes on beside receiving.
enum Done {
    Batch(Result<Ended>),
    Loaded(Result<Option<Loaded>>),
    LookAgain,
}

struct Loop {
    intake: Arc<Intake>,
    consumer: Arc<StreamConsumer<Context>>,
    told: UnboundedReceiver<Told>,
    /// What the group gave us.
    assigned: Vec<Partition>,
    /// Those that are being read.
    reading: BTreeMap<Partition, Progress>,
    /// Those whose record before the position was another one.
    made_anew: BTreeSet<Partition>,
    buffer: Buffer,
    /// Ends with what the group gave us.
    ours: CancellationToken,
    jobs: JoinSet<(Done, CancellationToken)>,
    /// A transaction is open.
    is_storing: bool,
    /// Positions are asked for once it has ended.
    wants_load: bool,
    /// The partitions are paused, because the buffer is full and the store is slow or away.
    is_paused: bool,
}

/// Reads the configured topics until `shutdown`.
///
/// # Errors
/// What waiting can't mend, such as a store that refuses what it must not.
pub async fn consume(intake: Arc<Intake>, shutdown: CancellationToken) -> Result<()> {
    while !shutdown.is_cancelled() {
        let mut reading = Loop::new(intake.clone())?;
        let ended = reading.run(&shutdown).await;
        reading.stop().await?;
        match ended {
            Ok(()) => {}
            Err(Error::Kafka(error)) => {
                tracing::error!(%error, "the consumer can't go on and is made anew");
                tokio::time::sleep(AGAIN).await;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl Loop {
    fn new(intake: Arc<Intake>) -> Result<Self> {
        let kafka = &intake.config.kafka;
        let (sender, told) = unbounded_channel();
        let context = Context { told: sender, metrics: intake.metrics.clone() };
        let consumer: StreamConsumer<Context> = kafka.consumer_settings()?.create_with_context(context)?;
        let topics: Vec<&str> = kafka.topics.keys().map(String::as_str).collect();
        consumer.subscribe(&topics)?;
        Ok(Self {
            consumer: Arc::new(consumer),
            told,
            assigned: Vec::new(),
            reading: BTreeMap::new(),
            made_anew: BTreeSet::new(),
            buffer: Buffer::new(kafka.batch_records_max, kafka.batch_bytes_max),
            ours: CancellationToken::new(),
            jobs: JoinSet::new(),
            is_storing: false,
            wants_load: false,
            is_paused: false,
            intake,
        })
    }

    async fn run(&mut self, shutdown: &CancellationToken) -> Result<()> {
        let consumer = self.consumer.clone();
        loop {
            self.store_what_came();
            let may_receive = self.buffer.has_room() || self.is_paused;
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                Some(told) = self.told.recv() => self.hear(told),
                Some(done) = self.jobs.join_next() => self.finish(done?)?,
                received = consumer.recv(), if may_receive => self.receive(received)?,
                () = tokio::time::sleep(PATIENCE), if !may_receive => self.pause()?,
            }
        }
    }

    /// Begins the next transaction with everything that has arrived, unless one is open.
    fn store_what_came(&mut self) {
        if self.is_storing || self.buffer.is_empty() {
            return;
        }
        let (records, since) = self.buffer.take();
        let expected =
            self.reading.iter().map(|(partition, progress)| (partition.clone(), progress.stored)).collect();
        let ours = self.ours.clone();
        let job = Job { intake: self.intake.clone(), records, since, expected, ours: ours.clone() };
        self.is_storing = true;
        self.jobs.spawn(async move { (Done::Batch(job.run().await), ours) });
    }

    fn hear(&mut self, told: Told) {
        match told {
            Told::Assigned(partitions) => {
                tracing::info!(partitions = partitions.len(), "the group gave us partitions");
                self.assigned = partitions;
                self.load();
            }
            Told::Revoked => {
                self.assigned.clear();
                self.let_go();
            }
            Told::Ends(ends) => self.measure(ends),
        }
    }

    /// Forgets what was read and not stored; it is read again, here or elsewhere.
    fn let_go(&mut self) {
        self.ours.cancel();
        self.ours = CancellationToken::new();
        for partition in self.reading.keys() {
            self.forget_lag(partition);
        }
        self.reading.clear();
        self.buffer.clear();
        self.is_paused = false;
    }

    /// Asks the store where to begin; until it has answered nothing is read.
    fn load(&mut self) {
        self.let_go();
        // Positions that an open transaction is about to move would be wrong a moment later.
        self.wants_load = self.is_storing && !self.assigned.is_empty();
        if self.wants_load || self.assigned.is_empty() {
            return;
        }
        let load = Load {
            intake: self.intake.clone(),
            consumer: self.consumer.clone(),
            partitions: self.assigned.clone(),
            made_anew: std::mem::take(&mut self.made_anew),
        };
        self.begin(load);
    }

    fn begin(&mut self, load: Load) {
        let ours = self.ours.clone();
        self.jobs.spawn(async move { (Done::Loaded(load.run(ours.clone()).await), ours) });
    }

    /// Reads no further until the store has been asked anew where to go on.
    fn look_again(&mut self) -> Result<()> {
        self.let_go();
        self.consumer.assign(&TopicPartitionList::new())?;
        let ours = self.ours.clone();
        self.jobs.spawn(async move {
            tokio::time::sleep(AGAIN).await;
            (Done::LookAgain, ours)
        });
        Ok(())
    }

    fn finish(&mut self, (done, ours): (Done, CancellationToken)) -> Result<()> {
        let is_old = ours.is_cancelled();
        match done {
            Done::Batch(ended) => {
                self.is_storing = false;
                match ended? {
                    Ended::Taken(moved) if !is_old => self.taken(moved)?,
                    Ended::Lost if !is_old => self.look_again()?,
                    Ended::Taken(_) | Ended::Lost | Ended::GivenUp => {}
                }
                if self.wants_load {
                    self.load();
                }
                Ok(())
            }
            Done::Loaded(loaded) => match loaded? {
                Some(Loaded { starts, left }) if !is_old => {
                    self.start(starts)?;
                    left.into_iter().for_each(|left| self.begin(left));
                    Ok(())
                }
                Some(_) | None => Ok(()),
            },
            Done::LookAgain if !is_old => {
                self.load();
                Ok(())
            }
            Done::LookAgain => Ok(()),
        }
    }

    /// Reads these as well; those that are read already go on where they are.
    fn start(&mut self, starts: Vec<Start>) -> Result<()> {
        let last = self.intake.clock.machine().as_millisecond();
        for start in starts {
            let next = start.expected.unwrap_or(start.from);
            let progress = Progress { stored: start.expected, next, probe: start.probe, last };
            self.show_position(&start.partition, next);
            self.reading.insert(start.partition, progress);
        }
        let mut list = TopicPartitionList::new();
        for (partition, progress) in &self.reading {
            let from = progress.next - i64::from(progress.probe.is_some());
            list.add_partition_offset(&partition.topic, partition.number, Offset::Offset(from))?;
        }
        self.consumer.assign(&list)?;
        if self.is_paused { self.pause() } else { Ok(()) }
    }

    fn taken(&mut self, moved: BTreeMap<Partition, i64>) -> Result<()> {
        let mut list = TopicPartitionList::new();
        for (partition, next) in moved {
            list.add_partition_offset(&partition.topic, partition.number, Offset::Offset(next))?;
            self.show_position(&partition, next);
            if let Some(progress) = self.reading.get_mut(&partition) {
                progress.stored = Some(next);
            }
        }
        // For lag tools only: nothing reads it back, so a failure changes nothing.
        drop(self.consumer.store_offsets(&list));
        self.resume()
    }

    fn receive(&mut self, received: Result<BorrowedMessage<'_>, KafkaError>) -> Result<()> {
        match received {
            Ok(message) => self.keep(&message),
            Err(error) => self.fail(error),
        }
    }

    fn keep(&mut self, message: &BorrowedMessage<'_>) -> Result<()> {
        let key = Partition { topic: message.topic().into(), number: message.partition() };
        // A record of a partition that was taken from us meanwhile is somebody else's.
        let Some(progress) = self.reading.get_mut(&key) else { return Ok(()) };
        let record = Record::copy(message, key);
        if let Some(expected) = progress.probe.take()
            && record.offset < progress.next
        {
            if record.fingerprint(self.intake.store.identity()).as_slice() != expected {
                self.made_anew.insert(record.partition);
                return self.look_again();
            }
            return Ok(());
        }
        if record.offset < progress.next {
            return Ok(());
        }
        progress.next = record.offset.saturating_add(1);
        progress.last = record.timestamp.unwrap_or(progress.last);
        self.buffer.push(record);
        Ok(())
    }

    /// Errors of the client. Those that a look at the topic answers are looked into, fatal ones end the consumer,
    /// and librdkafka mends the rest by itself.
    fn fail(&mut self, error: KafkaError) -> Result<()> {
        use RDKafkaErrorCode as Code;
        self.intake.metrics.broker_errors.with_label_values(&[crate::events::kind(&error)]).inc();
        if let Some(advice) = crate::events::advice(&error) {
            tracing::error!(%error, "the broker does not let us in: {advice}");
        }
        if let KafkaError::MessageConsumptionFatal(_) = error {
            return Err(error.into());
        }
        match error.rdkafka_error_code() {
            Some(
                Code::OffsetOutOfRange
                | Code::AutoOffsetReset
                | Code::UnknownTopicOrPartition
                | Code::UnknownTopic
                | Code::UnknownPartition
                | Code::UnknownTopicId
                | Code::FencedLeaderEpoch
                | Code::UnknownLeaderEpoch,
            ) if !self.assigned.is_empty() => {
                tracing::warn!(%error, "a topic does not go on as expected");
                self.look_again()
            }
            _ => {
                tracing::debug!(%error, "the consumer goes on");
                Ok(())
            }
        }
    }

    fn pause(&mut self) -> Result<()> {
        self.is_paused = true;
        Ok(self.consumer.pause(&self.all_read()?)?)
    }

    fn resume(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.is_paused) {
            return Ok(());
        }
        Ok(self.consumer.resume(&self.all_read()?)?)
    }

    fn all_read(&self) -> Result<TopicPartitionList> {
        let mut list = TopicPartitionList::new();
        for partition in self.reading.keys() {
            list.add_partition(&partition.topic, partition.number);
        }
        Ok(list)
    }

    fn show_position(&self, partition: &Partition, next: i64) {
        let number = partition.number.to_string();
        self.intake.metrics.position.with_label_values(&[&*partition.topic, number.as_str()]).set(next);
    }

    fn measure(&mut self, ends: Vec<(Partition, i64)>) {
        let now = self.intake.clock.machine();
        for (partition, end) in ends {
            let Some(progress) = self.reading.get(&partition) else { continue };
            let behind = (end - progress.stored.unwrap_or(progress.next)).max(0);
            let number = partition.number.to_string();
            let labels = [&*partition.topic, number.as_str()];
            self.intake.metrics.lag_messages.with_label_values(&labels).set(behind);
            let age = if behind == 0 { 0 } else { age_seconds(progress.last, now) };
            self.intake.metrics.lag_seconds.with_label_values(&labels).set(age);
        }
    }

    /// What another replica reads is that replica's to measure.
    fn forget_lag(&self, partition: &Partition) {
        let number = partition.number.to_string();
        let labels = [&*partition.topic, number.as_str()];
        let metrics = &self.intake.metrics;
        for gauges in [&metrics.lag_messages, &metrics.lag_seconds, &metrics.position] {
            // One that was never set is not there to be removed.
            drop(gauges.remove_label_values(&labels));
        }
    }

    /// Lets the open transaction end, then leaves the group.
    async fn stop(mut self) -> Result<()> {
        let ours = self.ours.clone();
        let end = async {
            while let Some(done) = self.jobs.join_next().await {
                if let (Done::Batch(ended), _) = done? {
                    ended?;
                }
            }
            Ok::<_, Error>(())
        };
        // A transaction that waits for a store that is away is not waited for: nothing of it has happened.
        tokio::select! {
            ended = end => ended?,
            () = async { tokio::time::sleep(LAST).await; ours.cancel() } => {}
        }
        // Leaving the group is a conversation with the broker, on a thread that may wait for it.
        let consumer = self.consumer;
        Ok(tokio::task::spawn_blocking(move || drop(consumer)).await?)
    }
}

fn age_seconds(last_ms: i64, now: Timestamp) -> i64 {
    ((now.as_millisecond() - last_ms) / 1000).max(0)
}
