//! A process's services, put together once for production, demo and tests.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use encompass_intake::Intake;
use encompass_notifier::{Links, Notifier};
use encompass_resolver::Resolver;
use encompass_store::measure::Measure;
use encompass_store::resolve::Rules;
use encompass_store::{Clock, Store};
use encompass_web::health::Health;
use encompass_web::metrics::HttpMetrics;
use futures::FutureExt;
use jiff::SignedDuration;
use prometheus::Registry;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Role, listen, put_back};
use crate::config::Config;

/// How long roles get to finish what is under way.
const DRAIN: Duration = Duration::from_secs(60);
/// How long intake is given between looks whether it is ready: in this process, and elsewhere.
const READY_WAIT: Duration = Duration::from_millis(20);
const ELSEWHERE_WAIT: Duration = Duration::from_secs(1);
/// How long work beside the roles waits before it tries again.
const AGAIN_WAIT: Duration = Duration::from_secs(1);

/// The services of one process.
pub struct Node {
    pub(super) config: Config,
    pub(super) roles: Vec<Role>,
    pub(super) registry: Registry,
    pub(super) http: HttpMetrics,
    /// Names this process in leases and duties.
    pub replica: String,
    /// The store that they share.
    pub store: Store,
    /// Domain and machine time.
    pub clock: Clock,
    /// Intake.
    pub intake: Arc<Intake>,
    /// The resolver.
    pub resolver: Resolver,
    /// The notifier.
    pub notifier: Notifier,
    /// Staff's pages.
    pub oversight: encompass_oversight::State,
    pub(super) portal: encompass_portal::State,
    /// The watchdog's metrics.
    pub watchdog: encompass_watchdog::Metrics,
}

impl Node {
    /// Puts the services together; nothing runs yet.
    ///
    /// # Errors
    /// When the configuration can't be used, saying what to change.
    pub fn new(config: Config, store: Store, clock: Clock, roles: &[Role]) -> anyhow::Result<Self> {
        let registry = Registry::new();
        let http = HttpMetrics::register(&registry).context("metrics")?;
        let plan = config.plan()?;
        let profiles = config.profiles()?;
        let due = config.rules.due;
        let rules = Rules { due, plan: plan.clone(), routing: config.routing()? };
        let replica = uuid::Uuid::now_v7().to_string();
        let intake = Intake::new(
            store.clone(),
            clock.clone(),
            config.intake.clone(),
            due,
            encompass_intake::Metrics::new(&registry)?,
        )?;
        let resolver = Resolver::new(
            store.clone(),
            clock.clone(),
            &encompass_resolver::Config { due, ..config.resolver.clone() },
            plan.clone(),
            rules.routing.clone(),
            encompass_resolver::Metrics::new(&registry),
        );
        let links = Links { portal: config.links.portal.clone(), desk: config.links.desk.clone() };
        let parts = encompass_notifier::Parts {
            store: store.clone(),
            clock: clock.clone(),
            replica: replica.clone(),
            forces: config.forces.clone(),
            rules: plan,
            links,
            metrics: encompass_notifier::Metrics::new(&registry),
        };
        let notifier = Notifier::new(parts, &config.notifier)?;
        let portal = encompass_portal::State::new(
            store.clone(),
            Arc::new(config.forces.clone()),
            profiles.clone(),
            encompass_portal::Clocks { domain: clock.clone(), machine: Clock::machine_time() },
            config.portal.clone(),
            encompass_portal::Metrics::new(&registry)?,
        );
        let oversight = encompass_oversight::State::new(encompass_oversight::Parts {
            store: store.clone(),
            clock: clock.clone(),
            forces: config.forces.clone(),
            rules,
            profiles,
            put_back: put_back::way(store.clone(), config.intake.clone(), due),
            config: config.oversight.clone(),
            metrics: encompass_oversight::Metrics::new(&registry)?,
        })?;
        let watchdog = encompass_watchdog::Metrics::new(&registry);
        Ok(Self {
            config,
            roles: roles.to_vec(),
            registry,
            http,
            replica,
            store,
            clock,
            intake,
            resolver,
            notifier,
            oversight,
            portal,
            watchdog,
        })
    }

