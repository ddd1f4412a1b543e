//! What every page works with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use encompass_core::disclosure::Profiles;
use encompass_core::force::Forces;
use encompass_store::account::Life;
use encompass_store::resolve::Rules;
use encompass_store::{Clock, Store};
use encompass_web::limit::{Limiter, Quota};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use crate::{Config, Criteria, Error, Metrics, PutBack};

/// What the executable hands in.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// Domain and machine time.
    pub clock: Clock,
    /// The forces that are served.
    pub forces: Forces,
    /// The rules by which a person's decision becomes due times and plans.
    pub rules: Rules,
    /// What settings may be told, by force; a force without an entry has the default.
    pub profiles: BTreeMap<String, Profiles>,
    /// The way back for refused messages.
    pub put_back: PutBack,
    /// How staff sign in, and how much is sampled.
    pub config: Config,
    /// Counters.
    pub metrics: Metrics,
}

/// What every page works with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    parts: Arc<Parts>,
    criteria: Arc<Criteria>,
    default_profiles: Arc<Profiles>,
    limits: Arc<Limits>,
}

/// How often somebody may try to sign in.
pub(crate) struct Limits {
    pub by_login: Limiter,
    pub by_source: Limiter,
    /// Each comparison of a password takes 19 MiB.
    pub comparisons: Semaphore,
}

const BY_LOGIN: Quota = Quota { at_once: 5, one_each: Duration::from_secs(60) };
const BY_SOURCE: Quota = Quota { at_once: 20, one_each: Duration::from_secs(10) };
const KEYS_MAX: usize = 10_000;
const COMPARISONS_AT_ONCE: usize = 4;

impl State {
    /// Reads the criteria and checks the configuration.
    ///
    /// # Errors
    /// [`Error::Config`] saying what is wrong.
    pub fn new(parts: Parts) -> Result<Self, Error> {
        let faults = parts.config.check();
        if !faults.is_empty() {
            return Err(Error::Config(faults.join("; ")));
        }
        let criteria = match &parts.config.sample.criteria {
            None => Criteria::default(),
            Some(path) => {
                let read = std::fs::read_to_string(path);
                let text = read.map_err(|error| Error::Config(format!("sample.criteria: {error}")))?;
                Criteria::parse(&text).map_err(Error::Config)?
            }
        };
        let limits = Limits {
            by_login: Limiter::new(BY_LOGIN, KEYS_MAX),
            by_source: Limiter::new(BY_SOURCE, KEYS_MAX),
            comparisons: Semaphore::new(COMPARISONS_AT_ONCE),
        };
        Ok(Self {
            parts: Arc::new(parts),
            criteria: Arc::new(criteria),
            default_profiles: Arc::new(Profiles::default()),
            limits: Arc::new(limits),
        })
    }

    pub(crate) fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Domain time.
    pub(crate) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// The machine's time, for sessions.
    pub(crate) fn machine(&self) -> Timestamp {
        self.parts.clock.machine()
    }

    pub(crate) fn forces(&self) -> &Forces {
        &self.parts.forces
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.parts.rules
    }

    /// What settings may be told by this force.
    pub(crate) fn profiles(&self, force: &str) -> &Profiles {
        self.parts.profiles.get(force).unwrap_or(&self.default_profiles)
    }

    pub(crate) fn put_back(&self) -> &PutBack {
        &self.parts.put_back
    }

    pub(crate) fn config(&self) -> &Config {
        &self.parts.config
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.parts.metrics
    }

    pub(crate) fn criteria(&self) -> &Criteria {
        &self.criteria
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn life(&self) -> Life {
        let config = self.config();
        Life {
            idle: SignedDuration::from_mins(config.idle_minutes),
            whole: SignedDuration::from_hours(config.session_hours),
        }
    }

    /// A force's name as people know it.
    pub(crate) fn force_name<'a>(&'a self, force: &'a str) -> &'a str {
        self.forces().get(force).map_or(force, |force| force.name.as_str())
    }
}
