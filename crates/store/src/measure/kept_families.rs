//! The families over the window.

use jiff::SignedDuration;
use prometheus::{HistogramVec, IntGaugeVec, Registry};

use super::{gauges, histograms};

/// A second to two weeks: from a mail's way to a summer holiday's silence.
const STEP_SECONDS: &[f64] = &[
    1.0, 10.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 57600.0, 86400.0, 172800.0,
    604800.0, 1209600.0,
];

/// How promises were kept, over the window.
pub(super) struct Families {
    /// A link that was in place later than this before the due time left too little for the rest.
    pub margin: SignedDuration,
    pub registry: Registry,
    pub due: IntGaugeVec,
    pub kept: IntGaugeVec,
    pub misses: IntGaugeVec,
    pub not_notified: IntGaugeVec,
    pub wrong_settings: IntGaugeVec,
    pub exercises: IntGaugeVec,
    pub steps: HistogramVec,
    pub tallies: IntGaugeVec,
    pub settings: IntGaugeVec,
}

impl Families {
    pub fn new(margin: SignedDuration) -> Self {
        let registry = Registry::new();
        let r = &registry;
        Self {
            margin,
            due: gauges(
                r,
                "encompass_children_due",
                "Children whose due time passed in the last 35 days, once for each setting that was to be told; held, \
                 unresolved and refused ones included, under setting_kind none. The denominator of \
                 encompass_children_kept. No rate().",
                &["force", "setting_kind"],
            ),
            kept: gauges(
                r,
                "encompass_children_kept",
                "Those of encompass_children_due by what was done (kind: sent, told, acknowledged) and how (state: \
                 in_time; late, also when never; closed with a reason at or before the due time, so that nothing was \
                 owed). The three states of a kind add up to encompass_children_due. Alert on a rising share of told \
                 late. No rate().",
                &["force", "setting_kind", "kind", "state"],
            ),
            misses: gauges(
                r,
                "encompass_misses",
                "Those told late or never in the last 35 days, by the first link of the chain that left too little \
                 time (kind). No rate().",
                &["force", "setting_kind", "kind"],
            ),
            not_notified: gauges(
                r,
                "encompass_children_not_notified",
                "Children due in the last 35 days that were closed or handed over without being told, by reason (kind). \
                 Nothing to alert on; leaders ask for it. No rate().",
                &["force", "kind"],
            ),
            wrong_settings: gauges(
                r,
                "encompass_wrong_settings",
                "Notifications due in the last 35 days of which the setting said that the child is not there (kind \
                 not_here) or has left (kind left). Alert on any rise of not_here: each is a disclosure to put right. \
                 No rate().",
                &["force", "setting_kind", "kind"],
            ),
            exercises: gauges(
                r,
                "encompass_children_apart",
                "Children due in the last 35 days that are in no other figure: exercises and history (kind). No rate().",
                &["force", "kind"],
            ),
            steps: steps(r),
            tallies: gauges(
                r,
                "encompass_tally_difference",
                "What a force counted itself in the last 35 days against what came (kind: with_children, children, \
                 published), summed over the days without sign. Alert on any: incidents are missing. No rate().",
                &["force", "kind"],
            ),
            settings: gauges(
                r,
                "encompass_settings",
                "Open settings of the directory by how many verified contacts they have (state: none, one, \
                 two_or_more). Those with fewer than two can't be told when one person is away.",
                &["setting_kind", "state"],
            ),
            registry,
        }
    }
}

fn steps(r: &Registry) -> HistogramVec {
    histograms(
        r,
        "encompass_step_seconds",
        "How long each step took (kind: recorded, received, resolved, sent, opened, acknowledged; known_to_told \
         is the whole) for what is due since 35 days ago. Alert on nothing here: a share late says more. Use \
         histogram_quantile() directly, no rate().",
        &["force", "setting_kind", "kind"],
        STEP_SECONDS,
    )
}