    /// Binds the listeners and runs the roles until `shutdown`, then drains them within a bound.
    ///
    /// # Errors
    /// When a listener can't be bound, or a role stops by itself.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let running = self.listen(&shutdown).await?;
        self.work(running, shutdown).await
    }

    /// Binds the listeners and serves them until `shutdown`; no role works by itself yet.
    ///
    /// # Errors
    /// When a listener can't be bound.
    pub async fn listen(&self, shutdown: &CancellationToken) -> anyhow::Result<JoinSet<anyhow::Result<()>>> {
        let mut running = JoinSet::new();
        for (bound, app) in listen::bind(self, shutdown).await? {
            let stop = shutdown.clone();
            running.spawn(async move { bound.serve(app, stop).await.context("a listener") });
        }
        Ok(running)
    }

    /// Runs the roles beside what is `running` until `shutdown`, then drains all within a bound.
    ///
    /// # Errors
    /// When a role or a listener stops by itself.
    pub async fn work(
        self,
        mut running: JoinSet<anyhow::Result<()>>,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()> {
        let (store, stop) = (self.store.clone(), shutdown.clone());
        running.spawn(async move {
            tokio::select! {
                () = pass_wakes_on(&store) => {}
                () = keep_log_short(&store) => {}
                () = stop.cancelled() => {}
            }
            Ok(())
        });
        for role in &self.roles {
            self.spawn(*role, &mut running, &shutdown);
        }
        tracing::info!(roles = ?self.roles, "running");
        let result = wait(&mut running, &shutdown).await;
        self.store.close().await;
        tracing::info!("stopped");
        result
    }

    /// One look of the watchdog and one of oversight, whose sample is drawn under `seed`: for the demo and tests.
    ///
    /// # Errors
    /// As the store says.
    pub async fn watch(&self, seed: i64) -> anyhow::Result<()> {
        let (now, machine) = (self.clock.now(), self.clock.machine());
        let (config, metrics) = (&self.config.watchdog, &self.watchdog);
        encompass_watchdog::step(&self.store, config, metrics, &self.replica, now, machine).await?;
        encompass_watchdog::reconcile(&self.store, config, metrics, now).await?;
        encompass_oversight::step(&self.oversight, seed).await?;
        Ok(())
    }

    /// The configuration that it was made with.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The metrics of listeners, for one more beside its own.
    pub const fn http(&self) -> &HttpMetrics {
        &self.http
    }

    fn spawn(&self, role: Role, running: &mut JoinSet<anyhow::Result<()>>, shutdown: &CancellationToken) {
        let stop = shutdown.clone();
        match role {
            Role::Intake => {
                let intake = self.intake.clone();
                running.spawn(async move { encompass_intake::run(intake, stop).await.context("intake") });
            }
            Role::Resolver => {
                let (resolver, known) = (self.resolver.clone(), self.prior_known(&stop));
                running.spawn(async move {
                    if known.await { resolver.run(stop).await.context("resolver") } else { Ok(()) }
                });
            }
            Role::Notifier => {
                let (notifier, known) = (self.notifier.clone(), self.prior_known(&stop));
                running.spawn(async move {
                    if known.await { notifier.run(stop).await.context("notifier") } else { Ok(()) }
                });
            }
            Role::Watchdog => {
                let (store, clock, config) =
                    (self.store.clone(), self.clock.clone(), self.config.watchdog.clone());
                let (metrics, replica) = (self.watchdog.clone(), self.replica.clone());
                let run = encompass_watchdog::run(store, config, metrics, replica, clock, stop);
                running.spawn(async move { run.await.context("watchdog") });
            }
            Role::Oversight => {
                let oversight = self.oversight.clone();
                running.spawn(
                    async move { encompass_oversight::run(oversight, stop).await.context("oversight") },
                );
            }
            Role::Portal => {}
        }
    }

    /// Ends once intake, in this process or elsewhere, knows what the lifecycle topic tells: a store restored from an
    /// older copy must not send what was sent already. `false` when it is time to stop before.
    fn prior_known(&self, stop: &CancellationToken) -> impl Future<Output = bool> + Send + 'static {
        let is_here = self.roles.contains(&Role::Intake);
        let has_topic = self.config.intake.kafka.is_on();
        let (intake, store, clock, stop) =
            (self.intake.clone(), self.store.clone(), self.clock.clone(), stop.clone());
        let known = async move {
            while is_here && !intake.is_ready() {
                tokio::time::sleep(READY_WAIT).await;
            }
            if !is_here && has_topic {
                recovered_elsewhere(&store, &clock).await;
            }
        };
        async move { stop.run_until_cancelled(known).await.is_some() }
    }

    /// What `/livez` and `/readyz` say.
    pub(super) fn health(&self, shutdown: &CancellationToken) -> Health {
        let (store, intake) = (self.store.clone(), self.intake.clone());
        let takes_in = self.roles.contains(&Role::Intake);
        Health::new(shutdown.clone())
            .check("store", move || {
                let store = store.clone();
                async move { store.ping().await.map_err(|error| error.to_string()) }.boxed()
            })
            .check("intake", move || {
                let is_ready = !takes_in || intake.is_ready();
                let why =
                    "the broker has not answered yet, or the lifecycle topic is still being read".to_owned();
                async move { if is_ready { Ok(()) } else { Err(why) } }.boxed()
            })
    }

    /// What `/metrics` shows.
    ///
    /// # Errors
    /// When a metric is declared twice: a fault of the wiring.
    pub(super) fn metrics(&self) -> anyhow::Result<encompass_web::metrics::Metrics> {
        let margin = SignedDuration::from_mins(self.config.oversight.miss_margin_minutes);
        let measure = Arc::new(Measure::new(self.store.clone(), margin));
        let clock = self.clock.clone();
        let metrics = encompass_web::metrics::Metrics::new(self.registry.clone())?;
        let (look_back, same_clock) = (measure.clone(), clock.clone());
        // Apart, so that a slow look back does not hide what stands open now.
        Ok(metrics
            .computed("standing", move || {
                let (measure, now) = (measure.clone(), clock.now());
                async move { measure.standing(now).await.map_err(|error| error.to_string()) }.boxed()
            })
            .computed("kept", move || {
                let (measure, now) = (look_back.clone(), same_clock.now());
                async move { measure.kept(now).await.map_err(|error| error.to_string()) }.boxed()
            }))
    }
}

