//! The portal's configuration.

use serde::Deserialize;

/// How often codes may be asked for and tried.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Codes that one contact is sent within an hour by its links, and as many again by its address.
    pub codes_per_contact: u32,
    /// Codes asked for, and wrong ones tried, from one network address within an hour. A trust's schools may share
    /// one address.
    pub tries_per_source: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { codes_per_contact: 6, tries_per_source: 120 }
    }
}

impl Config {
    /// What is nonsense about it, a sentence each; empty when nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.codes_per_contact == 0 {
            faults.push("portal.codes_per_contact must be at least 1: nobody could read a notice".to_owned());
        }
        if self.tries_per_source == 0 {
            faults.push("portal.tries_per_source must be at least 1: nobody could read a notice".to_owned());
        }
        faults
    }
}
