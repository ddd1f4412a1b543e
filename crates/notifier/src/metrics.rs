//! What the notifier counts.

use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// Instance metrics of the notifier.
#[derive(Clone)]
pub struct Metrics {
    pub(crate) attempts: IntCounterVec,
    pub(crate) given_up: IntCounterVec,
    pub(crate) send_seconds: HistogramVec,
    pub(crate) in_flight: IntGauge,
    pub(crate) expired_leases: IntCounter,
    pub(crate) late_results: IntCounter,
    pub(crate) operator_faults: IntCounterVec,
    pub(crate) alerts: IntCounterVec,
    pub(crate) leads: IntCounterVec,
}

impl Metrics {
    /// Declares them at `registry`.
    ///
    /// # Panics
    /// When another notifier is registered there already: a fault of the wiring.
    pub fn new(registry: &Registry) -> Self {
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let vec = IntCounterVec::new(Opts::new(name, help), labels).expect("a fixed name is valid");
            registry.register(Box::new(vec.clone())).expect("registered once");
            vec
        };
        let one = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help).expect("a fixed name is valid");
            registry.register(Box::new(counter.clone())).expect("registered once");
            counter
        };
        let seconds = HistogramVec::new(
            HistogramOpts::new("encompass_send_seconds", "Time one attempt took, by channel.")
                .buckets(vec![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]),
            &["channel"],
        )
        .expect("a fixed name is valid");
        registry.register(Box::new(seconds.clone())).expect("registered once");
        let in_flight =
            IntGauge::new("encompass_deliveries_in_flight", "Deliveries claimed and not yet recorded.")
                .expect("a fixed name is valid");
        registry.register(Box::new(in_flight.clone())).expect("registered once");
        Self {
            attempts: counter(
                "encompass_attempts_total",
                "Attempts by kind of delivery, channel, outcome and class of failure. Alert on a rising share of \
                 rejected or deferred; accepted is never called delivered.",
                &["kind", "channel", "outcome", "class"],
            ),
            given_up: counter(
                "encompass_deliveries_given_up_total",
                "Deliveries that were refused for good, tried in vain to the end or could not be sent, by kind. Each has a \
                 task. Alert on any of kind alert: a duty address reaches nobody.",
                &["kind"],
            ),
            send_seconds: seconds,
            in_flight,
            expired_leases: one(
                "encompass_leases_expired_total",
                "Leases that ended without a result: the send is unknown and repeated under the same id. Alert on \
                 any that no restart explains.",
            ),
            late_results: one(
                "encompass_results_late_total",
                "Results that came after their claim was lost: the delivery was sent again. Alert on any.",
            ),
            operator_faults: counter(
                "encompass_operator_faults_total",
                "Failures that only the operator can mend (relay sign-in, policy). Alert on any.",
                &["channel", "class"],
            ),
            alerts: counter(
                "encompass_task_alerts_total",
                "Alerts queued about tasks, by address.",
                &["address"],
            ),
            leads: counter(
                "encompass_hold_leads_total",
                "Children who were still held at a lead time before their due time, by force and who was told besides the \
                 desk (reason): desk, officer (the authority's, at the last lead), no_officer (none could be told). Alert on \
                 no_officer: the list of teams lacks an authority's verified contact.",
                &["force", "reason"],
            ),
        }
    }
}
