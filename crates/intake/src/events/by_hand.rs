//! Publishing events as a police system would, for a person at the command line.

use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};

use super::producer::{self, Outbound};
use crate::{Config, Error, Metrics, Result};

/// Produces events (key and structured CloudEvents JSON) to a topic of the configuration, or to its only one, and
/// waits for every acknowledgement.
///
/// # Errors
/// [`Error::Config`] when it is not clear which topic is meant; [`Error::Kafka`] when an event was not taken in time.
pub async fn publish_by_hand(
    config: &Config,
    topic: Option<&str>,
    records: Vec<(String, Vec<u8>)>,
    wait: Duration,
) -> Result<()> {
    let topic = the_topic(config, topic)?;
    let metrics =
        Metrics::new(&prometheus::Registry::new()).expect("a registry of its own has no name taken");
    let producer = producer::create(&config.kafka, &metrics)?;
    let outbound = |(key, payload): (String, Vec<u8>)| Outbound {
        topic: topic.to_owned(),
        key: key.into_bytes(),
        headers: OwnedHeaders::new()
            .insert(Header { key: "content-type", value: Some("application/cloudevents+json") }),
        payload,
    };
    let records: Vec<Outbound> = records.into_iter().map(outbound).collect();
    match tokio::time::timeout(wait, producer::put(&producer, &records)).await {
        Ok((_, None)) => Ok(()),
        Ok((_, Some(error))) => Err(error.into()),
        Err(_) => Err(KafkaError::MessageProduction(RDKafkaErrorCode::MessageTimedOut).into()),
    }
}

fn the_topic<'a>(config: &'a Config, named: Option<&'a str>) -> Result<&'a str> {
    if !config.kafka.is_on() {
        return Err(Error::Config("intake.kafka.brokers names no broker".into()));
    }
    let mut known = config.kafka.topics.keys().map(String::as_str);
    match (named, known.next(), known.next()) {
        (Some(named), _, _) => Ok(named),
        (None, Some(only), None) => Ok(only),
        (None, _, _) => {
            Err(Error::Config("say which topic: intake.kafka.topics has none, or several".into()))
        }
    }
}
