//! The configuration: a file and the environment over compiled-in defaults. The default file documents every setting.

mod check;
mod listen;
mod places;

use std::path::{Path, PathBuf};

use anyhow::Context;
use encompass_core::force::Forces;
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::Deserialize;

pub use listen::{Listen, Listeners};
pub use places::Secret;

use crate::telemetry::Log;

/// The compiled-in defaults, with their documentation.
pub const DEFAULT: &str = include_str!("../../../../config/encompass.toml");

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the service keeps what it knows.
    pub store: Store,
    /// Where it listens.
    pub listen: Listeners,
    /// How it is reached from outside.
    pub links: Links,
    /// Logs.
    pub log: Log,
    /// The forces that it serves.
    pub forces: Forces,
    /// The rules: due times, plans, disclosure.
    pub rules: Rules,
    /// Kafka and HTTP intake, and events out.
    pub intake: encompass_intake::Config,
    /// How many children are decided at once.
    pub resolver: encompass_resolver::Config,
    /// How notices leave.
    pub notifier: encompass_notifier::Config,
    /// Settings' pages.
    pub portal: encompass_portal::Config,
    /// Desk, quality and leaders' pages.
    pub oversight: encompass_oversight::Config,
    /// What counts as stuck.
    pub watchdog: encompass_watchdog::Config,
}

/// The store and its key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// `sqlite://…` or `postgres://…`.
    pub url: Secret,
    /// The installation's key.
    pub key_file: PathBuf,
    /// Connections at once.
    pub connections: u32,
    /// How long a free connection is waited for, in seconds.
    pub wait_seconds: u64,
    /// CloudEvents `source` of what this installation publishes.
    pub source: String,
}

/// Where links in mails lead.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// The portal, as settings reach it.
    pub portal: String,
    /// The desk, as staff reach it.
    pub desk: String,
}

/// Files that replace the compiled-in rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Opening times and the search for the next school day.
    pub due: encompass_core::due::Rules,
    /// The plan's file.
    pub plan: Option<PathBuf>,
    /// The routing table's file.
    pub routing: Option<PathBuf>,
    /// A disclosure file for each force that has its own.
    pub disclosure: std::collections::BTreeMap<String, PathBuf>,
}

impl Config {
    /// Reads the file, if one is named, and the environment over the defaults.
    ///
    /// # Errors
    /// Naming the setting that is unknown or wrong.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(path) = path {
            anyhow::ensure!(path.is_file(), "the configuration file {} is not there", path.display());
        }
        Self::from(path.map(Toml::file_exact))
    }

    /// The defaults with `text` (TOML) over them, for tests and the demo.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_text(text: &str) -> anyhow::Result<Self> {
        Self::from(Some(Toml::string(text)))
    }

    fn from<F>(file: Option<figment::providers::Data<F>>) -> anyhow::Result<Self>
    where
        F: Format,
    {
        let mut figment = Figment::from(Toml::string(DEFAULT));
        if let Some(file) = file {
            figment = figment.merge(file);
        }
        let environment = Env::prefixed("ENCOMPASS_").ignore(&["config"]).split("__");
        figment.merge(environment.filter(|key| !key.as_str().starts_with("test"))).extract().context(
            "the configuration can't be used; `encompass default-config` prints every setting with its meaning",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_says_what_each_service_defaults_to() {
        let config = Config::from_text("").unwrap();
        config.check().unwrap();
        let stated = [
            format!("{:?}", config.intake),
            format!("{:?}", config.resolver),
            format!("{:?}", config.portal),
            format!("{:?}", config.watchdog),
            format!("{:?}", config.rules.due),
        ];
        let compiled = [
            format!("{:?}", encompass_intake::Config::default()),
            format!("{:?}", encompass_resolver::Config::default()),
            format!("{:?}", encompass_portal::Config::default()),
            format!("{:?}", encompass_watchdog::Config::default()),
            format!("{:?}", encompass_core::due::Rules::default()),
        ];
        assert_eq!(stated, compiled);
    }

    #[test]
    fn a_log_level_that_is_no_filter_is_found_before_anything_starts() {
        for (level, is_good) in
            [("info", true), ("info,encompass_intake=debug", true), ("nonsense=,=", false)]
        {
            let checked = Config::from_text(&format!("[log]\nlevel = \"{level}\"\n")).unwrap().check();
            assert_eq!(checked.is_ok(), is_good, "{level}: {checked:?}");
        }
    }

    #[test]
    fn a_routing_table_of_ones_own_is_read_and_must_be_sound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("routing.toml");
        let config = Config::from_text(&format!("[rules]\nrouting = {path:?}\n")).unwrap();
        assert!(config.check().unwrap_err().to_string().contains("rules.routing"), "the file is not there");
        let table = include_str!("../../../../config/routing/default.toml");
        let own = table.replace("version = \"default-2\"", "version = \"own-1\"");
        for (text, is_good) in [
            (own.clone(), true),
            (own.replace("under_years = 5", "under_years = 50"), false),
            (String::new(), false),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(config.check().is_ok(), is_good);
        }
        std::fs::write(&path, own).unwrap();
        assert_eq!(config.routing().unwrap().version, "own-1");
    }

    #[test]
    fn a_force_that_is_named_must_have_its_section() {
        let force = "[forces.known]\nname = \"K\"\ntelephone = \"1\"\nduty_address = \"a@k.example\"\n\
             second_address = \"b@k.example\"\n";
        let kafka = "[intake.kafka]\nbrokers = [\"127.0.0.1:9092\"]\n";
        for (text, is_good) in [
            ("[intake.kafka.topics]\nincidents = [\"known\"]", true),
            ("[intake.kafka.topics]\nincidents = [\"known\", \"unknown\"]", false),
            ("[intake.kafka.events_topics]\nunknown = \"events\"", false),
            ("[watchdog.quiet_hours_of]\nunknown = 4", false),
        ] {
            let checked = Config::from_text(&format!("{force}{kafka}{text}")).unwrap().check();
            assert_eq!(checked.is_ok(), is_good, "{text}: {checked:?}");
            let named = checked.err().is_none_or(|error| error.to_string().contains("[forces.unknown]"));
            assert!(named, "{text}");
        }
    }
}
