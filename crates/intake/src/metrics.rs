//! What intake counts. The doc text of each is its help text: what it is, and what to alert on.

use std::time::Duration;

use encompass_core::incident::Problem;
use encompass_store::refused::Origin;
use jiff::Timestamp;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
};

use crate::accept::{Item, Outcome, Said};

/// Intake's metrics. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics {
    messages: IntCounterVec,
    refused: IntCounterVec,
    batch: Histogram,
    steps: HistogramVec,
    pub(crate) position: IntGaugeVec,
    pub(crate) lag_messages: IntGaugeVec,
    pub(crate) lag_seconds: IntGaugeVec,
    pub(crate) gaps: IntCounterVec,
    pub(crate) lost_positions: IntCounter,
    pub(crate) waits: IntCounterVec,
    pub(crate) broker_errors: IntCounterVec,
    pub(crate) published: IntCounterVec,
    pub(crate) recovered: IntGauge,
    pub(crate) missing_topics: IntGaugeVec,
    marks: IntCounterVec,
}

const MESSAGES: &str = "Messages from police systems by what became of them: accepted, repeated, refused. Repeats \
     are normal after a restart; alert when nothing is accepted for a force in its usual hours.";
const REFUSED: &str =
    "Messages set aside, by kind. Alert on any wrong_force, and on a rising rate of the others.";
const LAG_MESSAGES: &str =
    "Messages of a partition that were published and not taken. Alert when it stays above zero.";
const LAG_SECONDS: &str =
    "Age of the oldest message of a partition that was not taken, at most. Alert above 60.";
const GAPS: &str =
    "Times that a topic did not go on where it was read before: made anew, or cut. Alert on any.";
const LOST: &str =
    "Batches given up because another replica had taken them. Some with every rebalance; alert on many.";
const WAITS: &str = "Times that intake waited for the store or the broker, which was away, or for a partition (kind). Alert when it keeps \
     rising.";
const BROKER_ERRORS: &str = "Errors of the broker's client by kind. Alert on refused; transient ones heal.";
const PUBLISHED: &str = "Lifecycle events and mirrored messages that the broker acknowledged, or that readers \
     were given without one.";
const RECOVERED: &str = "Notifications of a restored store that the lifecycle topic shows as sent, so that they were \
     not sent again. Above zero only after a restore.";

const MISSING_TOPICS: &str = "Whether a topic that is read or written was not there at the last look: 1 if so. Nothing \
     is lost meanwhile. Alert on any 1.";
const MARKS: &str = "Fields of accepted events that were set aside or mended, by what was wrong with them. Alert \
     when a force's rate jumps: its system has changed.";

impl Metrics {
    /// Registers them.
    ///
    /// # Errors
    /// When one of the names is taken.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let per = |name: &str, help: &str, labels: &[&str]| counters(registry, name, help, labels);
        let of_partition = |name: &str, help: &str| gauges(registry, name, help, &["topic", "partition"]);
        Ok(Self {
            messages: per("encompass_messages_total", MESSAGES, &["force", "state", "channel"])?,
            refused: per("encompass_refused_total", REFUSED, &["force", "kind"])?,
            batch: batch(registry)?,
            steps: steps(registry)?,
            position: of_partition("encompass_position", "The next offset of a partition, as stored.")?,
            lag_messages: of_partition("encompass_lag_messages", LAG_MESSAGES)?,
            lag_seconds: of_partition("encompass_lag_seconds", LAG_SECONDS)?,
            gaps: per("encompass_feed_gaps_total", GAPS, &["topic"])?,
            lost_positions: counter(registry, "encompass_positions_lost_total", LOST)?,
            waits: per("encompass_intake_waits_total", WAITS, &["kind"])?,
            broker_errors: per("encompass_broker_errors_total", BROKER_ERRORS, &["kind"])?,
            published: per("encompass_events_published_total", PUBLISHED, &["kind"])?,
            recovered: gauge(registry, "encompass_recovered_notifications_total", RECOVERED)?,
            missing_topics: gauges(registry, "encompass_topic_missing", MISSING_TOPICS, &["topic"])?,
            marks: per("encompass_marks_total", MARKS, &["force", "kind"])?,
        })
    }

    /// Counts what became of messages that were durably taken `took` after the first of them arrived.
    pub(crate) fn taken(&self, items: &[Counted], outcomes: &[Outcome], took: Duration) {
        self.batch.observe(outcomes.len() as f64);
        for (item, outcome) in items.iter().zip(outcomes) {
            let force = item.force.as_str();
            self.messages.with_label_values(&[force, outcome.as_str(), item.channel]).inc();
            if let Outcome::Refused(_, refusal) = outcome {
                self.refused.with_label_values(&[force, refusal.kind.word()]).inc();
            }
            if let Outcome::Accepted(_) = outcome {
                for problem in &item.marks {
                    self.marks.with_label_values(&[force, problem.word()]).inc();
                }
            }
            self.steps.with_label_values(&["received_to_accepted"]).observe(took.as_secs_f64());
            if let Some(recorded) = item.recorded_to_received {
                self.steps.with_label_values(&["recorded_to_received"]).observe(recorded);
            }
        }
    }
}

/// What is counted of a message, kept while it is being taken.
pub(crate) struct Counted {
    force: String,
    channel: &'static str,
    recorded_to_received: Option<f64>,
    marks: Vec<Problem>,
}

impl Counted {
    pub(crate) fn of(item: &Item) -> Self {
        let arrived = &item.arrived;
        let (force, recorded_at, marks) = match &item.said {
            Ok(Said::Incident(publication)) => {
                (publication.force.clone(), publication.recorded_at, publication.marks.as_slice())
            }
            Ok(Said::Tally(tally)) => (tally.force.clone(), None, &[][..]),
            Err(_) => (arrived.sender.own().to_owned(), None, &[][..]),
        };
        let since = |from: Timestamp| arrived.received_at.duration_since(from).as_secs_f64().max(0.0);
        Self {
            force,
            channel: channel(&arrived.origin),
            recorded_to_received: recorded_at.map(since),
            marks: marks.iter().map(|mark| mark.problem).collect(),
        }
    }
}

const fn channel(origin: &Origin) -> &'static str {
    origin.as_str()
}

fn steps(registry: &Registry) -> prometheus::Result<HistogramVec> {
    let opts = HistogramOpts::new(
        "encompass_intake_step_seconds",
        "Time of one step: recorded_to_received (late from police), received_to_accepted (durable here). Alert \
         on the second above one second; the first is the police's.",
    );
    let buckets =
        [0.002, 0.005, 0.01, 0.02, 0.04, 0.1, 0.25, 1.0, 5.0, 60.0, 600.0, 3600.0, 21_600.0, 86_400.0];
    let steps = HistogramVec::new(opts.buckets(buckets.to_vec()), &["kind"])?;
    registry.register(Box::new(steps.clone()))?;
    Ok(steps)
}

fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntCounterVec> {
    let made = IntCounterVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntGaugeVec> {
    let made = IntGaugeVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

fn counter(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntCounter> {
    let made = IntCounter::new(name, help)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

fn gauge(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntGauge> {
    let made = IntGauge::new(name, help)?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}

fn batch(registry: &Registry) -> prometheus::Result<Histogram> {
    let opts = HistogramOpts::new(
        "encompass_batch_messages",
        "Messages that one transaction of intake took. Full batches for long mean that intake is behind.",
    );
    let buckets = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0];
    let made = Histogram::with_opts(opts.buckets(buckets.to_vec()))?;
    registry.register(Box::new(made.clone()))?;
    Ok(made)
}
