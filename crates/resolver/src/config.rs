//! The resolver's configuration.

use encompass_core::due;
use encompass_matching::Confirmation;
use serde::Deserialize;

/// How children are resolved.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many children are decided in one transaction at most.
    pub batch_max: u16,
    /// How many of the matches that are sent without a person have to be right, as decided cases show it with 95 %
    /// confidence, before anything but exact agreement is.
    pub precision: f64,
    /// What exact agreement in names and birth date takes besides, to be sent without a person while nothing is earned:
    /// the officer's setting or a number, unless a force decides that the postcode is enough.
    pub confirmation: Confirmation,
    /// Due times of settings that state nothing of their own.
    pub due: due::Rules,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            batch_max: 256,
            precision: 0.999,
            confirmation: Confirmation::Setting,
            due: due::Rules::default(),
        }
    }
}

impl Config {
    /// What is nonsense, a sentence each; empty when nothing is.
    pub fn check(&self) -> Vec<String> {
        let mut faults = self.due.check();
        if !(1..=1024).contains(&self.batch_max) {
            faults.push(format!("resolver.batch_max is {}: state 1 to 1024", self.batch_max));
        }
        if !(0.99..=0.999_999).contains(&self.precision) {
            faults.push(format!("resolver.precision is {}: state 0.99 to 0.999999", self.precision));
        }
        faults
    }
}
