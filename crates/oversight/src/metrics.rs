//! What staff's pages count.

use prometheus::{IntCounterVec, Opts, Registry};

/// Counters of this process.
#[derive(Clone)]
pub struct Metrics {
    pub(crate) sign_ins: IntCounterVec,
    pub(crate) collisions: IntCounterVec,
    pub(crate) sampled: IntCounterVec,
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
        Ok(Self {
            sign_ins: counter(
                "encompass_sign_ins_total",
                "Sign-ins of staff by state (accepted, rejected, limited). Alert on many rejected or any lasting limited: \
                 somebody is guessing.",
                "state",
            )?,
            collisions: counter(
                "encompass_desk_collisions_total",
                "Decisions that came second because somebody else had changed the same thing, by kind. Not to alert on.",
                "kind",
            )?,
            sampled: counter(
                "encompass_sampled_children_total",
                "Children drawn for quality assurance, by force. Alert when a force has none for a week of incidents.",
                "force",
            )?,
        })
    }
}
