//! What `check-config` and every start look at.

use std::collections::BTreeMap;
use std::net::IpAddr;

use anyhow::{Context, bail, ensure};

use encompass_core::disclosure::Profiles;
use encompass_core::routing::Routing;
use encompass_store::db;

use super::Config;

impl Config {
    /// Checks everything that can be checked without touching the machine or the network.
    ///
    /// # Errors
    /// With the first thing that is wrong and what to do.
    pub fn check(&self) -> anyhow::Result<()> {
        for (name, listen) in [
            ("portal", &self.listen.portal),
            ("api", &self.listen.api),
            ("desk", &self.listen.desk),
            ("machine", &self.listen.machine),
        ] {
            listen.listener(name)?;
        }
        crate::telemetry::filter(&self.log)?;
        self.check_store()?;
        self.check_links()?;
        self.notifier.check()?;
        self.plan()?;
        self.profiles()?;
        self.routing()?;
        let wrong = self.rules.due.check();
        ensure!(wrong.is_empty(), "rules.due: {}", wrong.join("; "));
        self.intake.check().context("intake")?;
        self.check_forces()?;
        self.watchdog.check()?;
        for (section, wrong) in [
            ("resolver", self.resolver.check()),
            ("portal", self.portal.check()),
            ("oversight", self.oversight.check()),
        ] {
            ensure!(wrong.is_empty(), "{section}: {}", wrong.join("; "));
        }
        Ok(())
    }

    /// A force without its section would be taken in and nobody asked about its children.
    fn check_forces(&self) -> anyhow::Result<()> {
        for (topic, force) in self.intake.kafka.forces() {
            let is_known = self.forces.get(force).is_some();
            ensure!(is_known, "intake.kafka: {topic} is {force}'s, and there is no section [forces.{force}]");
        }
        for force in self.watchdog.quiet_hours_of.keys() {
            let is_known = self.forces.get(force).is_some();
            ensure!(is_known, "watchdog.quiet_hours_of: {force} has no section [forces.{force}]");
        }
        Ok(())
    }

    /// Beyond loopback the store's connection has verified TLS.
    fn check_store(&self) -> anyhow::Result<()> {
        let Some(host) = db::Options::at(self.store.url.reveal()).unprotected_host()? else { return Ok(()) };
        bail!(
            "store.url reaches another machine, {host}, without verified TLS: add sslmode=verify-full (and \
             sslrootcert=FILE for an authority of your own)"
        )
    }

    /// Links in mails lead to pages with TLS, unless everything is on this machine.
    fn check_links(&self) -> anyhow::Result<()> {
        for (name, link) in [("portal", &self.links.portal), ("desk", &self.links.desk)] {
            ensure!(!link.ends_with('/'), "links.{name} must not end with a slash");
            if link.starts_with("https://") {
                continue;
            }
            let host = link.strip_prefix("http://").unwrap_or("").split([':', '/']).next().unwrap_or("");
            ensure!(
                is_loopback(host),
                "links.{name} must begin with https:// (http:// only for this machine)"
            );
        }
        Ok(())
    }

    /// What settings may be told, by force.
    ///
    /// # Errors
    /// When a file can't be read, makes no sense, or is of a force that is not configured.
    pub fn profiles(&self) -> anyhow::Result<BTreeMap<String, Profiles>> {
        let mut profiles = BTreeMap::new();
        for (force, path) in &self.rules.disclosure {
            let place = || format!("rules.disclosure.{force} {}", path.display());
            ensure!(self.forces.get(force).is_some(), "{}: no such force is configured", place());
            let text = std::fs::read_to_string(path).with_context(place)?;
            let read = Profiles::parse(&text).with_context(place)?;
            let wrong = read.check();
            ensure!(wrong.is_empty(), "{}: {}", place(), wrong.join("; "));
            profiles.insert(force.clone(), read);
        }
        Ok(profiles)
    }

    /// The plan's rules.
    ///
    /// # Errors
    /// When the file can't be read or makes no sense.
    pub fn plan(&self) -> anyhow::Result<encompass_core::plan::Rules> {
        let rules = match &self.rules.plan {
            None => encompass_core::plan::Rules::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("rules.plan {}", path.display()))?;
                encompass_core::plan::Rules::parse(&text)
                    .with_context(|| format!("rules.plan {}", path.display()))?
            }
        };
        let wrong = rules.check();
        ensure!(wrong.is_empty(), "the plan: {}", wrong.join("; "));
        Ok(rules)
    }

    /// The routing table.
    ///
    /// # Errors
    /// When the file can't be read or makes no sense.
    pub fn routing(&self) -> anyhow::Result<Routing> {
        let routing = match &self.rules.routing {
            None => Routing::default(),
            Some(path) => {
                let place = || format!("rules.routing {}", path.display());
                let text = std::fs::read_to_string(path).with_context(place)?;
                Routing::parse(&text).with_context(place)?
            }
        };
        let wrong = routing.check();
        ensure!(wrong.is_empty(), "the routing table: {}", wrong.join("; "));
        Ok(routing)
    }
}

/// Whether a host's name or address is this machine's own.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
