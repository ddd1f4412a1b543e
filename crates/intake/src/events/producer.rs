//! Producing a batch and waiting for every acknowledgement.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::OwnedHeaders;
use rdkafka::producer::future_producer::DeliveryFuture;
use rdkafka::producer::{FutureProducer, FutureRecord};

use crate::config::Kafka;
use crate::{Metrics, Result};

/// A record to be produced.
pub(super) struct Outbound {
    pub topic: String,
    pub key: Vec<u8>,
    pub headers: OwnedHeaders,
    pub payload: Vec<u8>,
}

/// Where the broker put a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Put {
    pub partition: i32,
    pub offset: i64,
}

pub(super) type Producer = FutureProducer<Watched>;

/// librdkafka's own words go to our log; they name brokers and codes, no message.
#[derive(Clone)]
pub(crate) struct Watched(pub Metrics);

impl ClientContext for Watched {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, _reason: &str) {
        self.0.broker_errors.with_label_values(&[kind(&error)]).inc();
    }
}

/// The scan of the lifecycle topic is assigned by hand: there is no rebalance to hear of.
impl rdkafka::consumer::ConsumerContext for Watched {}

pub(crate) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error
        | RDKafkaLogLevel::Warning => tracing::warn!(facility, message, "librdkafka"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
            tracing::debug!(facility, message, "librdkafka");
        }
    }
}

/// Whether the broker says no, which people have to mend, or is only away.
pub(crate) fn kind(error: &KafkaError) -> &'static str {
    use RDKafkaErrorCode as Code;
    match error.rdkafka_error_code() {
        Some(
            Code::Authentication
            | Code::SaslAuthenticationFailed
            | Code::TopicAuthorizationFailed
            | Code::GroupAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::SSL,
        ) => "refused",
        _ => "transient",
    }
}

/// What to do about a broker that says no; nothing about one that is only away.
pub(crate) fn advice(error: &KafkaError) -> Option<&'static str> {
    use RDKafkaErrorCode as Code;
    Some(match error.rdkafka_error_code()? {
        Code::Authentication | Code::SaslAuthenticationFailed => {
            "it knows no such name and password: see intake.kafka.security.username and password_file, and the \
             broker's SCRAM-SHA-512 users"
        }
        Code::SSL => {
            "TLS fails: its certificate must be signed by an authority in intake.kafka.security.ca_file (without one: \
             of this machine) and bear the name in intake.kafka.brokers, and the port must be one for TLS"
        }
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed => {
            "our user may not do that: it needs Read on the topics in intake.kafka.topics and on the group, and Write \
             on the topics of events and dead letters"
        }
        _ => return None,
    })
}

pub(super) fn create(kafka: &Kafka, metrics: &Metrics) -> Result<Producer> {
    Ok(kafka.producer_settings()?.create_with_context(Watched(metrics.clone()))?)
}

/// Produces in order and waits. The result is as long as what the broker took without a failure before it.
pub(super) async fn put(producer: &Producer, records: &[Outbound]) -> (Vec<Put>, Option<KafkaError>) {
    let (queued, failed) = queue(producer, records);
    let mut put = Vec::with_capacity(queued.len());
    for delivery in queued {
        match placed(delivery).await {
            Ok(place) => put.push(place),
            Err(error) => return (put, Some(error)),
        }
    }
    (put, failed)
}

/// Produces in order and waits for all; says of each record what became of it. What follows one that can't even be
/// queued is not sent.
pub(super) async fn put_each(producer: &Producer, records: &[Outbound]) -> Vec<Result<Put, KafkaError>> {
    let (queued, failed) = queue(producer, records);
    let mut put = Vec::with_capacity(records.len());
    for delivery in queued {
        put.push(placed(delivery).await);
    }
    put.extend(failed.map(Err));
    put
}

fn queue(producer: &Producer, records: &[Outbound]) -> (Vec<DeliveryFuture>, Option<KafkaError>) {
    let mut queued = Vec::with_capacity(records.len());
    for record in records {
        let out = FutureRecord::to(&record.topic)
            .key(&record.key)
            .payload(&record.payload)
            .headers(record.headers.clone());
        match producer.send_result(out) {
            Ok(delivery) => queued.push(delivery),
            Err((error, _)) => return (queued, Some(error)),
        }
    }
    (queued, None)
}

async fn placed(delivery: DeliveryFuture) -> Result<Put, KafkaError> {
    match delivery.await {
        Ok(Ok(delivery)) => Ok(Put { partition: delivery.partition, offset: delivery.offset }),
        Ok(Err((error, _))) => Err(error),
        Err(_) => Err(KafkaError::Canceled),
    }
}
