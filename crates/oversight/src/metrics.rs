//! What staff's pages count.

use prometheus::{GaugeVec, IntCounterVec, Opts, Registry};

/// Counters of this process.
#[derive(Clone)]
pub struct Metrics {
    pub(crate) sign_ins: IntCounterVec,
    pub(crate) collisions: IntCounterVec,
    pub(crate) sampled: IntCounterVec,
    pub(crate) match_reviewed: GaugeVec,
    pub(crate) match_right: GaugeVec,
    pub(crate) match_precision_low: GaugeVec,
}

impl Metrics {
    /// Registers them.
    ///
    /// # Errors
    /// When a metric of the same name is there already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let counter = |name: &str, help: &str, label: &str| -> prometheus::Result<IntCounterVec> {
            let counter = IntCounterVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(counter.clone()))?;
            Ok(counter)
        };
        let gauge = |name: &str, help: &str| -> prometheus::Result<GaugeVec> {
            let gauge = GaugeVec::new(Opts::new(name, help), &["force"])?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        Ok(Self {
            sign_ins: counter(
                "encompass_sign_ins_total",
                "Sign-ins of staff by state (accepted, rejected, limited). Alert on many rejected or any lasting limited: \
                 somebody is guessing.",
                "state",
            )?,
            collisions: counter(
                "encompass_desk_collisions_total",
                "Decisions that were not made because somebody else, or a load of a register, had changed the same thing, by kind. \
                 Not to alert on.",
                "kind",
            )?,
            sampled: counter(
                "encompass_sampled_children_total",
                "Children drawn for quality assurance, by force. Alert when a force has none for a week of incidents.",
                "force",
            )?,
            match_reviewed: gauge(
                "encompass_match_reviewed",
                "Matches sent without a person that a reviewer judged right or wrong, of all time, by force, each once \
                 whatever registers it rested on. Every instance sets the same: take the maximum. Alert when it stands \
                 still while children are matched: nobody reviews.",
            )?,
            match_right: gauge(
                "encompass_match_right",
                "The right ones of encompass_match_reviewed. Alert on any that is missing: a setting was told of somebody \
                 else's child.",
            )?,
            match_precision_low: gauge(
                "encompass_match_precision_low",
                "The one-sided 95 % lower bound of the share of encompass_match_right (Clopper and Pearson), from 0 to 1. \
                 Alert when it falls. What was earned narrows by itself with each wrong case, and once the 95 % upper bound of \
                 a register's reviewed matches is below resolver.precision nothing of it is sent without a person.",
            )?,
        })
    }
}
