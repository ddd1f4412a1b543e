//! The watchdog's configuration.

use std::collections::BTreeMap;
use std::time::Duration;

use encompass_store::watch::Limits;
use jiff::SignedDuration;
use serde::Deserialize;

/// When something counts as stuck. Every field has a default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How often it looks, in seconds.
    pub every_seconds: u32,
    /// How long after its next time something is stuck, in seconds.
    pub grace_seconds: u32,
    /// How long before its due time a person must have been asked about a child, in minutes.
    pub urgent_minutes: u32,
    /// How long a lifecycle event may wait to be published, in minutes.
    pub outbox_minutes: u32,
    /// How long a force may be silent, in hours.
    pub quiet_hours: u32,
    /// The same for single forces, by force id. A force named here is missed even before its first incident.
    pub quiet_hours_of: BTreeMap<String, u32>,
    /// How many tasks about stuck work may be open before only urgent ones are added; the metric counts all.
    pub tasks_max: usize,
    /// How often the account is reconciled, in minutes: it counts every child of many days.
    pub reconcile_minutes: u32,
    /// How many days back it is reconciled.
    pub reconcile_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            every_seconds: 30,
            grace_seconds: 120,
            urgent_minutes: 60,
            outbox_minutes: 10,
            quiet_hours: 24,
            quiet_hours_of: BTreeMap::new(),
            tasks_max: 200,
            reconcile_minutes: 5,
            reconcile_days: 35,
        }
    }
}

/// What is wrong with the configuration, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("watchdog: {0}")]
pub struct Wrong(String);

impl Config {
    /// # Errors
    /// When a value would make the watchdog blind or never silent.
    pub fn check(&self) -> Result<(), Wrong> {
        let bounds = [
            ("every_seconds", self.every_seconds, 1, 120),
            ("grace_seconds", self.grace_seconds, 10, 3600),
            ("urgent_minutes", self.urgent_minutes, 5, 24 * 60),
            ("outbox_minutes", self.outbox_minutes, 1, 24 * 60),
            ("quiet_hours", self.quiet_hours, 1, 24 * 14),
            ("reconcile_minutes", self.reconcile_minutes, 1, 60),
            ("reconcile_days", self.reconcile_days, 1, 400),
        ];
        for (name, value, low, high) in bounds {
            if !(low..=high).contains(&value) {
                return Err(Wrong(format!("{name} is {value}: state {low} to {high}")));
            }
        }
        if u64::from(self.grace_seconds) >= u64::from(self.urgent_minutes) * 60 {
            return Err(Wrong("grace_seconds must be less than urgent_minutes".into()));
        }
        if self.tasks_max == 0 {
            return Err(Wrong("tasks_max must be at least 1".into()));
        }
        Ok(())
    }

    /// How often it looks.
    pub fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds.into())
    }

    /// How often the account is reconciled.
    pub fn reconcile_every(&self) -> Duration {
        Duration::from_secs(u64::from(self.reconcile_minutes) * 60)
    }

    /// How far back it is reconciled.
    pub(crate) fn reconciled(&self) -> SignedDuration {
        hours(self.reconcile_days * 24)
    }

    /// The same for the queries.
    pub fn limits(&self) -> Limits {
        Limits {
            grace: SignedDuration::from_secs(self.grace_seconds.into()),
            urgent: SignedDuration::from_mins(self.urgent_minutes.into()),
            outbox: SignedDuration::from_mins(self.outbox_minutes.into()),
            quiet: hours(self.quiet_hours),
            quiet_of: self
                .quiet_hours_of
                .iter()
                .map(|(force, limit)| (force.clone(), hours(*limit)))
                .collect(),
        }
    }
}

fn hours(hours: u32) -> SignedDuration {
    SignedDuration::from_hours(hours.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_sound() {
        Config::default().check().unwrap();
    }

    #[test]
    fn values_that_would_blind_the_watchdog_are_refused() {
        let wrong = [
            Config { every_seconds: 0, ..Config::default() },
            Config { grace_seconds: 3600, ..Config::default() },
            Config { quiet_hours: 1000, ..Config::default() },
            Config { tasks_max: 0, ..Config::default() },
        ];
        for config in wrong {
            assert!(config.check().is_err(), "{config:?}");
        }
    }
}
