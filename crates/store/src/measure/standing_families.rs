//! The families of what stands open now.

use prometheus::{HistogramVec, IntGaugeVec, Registry};

use super::{gauges, histograms};

/// A minute to two weeks.
const AGES: &[f64] = &[60.0, 300.0, 900.0, 3600.0, 14400.0, 28800.0, 86400.0, 172800.0, 604800.0, 1209600.0];
/// Overdue, then up to three days.
const TIME_LEFT: &[f64] =
    &[0.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 43200.0, 86400.0, 172800.0, 259200.0];

/// What stands open now, and a few counts of all time.
pub(super) struct Families {
    pub registry: Registry,
    pub age: HistogramVec,
    pub time_left: HistogramVec,
    pub held: IntGaugeVec,
    pub tasks: IntGaugeVec,
    pub dead_letters: IntGaugeVec,
    pub messages: IntGaugeVec,
    pub unknown: IntGaugeVec,
    pub audit_rows: IntGaugeVec,
    pub beat: IntGaugeVec,
    pub last_received: IntGaugeVec,
    pub outbox_age: IntGaugeVec,
}

impl Families {
    pub fn new() -> Self {
        let registry = Registry::new();
        let r = &registry;
        Self {
            age: age(r),
            time_left: time_left(r),
            held: gauges(
                r,
                "encompass_children_held",
                "Children held now, by why (kind). Alert on unresolved that stays: the resolver does not look.",
                &["force", "kind"],
            ),
            tasks: gauges(
                r,
                "encompass_tasks",
                "Tasks at the desk now, by kind and state (open, claimed). Alert on those past their due time, which \
                 encompass_time_left_seconds counts.",
                &["force", "kind", "state"],
            ),
            dead_letters: gauges(
                r,
                "encompass_dead_letters",
                "Refused messages of all time by what is wrong with them (kind) and state (open, put_back, closed). \
                 Alert on open ones near their due time, and on any of kind wrong_force.",
                &["force", "kind", "state"],
            ),
            messages: gauges(
                r,
                "encompass_position_messages",
                "Messages read from a topic of all time, and what became of them (kind: read, accepted, repeated, \
                 refused); the last three add up to the first. Falls only when a store is restored.",
                &["topic", "kind"],
            ),
            unknown: gauges(
                r,
                "encompass_attempts_unknown",
                "Attempts of all time whose end we do not know, because we were cut off: each may have been sent twice, \
                 under the same Message-ID. Alert on a rise that no restart explains.",
                &["force"],
            ),
            audit_rows: gauges(
                r,
                "encompass_audit_rows",
                "Rows of the audit log by chain (a force, or the installation under an empty one). Falls only when a \
                 store is restored.",
                &["force"],
            ),
            beat: gauges(
                r,
                "encompass_duty_beat_timestamp_seconds",
                "When the holder of a duty (kind) last showed that it lives, by the machine's clock. Alert when that of \
                 watchdog is absent or older than five minutes, and look at the others then.",
                &["kind"],
            ),
            last_received: gauges(
                r,
                "encompass_last_received_timestamp_seconds",
                "When the last new incident of a force came, domain time. Alert on silence beyond what the force's own \
                 nights and weekends explain.",
                &["force"],
            ),
            outbox_age: gauges(
                r,
                "encompass_outbox_age_seconds",
                "Age of the oldest lifecycle event that is not published; 0 when none waits. Alert above ten minutes.",
                &["force"],
            ),
            registry,
        }
    }
}

fn age(r: &Registry) -> HistogramVec {
    histograms(
        r,
        "encompass_waiting_age_seconds",
        "Age of what waits now (kind: child, notification, delivery, task, dead_letter) by state. Alert when \
         any delivery is older than its plan allows. A picture of now: no rate().",
        &["kind", "state"],
        AGES,
    )
}

fn time_left(r: &Registry) -> HistogramVec {
    histograms(
        r,
        "encompass_time_left_seconds",
        "Time left until the due time of what is open now (kind: child that is held, notification that was not \
         told, task, dead_letter); the bucket 0 holds what is overdue. Alert on children and dead letters under \
         3600, on notifications under 900, and on tasks that are overdue. A picture of now: no rate().",
        &["force", "kind"],
        TIME_LEFT,
    )
}
