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

/// Looks again while a topic is missing, so that the metric says when it is there.
const AGAIN: Duration = Duration::from_secs(60);

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Every topic.
    All,
    /// All but some, which are named in the log.
    SomeMissing,
    /// Nothing: it was time to stop before.
    Stopped,
}

/// Looks, waiting for a broker that is away, and says which topics are missing.
///
/// # Errors
/// [`Error::Broker`] when the broker does not let us in, saying what to change.
pub(crate) async fn look(intake: &Arc<Intake>, shutdown: &CancellationToken) -> Result<Found> {
    let mut pace = Pace::new();
    loop {
        let asked = intake.clone();
        match tokio::task::spawn_blocking(move || topics(&asked)).await? {
            Ok(there) => return Ok(tell_missing(intake, &there)),
            Err(error) if error.is_transient() => {
                if pace.is_first() {
                    tracing::warn!(%error, "intake waits for the broker");
                }
                intake.metrics.waits.with_label_values(&["broker"]).inc();
                if !pace.wait(shutdown).await {
                    return Ok(Found::Stopped);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// Looks now and then until no topic is missing.
pub(crate) async fn look_again(intake: Arc<Intake>, shutdown: CancellationToken) -> Result<()> {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            () = tokio::time::sleep(AGAIN) => {}
        }
        match look(&intake, &shutdown).await {
            Ok(Found::SomeMissing) => {}
            // What is read and written finds out by itself, and this is no reason to end it.
            Err(error) => tracing::error!(%error, "topics can't be looked for"),
            Ok(Found::All | Found::Stopped) => {
                shutdown.cancelled().await;
                return Ok(());
            }
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

fn tell_missing(intake: &Intake, there: &BTreeSet<String>) -> Found {
    let mut found = Found::All;
    for topic in intake.config.kafka.needed_topics() {
        let is_missing = !there.contains(&topic.name);
        intake.metrics.missing_topics.with_label_values(&[topic.name.as_str()]).set(is_missing.into());
        if is_missing {
            found = Found::SomeMissing;
            tracing::error!(
                topic = topic.name,
                "the topic is not there; create it: {}",
                topic.what_for.in_words()
            );
        }
    }
    found
}