/// Waits for the roles. The first that ends stops the others; what does not end in time is dropped, which loses
/// nothing: leases end, and positions stand in the store.
async fn wait(running: &mut JoinSet<anyhow::Result<()>>, shutdown: &CancellationToken) -> anyhow::Result<()> {
    let mut result = Ok(());
    let drain = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::pin!(drain);
    loop {
        tokio::select! {
            ended = running.join_next() => match ended {
                None => return result,
                Some(ended) => {
                    let ended = ended.context("a role panicked").and_then(|ended| ended);
                    if !shutdown.is_cancelled() {
                        shutdown.cancel();
                    }
                    if result.is_ok() {
                        result = ended;
                    }
                }
            },
            () = &mut drain => {
                tracing::warn!("what was under way did not end in time and is dropped");
                running.shutdown().await;
                return result;
            }
        }
    }
}

/// Ends once an intake that runs apart has learnt what the lifecycle topic knows.
async fn recovered_elsewhere(store: &Store, clock: &Clock) {
    let mut is_told = false;
    // A store that is away knows nothing either.
    while !encompass_intake::is_recovered(store, clock.machine()).await.unwrap_or(false) {
        if !std::mem::replace(&mut is_told, true) {
            tracing::warn!(
                "waiting for an intake that has read the lifecycle topic: the store may be an older copy"
            );
        }
        tokio::time::sleep(ELSEWHERE_WAIT).await;
    }
}

/// Keeps the embedded store's log short; without it commits do that themselves, and are slower.
async fn keep_log_short(store: &Store) {
    loop {
        if let Err(error) = store.make_checkpoints().await {
            tracing::warn!(%error, "the store's log could not be copied back; trying again");
        }
        tokio::time::sleep(AGAIN_WAIT).await;
    }
}

/// Passes on the wake-ups of other replicas; without them the ticks still find the work.
async fn pass_wakes_on(store: &Store) {
    loop {
        if let Err(error) = store.relay_wakes().await {
            tracing::warn!(%error, "wake-ups of other replicas are not heard; trying again");
        }
        tokio::time::sleep(AGAIN_WAIT).await;
    }
}
