//! What every route is given.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use encompass_core::disclosure::{Profile, Profiles};
use encompass_core::force::Forces;
use encompass_core::state::SettingKind;
use encompass_store::{Clock, Store};
use encompass_web::Peer;
use encompass_web::limit::{Limiter, Quota, TooMany, source};
use encompass_web::session::Token;
use jiff::Timestamp;
use ring::rand::SystemRandom;

use crate::part::Desk;
use crate::{Config, Metrics};

/// Network addresses remembered by the limiter.
const SOURCES_MAX: usize = 50_000;
const HOUR: Duration = Duration::from_secs(3600);

/// The two times. In production both are [`Clock::machine_time`].
#[derive(Clone, Debug, Default)]
pub struct Clocks {
    /// Domain time: due times, links, what happened when.
    pub domain: Clock,
    /// The machine's time, read by [`Clock::now`]: sessions and codes. Tests step it.
    pub machine: Clock,
}

/// What every route is given. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub(crate) store: Store,
    pub(crate) forces: Arc<Forces>,
    pub(crate) metrics: Metrics,
    pub(crate) config: Config,
    profiles: Arc<BTreeMap<String, Profiles>>,
    minimal: Arc<Profiles>,
    clocks: Clocks,
    tries: Arc<Limiter>,
    random: SystemRandom,
}

impl State {
    /// A portal on `store`. A force that is not in `profiles` shows the minimal list.
    pub fn new(
        store: Store,
        forces: Arc<Forces>,
        profiles: BTreeMap<String, Profiles>,
        clocks: Clocks,
        config: Config,
        metrics: Metrics,
    ) -> Self {
        let tries = config.tries_per_source.max(1);
        let quota = Quota { at_once: tries, one_each: HOUR / tries };
        Self {
            store,
            forces,
            metrics,
            config,
            profiles: Arc::new(profiles),
            minimal: Arc::new(Profiles::default()),
            clocks,
            tries: Arc::new(Limiter::new(quota, SOURCES_MAX)),
            random: SystemRandom::new(),
        }
    }

    /// Domain time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clocks.domain.now()
    }

    /// The machine's time.
    pub(crate) fn machine(&self) -> Timestamp {
        self.clocks.machine.now()
    }

    /// Counts a try of whoever is at the other end.
    pub(crate) fn may_try(&self, peer: &Peer) -> Result<(), TooMany> {
        self.tries.check(source(peer.address), self.machine())
    }

    pub(crate) fn draw(&self) -> Token {
        Token::draw(&self.random)
    }

    /// The version and the profile by which a force discloses to this kind of setting.
    pub(crate) fn profile(&self, force: &str, kind: SettingKind) -> (&str, &Profile) {
        let profiles = self.profiles.get(force).unwrap_or(&self.minimal);
        (&profiles.version, profiles.of(kind))
    }

    /// Whom a setting may telephone about this force's cases.
    pub(crate) fn desk(&self, force: &str) -> Desk {
        let known = self.forces.get(force);
        Desk {
            force: known.map_or_else(|| "Police".to_owned(), |force| force.name.clone()),
            telephone: known.map(|force| force.telephone.clone()),
        }
    }

    /// The desks of all forces, for pages on which none is known yet.
    pub(crate) fn desks(&self) -> Vec<Desk> {
        self.forces.iter().map(|(id, _)| self.desk(id)).collect()
    }
}
