//! Publishing incidents as a police system does: `acks=all`, keyed by the police reference.

use std::time::{Duration, Instant};

use anyhow::Context;
use encompass_county::Workload;
use encompass_testkit::kafka::Client;
use futures::future::try_join_all;
use jiff::Timestamp;
use rdkafka::producer::{FutureProducer, FutureRecord};

/// How quickly is published.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// As quickly as the producer takes it.
    AtOnce,
    /// Evenly spread, so many a second.
    PerSecond(u32),
}

/// One incident, ready to be published.
#[derive(Debug)]
pub struct Event {
    /// The police reference.
    pub reference: String,
    /// The time of its record.
    pub at: Timestamp,
    payload: Vec<u8>,
}

/// The police system.
pub struct Load {
    workload: Workload,
    producer: FutureProducer,
    next: usize,
}

impl Load {
    /// A producer at these brokers.
    pub fn new(brokers: &Client, workload: Workload) -> anyhow::Result<Load> {
        let mut config = brokers.config();
        config.set("acks", "all").set("enable.idempotence", "true").set("linger.ms", "1");
        config.set("queue.buffering.max.messages", "200000");
        Ok(Load { workload, producer: config.create().context("producer")?, next: 0 })
    }

    /// The next incidents, none ever drawn before. Their records' times are those of a system that publishes 2,000 a
    /// second, known beforehand because a mail's Message-ID comes of them.
    pub fn draw(&mut self, count: usize, at: Timestamp) -> Vec<Event> {
        let numbers = self.next..self.next + count;
        self.next = numbers.end;
        let event = |(number, place)| {
            let (reference, payload) = self.workload.event(number, at);
            Event { reference, at: at + Duration::from_micros(500) * place, payload }
        };
        numbers.zip(0..).map(event).collect()
    }

    /// Publishes in order and returns when each was given to the producer, after the broker has acknowledged all.
    pub async fn publish(&self, topic: &str, events: &[Event], pace: Pace) -> anyhow::Result<Vec<Instant>> {
        let start = Instant::now();
        let mut times = Vec::with_capacity(events.len());
        let mut sent = Vec::with_capacity(events.len());
        for (event, place) in events.iter().zip(0_u32..) {
            if let Pace::PerSecond(rate) = pace {
                let due = start + Duration::from_secs(1) * place / rate;
                tokio::time::sleep_until(due.into()).await;
            }
            let record = FutureRecord::to(topic)
                .key(&event.reference)
                .payload(&event.payload)
                .timestamp(event.at.as_millisecond());
            times.push(Instant::now());
            sent.push(self.producer.send_result(record).map_err(|(error, _)| error).context("publishing")?);
        }
        for answer in try_join_all(sent).await? {
            answer.map_err(|(error, _)| error).context("publishing")?;
        }
        Ok(times)
    }
}
