//! The resolver's configuration.

use encompass_core::due;
use serde::Deserialize;

/// How children are resolved.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many children are decided in one transaction at most.
    pub batch_max: u16,
    /// Due times of settings that state nothing of their own.
    pub due: due::Rules,
}

impl Default for Config {
    fn default() -> Self {
        Self { batch_max: 256, due: due::Rules::default() }
    }
}

impl Config {
    /// What is nonsense, a sentence each; empty when nothing is.
    pub fn check(&self) -> Vec<String> {
        let mut faults = self.due.check();
        if !(1..=1024).contains(&self.batch_max) {
            faults.push(format!("resolver.batch_max is {}: state 1 to 1024", self.batch_max));
        }
        faults
    }
}
