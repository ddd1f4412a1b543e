//! What is measured: a running consumer of incidents, and the rounds that it is put through.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use encompass_core::id::{ContactId, IdentityKey};
use encompass_county::FORCE;
use encompass_store::Clock;
use encompass_testkit::service::Service;
use tokio::task::spawn_blocking;

use crate::figure::{Paced, Saturated};
use crate::load::{Event, Load, Pace};
use crate::plan::Plan;
use crate::round::Round;
use crate::sink::Sink;
use crate::usage::{self, Memory};

/// How long a process may be busy after its last mail.
const CALM_WITHIN: Duration = Duration::from_secs(60);
const CALM_WINDOW: Duration = Duration::from_millis(500);
/// Share of one processor below which a process counts as calm.
const CALM_SHARE: f64 = 0.1;

/// A running consumer.
pub struct Subject {
    /// What the table calls it.
    pub name: String,
    /// The topic that it reads.
    pub topic: String,
    /// Which Message-ID an incident's mail has.
    pub ids: Ids,
    /// Its process.
    pub process: Service,
}

/// Which Message-ID an incident's mail has.
#[derive(Clone)]
pub enum Ids {
    /// Derived with the installation's key from incident and contact, as the service does.
    Derived {
        /// The installation's key of identities.
        identity: IdentityKey,
        /// The one contact.
        contact: ContactId,
    },
    /// The police reference.
    Reference,
}

impl Ids {
    /// The domain of the senders of both.
    pub const DOMAIN: &str = "bench.example";

    fn of(&self, event: &Event) -> String {
        let reference = &event.reference;
        match self {
            Ids::Derived { identity, contact } => {
                let incident = identity.incident(FORCE, reference, event.at);
                let delivery = identity.delivery(incident, *contact, 0);
                format!("<{delivery}@{}>", Self::DOMAIN)
            }
            Ids::Reference => format!("<{reference}@{}>", Self::DOMAIN),
        }
    }
}

/// The police system, the mail sink and the clock that all are measured with.
pub struct World<'a> {
    /// Publishes.
    pub load: &'a mut Load,
    /// Accepts.
    pub sink: &'a Sink,
    /// For the times in events.
    pub clock: &'a Clock,
}

/// All rounds of one subject.
pub struct Measured {
    /// What the table calls it.
    pub name: String,
    /// Incidents in each saturated round.
    pub incidents: usize,
    /// Rounds published at once.
    pub saturated: Vec<Saturated>,
    /// Rounds at each fixed rate.
    pub paced: Vec<(u32, Vec<Paced>)>,
    /// Of the process, after all rounds.
    pub memory: Memory,
}

impl Subject {
    /// Warms up, then runs the saturated rounds and, for each of `rates`, those at a fixed rate.
    pub async fn measure(
        &self,
        world: &mut World<'_>,
        plan: &Plan,
        incidents: usize,
        rates: &[u32],
    ) -> anyhow::Result<Measured> {
        let about = |what: &str| format!("{}: {what}", self.name);
        eprintln!("{}: warming up", self.name);
        let warm_up = Plan::WARM_UP.min(incidents);
        self.saturated(world, warm_up).await.with_context(|| about("warming up"))?;
        let mut saturated = Vec::new();
        for _ in 0..plan.rounds {
            let round = self.saturated(world, incidents).await.with_context(|| about("a saturated round"))?;
            eprintln!("{}: {:.0} incidents/s", self.name, round.per_second);
            saturated.push(round);
        }
        let mut paced = Vec::new();
        for rate in rates {
            let mut rounds = Vec::new();
            for _ in 0..plan.rounds {
                let round = self.paced(world, plan, *rate).await.with_context(|| about("a paced round"))?;
                eprintln!("{}: at {rate}/s p99 {:.1} ms", self.name, round.p99_ms);
                rounds.push(round);
            }
            paced.push((*rate, rounds));
        }
        let memory = usage::memory(self.process.process_id())?;
        Ok(Measured { name: self.name.clone(), incidents, saturated, paced, memory })
    }

    async fn saturated(&self, world: &mut World<'_>, incidents: usize) -> anyhow::Result<Saturated> {
        let events = world.load.draw(incidents, world.clock.machine());
        let before = usage::processor_seconds()?;
        let (published, accepted) = self.round(world, &events, Pace::AtOnce).await?;
        let done = self.calm().await?;
        let mut processor = usage::processor_seconds()?;
        for (program, seconds) in &mut processor {
            *seconds -= before.get(program).copied().unwrap_or_default();
        }
        Ok(Saturated::of(&published, &accepted, done, processor))
    }

    async fn paced(&self, world: &mut World<'_>, plan: &Plan, rate: u32) -> anyhow::Result<Paced> {
        let incidents = usize::try_from(u64::from(rate) * plan.paced.as_secs())?;
        let events = world.load.draw(incidents, world.clock.machine());
        let (published, accepted) = self.round(world, &events, Pace::PerSecond(rate)).await?;
        self.calm().await?;
        Ok(Paced::of(&published, &accepted, plan.settling))
    }

    /// Publishes and waits for every mail; returns when each incident was published and its mail accepted.
    async fn round(&self, world: &World<'_>, events: &[Event], pace: Pace) -> anyhow::Result<Times> {
        let round = Arc::new(Round::expecting(events.iter().map(|event| self.ids.of(event))));
        world.sink.watch(&round);
        let published = world.load.publish(&self.topic, events, pace).await?;
        // Fifty a second is slower than anything that is worth a table.
        let within = Duration::from_secs(60) + Duration::from_secs(1) * u32::try_from(events.len())? / 50;
        if let Err(missing) = round.complete(within).await {
            bail!("{missing} of {} mails had not come within {within:?}\n{}", events.len(), self.tail());
        }
        let accepted = round.arrivals().into_iter().flatten().collect();
        Ok((published, accepted))
    }

    /// Waits until everybody has done what they do after the last mail, so that no round bears another's work; says since
    /// when the process is calm.
    async fn calm(&self) -> anyhow::Result<Instant> {
        let since = self.process_calm().await?;
        // What the kernel keeps back goes to the disk half a minute later, hundreds of megabytes at once.
        spawn_blocking(rustix::fs::sync).await?;
        Ok(since)
    }

    async fn process_calm(&self) -> anyhow::Result<Instant> {
        let pid = self.process.process_id();
        let end = Instant::now() + CALM_WITHIN;
        let mut before = usage::own_seconds(pid)?;
        while Instant::now() < end {
            let since = Instant::now();
            tokio::time::sleep(CALM_WINDOW).await;
            let now = usage::own_seconds(pid)?;
            if now - before < CALM_SHARE * CALM_WINDOW.as_secs_f64() {
                return Ok(since);
            }
            before = now;
        }
        bail!("{} was still busy {CALM_WITHIN:?} after its last mail", self.name)
    }

    /// The end of what the process logged.
    fn tail(&self) -> String {
        let log = std::fs::read_to_string(self.process.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// When each incident was published and its mail accepted.
type Times = (Vec<Instant>, Vec<Instant>);
