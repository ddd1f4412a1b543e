//! What the watchdog found when it last looked.

use encompass_store::watch::{Account, Difference, Findings, Kind};
use jiff::Timestamp;
use prometheus::core::Collector;
use prometheus::{IntCounter, IntGauge, IntGaugeVec, Opts, Registry};

/// Instance metrics of the watchdog.
#[derive(Clone)]
pub struct Metrics {
    pub(crate) beat: IntGauge,
    stuck: IntGaugeVec,
    unasked: IntGauge,
    difference: IntGaugeVec,
    pub(crate) failures: IntCounter,
}

impl Metrics {
    /// Declares them at `registry`.
    ///
    /// # Panics
    /// When another watchdog is registered there already: a fault of the wiring.
    pub fn new(registry: &Registry) -> Self {
        let gauges = |name: &str, help: &str| {
            register(
                registry,
                IntGaugeVec::new(Opts::new(name, help), &["kind"]).expect("a fixed name is valid"),
            )
        };
        let gauge = |name: &str, help: &str| {
            register(registry, IntGauge::new(name, help).expect("a fixed name is valid"))
        };
        Self {
            beat: gauge(
                "encompass_watchdog_beat_timestamp_seconds",
                "When this watchdog last finished a look, by the machine's clock; 0 before the first. Alert when it is \
                 absent or older than five minutes: then nobody looks.",
            ),
            stuck: gauges(
                "encompass_stuck",
                "What the watchdog found stuck when it last looked, by kind; at most 1000 of each look. Alert on any \
                 that stays: this shares no code with delivery, so it also speaks when the notifier does not.",
            ),
            unasked: gauge(
                "encompass_stuck_unasked",
                "Findings without a task of their own because watchdog.tasks_max are open. Alert on any: something \
                 larger is wrong.",
            ),
            difference: gauges(
                "encompass_reconciliation_difference",
                "What the account of promise 1 is out by (kind), over watchdog.reconcile_days and all that is held, \
                 as of the last reconciliation (watchdog.reconcile_minutes). \
                 Alert on anything but 0: a child may be lost.",
            ),
            failures: register(
                registry,
                IntCounter::new(
                    "encompass_watchdog_failures_total",
                    "Looks that failed because the store was away. Alert through the beat, which stays old then.",
                )
                .expect("a fixed name is valid"),
            ),
        }
    }

    pub(crate) fn show(&self, findings: &Findings, unasked: usize) {
        for kind in Kind::ALL {
            self.stuck.with_label_values(&[kind.as_str()]).set(count(findings.count(*kind)));
        }
        self.unasked.set(count(unasked));
    }

    pub(crate) fn show_account(&self, account: &Account) {
        for what in Difference::ALL {
            let difference = account.differences.get(what).copied().unwrap_or(0);
            self.difference.with_label_values(&[what.as_str()]).set(difference);
        }
    }

    pub(crate) fn beat(&self, machine: Timestamp) {
        self.beat.set(machine.as_second());
    }
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> C {
    registry.register(Box::new(collector.clone())).expect("registered once");
    collector
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
