//! What the resolver counts.

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
};

const FIXED: &str = "a fixed name is valid";

/// Instance metrics of the resolver.
#[derive(Clone)]
pub struct Metrics {
    pub(crate) resolutions: IntCounterVec,
    pub(crate) gaps: IntCounterVec,
    pub(crate) seconds: HistogramVec,
    pub(crate) batch: Histogram,
    pub(crate) unreadable: IntCounter,
    pub(crate) redues: IntCounter,
    pub(crate) narrowed: IntCounterVec,
    pub(crate) entries: IntGauge,
}

impl Metrics {
    /// Declares them at `registry`.
    ///
    /// # Panics
    /// When another resolver is registered there already: a fault of the wiring.
    pub fn new(registry: &Registry) -> Self {
        let metrics = Self {
            resolutions: IntCounterVec::new(
                Opts::new(
                    "encompass_resolutions_total",
                    "Children decided by the resolver, by force, kind (matched, stated, held, kept, closed) and the reason why \
                     a person or nobody decides. Alert on a share of held that rises from day to day: a register is \
                     old, or a field stopped coming.",
                ),
                &["force", "kind", "reason"],
            )
            .expect(FIXED),
            gaps: IntCounterVec::new(
                Opts::new(
                    "encompass_route_gaps_total",
                    "Times that somebody should have been told of a child besides its setting and was not clear, by force \
                     and whom (reason). Alert on a rise: the list of teams lacks postcodes, or names two teams for one.",
                ),
                &["force", "reason"],
            )
            .expect(FIXED),
            seconds: HistogramVec::new(
                HistogramOpts::new(
                    "encompass_received_to_resolved_seconds",
                    "Domain time from the receipt of an incident to the decision about a child of it. Alert on a 99th \
                     percentile above a minute: children wait for the resolver.",
                )
                .buckets(vec![0.005, 0.01, 0.02, 0.04, 0.08, 0.2, 0.5, 1.0, 5.0, 30.0, 60.0, 600.0]),
                &["force"],
            )
            .expect(FIXED),
            batch: Histogram::with_opts(
                HistogramOpts::new(
                    "encompass_resolver_batch_children",
                    "Children decided in one transaction. Near the configured most: the resolver is behind.",
                )
                .buckets(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0]),
            )
            .expect(FIXED),
            unreadable: IntCounter::new(
                "encompass_resolver_unreadable_total",
                "Children of whom nothing could be read: the case was erased or its key is another. Alert on any.",
            )
            .expect(FIXED),
            redues: IntCounter::new(
                "encompass_due_times_changed_total",
                "Due times that a load of directory or calendars changed.",
            )
            .expect(FIXED),
            narrowed: IntCounterVec::new(
                Opts::new(
                    "encompass_automatic_narrowed_total",
                    "Times that wrong matches narrowed or switched off what is sent without a person, by force. Alert on \
                     any: look at what was sent.",
                ),
                &["force"],
            )
            .expect(FIXED),
            entries: IntGauge::new(
                "encompass_register_entries",
                "Entries of registers that this instance holds in memory. Instances that decide hold the same.",
            )
            .expect(FIXED),
        };
        for collector in metrics.collectors() {
            registry.register(collector).expect("registered once");
        }
        metrics
    }

    fn collectors(&self) -> [Box<dyn prometheus::core::Collector>; 8] {
        [
            Box::new(self.resolutions.clone()),
            Box::new(self.gaps.clone()),
            Box::new(self.seconds.clone()),
            Box::new(self.batch.clone()),
            Box::new(self.unreadable.clone()),
            Box::new(self.redues.clone()),
            Box::new(self.narrowed.clone()),
            Box::new(self.entries.clone()),
        ]
    }

    pub(crate) fn gap(&self, force: &str, whom: &str) {
        self.gaps.with_label_values(&[force, whom]).inc();
    }

    pub(crate) fn done(&self, force: &str, kind: &str, reason: &str) {
        self.resolutions.with_label_values(&[force, kind, reason]).inc();
    }
}
