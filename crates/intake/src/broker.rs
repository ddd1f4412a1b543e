//! A look at the broker before anything is read: whether it lets us in, and whether every topic is there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use tokio_util::sync::CancellationToken;

use crate::events::{Watched, advice};
use crate::pace::Pace;
use crate::{Error, Intake, Result};

const ANSWER: Duration = Duration::from_secs(5);
/// A refusal comes beside the answer that fails, not within it.
const REFUSAL: Duration = Duration::from_millis(500);

/// Looks, waiting for a broker that is away, and says which topics are missing. `false`: it was time to stop before.
///
/// # Errors
/// [`Error::Broker`] when the broker does not let us in, saying what to change.
pub(crate) async fn look(intake: &Arc<Intake>, shutdown: &CancellationToken) -> Result<bool> {
    let mut pace = Pace::new();
    loop {
        let asked = intake.clone();
        match tokio::task::spawn_blocking(move || topics(&asked)).await? {
            Ok(there) => {
                tell_missing(intake, &there);
                return Ok(true);
            }
            Err(error) if error.is_transient() => {
                if pace.is_first() {
                    tracing::warn!(%error, "intake waits for the broker");
                }
                intake.metrics.waits.with_label_values(&["broker"]).inc();
                if !pace.wait(shutdown).await {
                    return Ok(false);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// The topics that are there, as far as we may know of them.
fn topics(intake: &Intake) -> Result<BTreeSet<String>> {
    let watched = Watched(intake.metrics.clone());
    let consumer: BaseConsumer<Watched> =
        intake.config.kafka.consumer_settings()?.create_with_context(watched)?;
    let metadata = consumer.fetch_metadata(None, ANSWER).map_err(|error| refused(&consumer, error))?;
    let there = metadata.topics().iter().filter(|topic| topic.error().is_none());
    Ok(there.map(|topic| topic.name().to_owned()).collect())
}

/// What is behind a failed answer: a broker that refuses us is not waited for, a person has to mend that.
fn refused(consumer: &BaseConsumer<Watched>, error: KafkaError) -> Error {
    let until = Instant::now() + REFUSAL;
    while let Some(Err(reported)) = consumer.poll(until.saturating_duration_since(Instant::now())) {
        if let Some(advice) = advice(&reported) {
            return Error::Broker(advice);
        }
    }
    advice(&error).map_or_else(|| error.into(), Error::Broker)
}

fn tell_missing(intake: &Intake, there: &BTreeSet<String>) {
    for topic in intake.config.kafka.needed_topics() {
        let is_missing = !there.contains(&topic.name);
        intake.metrics.missing_topics.with_label_values(&[topic.name.as_str()]).set(is_missing.into());
        if is_missing {
            tracing::error!(
                topic = topic.name,
                "the topic is not there; create it: {}",
                topic.what_for.in_words()
            );
        }
    }
}
