//! The configuration of staff's pages.

use std::path::PathBuf;

use serde::Deserialize;

/// The defaults of the whole service; only the section of staff’s pages is read here.
const DEFAULT: &str = include_str!("../../../config/encompass.toml");

/// How staff sign in, and how much is sampled.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How staff sign in.
    pub sign_in: SignIn,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub session_hours: i64,
    /// Minutes before the due time by which a link of the chain must have been in place, else a miss is put down to it.
    pub miss_margin_minutes: i64,
    /// The share of matches sent without a person that is put to a reviewer, in millionths. 0 draws none.
    pub matching_review_share_ppm: u32,
    /// The sample for quality assurance.
    pub sample: Sampling,
}

/// How staff sign in. OpenID Connect will be a further variant here, with the issuer that it trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    /// Accounts of this installation, made by `encompass account`, with a password.
    Local,
}

/// The sample for quality assurance.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    /// The share of all children due that is drawn each day, from 0 to 1. 0 draws none.
    pub share: f64,
    /// A file of criteria instead of the default (config/qa/default.toml).
    pub criteria: Option<PathBuf>,
}

impl Config {
    /// What is nonsense about it, a sentence each; empty when nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !(1..=240).contains(&self.idle_minutes) {
            faults.push(format!("idle_minutes is {}: state 1 to 240", self.idle_minutes));
        }
        if !(1..=24).contains(&self.session_hours) {
            faults.push(format!("session_hours is {}: state 1 to 24", self.session_hours));
        }
        if !(0..=720).contains(&self.miss_margin_minutes) {
            faults.push(format!("miss_margin_minutes is {}: state 0 to 720", self.miss_margin_minutes));
        }
        if self.matching_review_share_ppm > 1_000_000 {
            faults.push(format!(
                "matching_review_share_ppm is {}: state 0 to 1000000",
                self.matching_review_share_ppm
            ));
        }
        if !(0.0..=1.0).contains(&self.sample.share) {
            faults.push(format!("sample.share is {}: state a share from 0 to 1", self.sample.share));
        }
        faults
    }
}

#[derive(Deserialize)]
struct File {
    oversight: Config,
}

impl Default for Config {
    fn default() -> Self {
        let file: File = toml::from_str(DEFAULT).expect("the compiled-in default is tested to read");
        file.oversight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_reads_and_makes_sense() {
        let config = Config::default();
        assert_eq!(config.check(), Vec::<String>::new());
        assert_eq!((config.idle_minutes, config.session_hours), (30, 12));
    }

    #[test]
    fn nonsense_is_named() {
        let config = Config::default();
        let sample = Sampling { share: 1.5, criteria: None };
        for (config, named) in [
            (Config { idle_minutes: 0, ..config.clone() }, "idle_minutes"),
            (Config { session_hours: 25, ..config.clone() }, "session_hours"),
            (Config { miss_margin_minutes: -1, ..config.clone() }, "miss_margin_minutes"),
            (Config { matching_review_share_ppm: 1_000_001, ..config.clone() }, "matching_review_share_ppm"),
            (Config { sample, ..config }, "sample.share"),
        ] {
            assert!(config.check()[0].contains(named), "{named}");
        }
    }
}
