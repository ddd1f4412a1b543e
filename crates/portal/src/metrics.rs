//! What the portal counts, by force and kind of setting and never by child or setting.

use encompass_core::state::SettingKind;
use prometheus::{IntCounterVec, Opts, Registry};

/// Counters of the portal.
#[derive(Clone)]
pub struct Metrics {
    codes: IntCounterVec,
    notices: IntCounterVec,
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeState {
    Sent,
    TooMany,
    Right,
    Wrong,
}

/// What a setting did with a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoticeState {
    Opened,
    Acknowledged,
    NotHere,
    Left,
}

impl Metrics {
    /// Declares them at `registry`.
    ///
    /// # Errors
    /// When another portal is registered there already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let codes = Opts::new(
            "encompass_portal_codes_total",
            "Codes that open a contact's notices, by state: sent, too_many, right, wrong (also expired). Alert on a \
             share of wrong that rises, and on sent without right.",
        );
        let notices = Opts::new(
            "encompass_portal_notices_total",
            "Notifications opened, acknowledged, or answered with not_here or left, by force and kind of setting. \
             Alert on a rising share of not_here: matching or a register is wrong.",
        );
        let metrics = Self {
            codes: IntCounterVec::new(codes, &["state"])?,
            notices: IntCounterVec::new(notices, &["force", "setting_kind", "state"])?,
        };
        registry.register(Box::new(metrics.codes.clone()))?;
        registry.register(Box::new(metrics.notices.clone()))?;
        Ok(metrics)
    }

    pub(crate) fn code(&self, state: CodeState) {
        let word = match state {
            CodeState::Sent => "sent",
            CodeState::TooMany => "too_many",
            CodeState::Right => "right",
            CodeState::Wrong => "wrong",
        };
        self.codes.with_label_values(&[word]).inc();
    }

    pub(crate) fn notice(&self, force: &str, kind: SettingKind, state: NoticeState) {
        let word = match state {
            NoticeState::Opened => "opened",
            NoticeState::Acknowledged => "acknowledged",
            NoticeState::NotHere => "not_here",
            NoticeState::Left => "left",
        };
        self.notices.with_label_values(&[force, kind.as_str(), word]).inc();
    }
}
