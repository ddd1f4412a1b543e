//! The resolver's work: take a batch of cases, gather everything about their children, rule on each child, record it in
//! one transaction.

mod again;
mod decide;
mod established;
mod found;
mod gather;
mod guard;
mod home;
mod live;
mod policy;
mod propose;
mod read;
mod redue;
mod route;
mod rule;
mod ruling;
mod run;
mod search;
mod snapshot;
mod subject;
mod write;

pub use policy::parameters;
pub(crate) use route::Routed;

use std::sync::{Arc, Mutex};

use encompass_core::id::LoadId;
use encompass_core::plan;
use encompass_core::routing::Routing;
use encompass_matching::Confirmation;
use encompass_store::resolve::Rules;
use encompass_store::{Clock, Scope, Store};

use crate::roll::Rolls;
use crate::{Config, Metrics};

/// Who decides.
const SERVICE: &str = "resolver";
/// For whom it looks.
const SCOPE: Scope = Scope::service(SERVICE);

/// How often a batch is looked at while registers get other versions; then its children are held.
const TRIES: u8 = 3;

/// Whether a batch may be looked at again when a register gets another version in the meantime.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tries {
    Left,
    Spent,
}

/// What stops the resolver.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store refused something. Transient ones are waited for before this is seen.
    #[error(transparent)]
    Store(#[from] encompass_store::Error),
    /// The directory's index could not be built: a fault of ours.
    #[error("the index of the directory's names could not be built")]
    Index,
    /// A register got another version while a batch was looked at: the batch is looked at again.
    #[error("a register got another version in the meantime")]
    Behind,
}

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Resolver {
    store: Store,
    clock: Clock,
    rules: Arc<Rules>,
    metrics: Metrics,
    batch_max: i64,
    /// The versions of directory and calendars that due times were last worked out from.
    seen_loads: Arc<Mutex<Option<Vec<LoadId>>>>,
    /// The directory in memory.
    snapshot: snapshot::Shared,
    /// The registers in memory.
    rolls: Rolls,
    /// How far matches are sent without a person.
    policy: policy::Shared,
    /// What decided cases have to show for that.
    precision: f64,
    /// What exact agreement takes besides.
    confirmation: Confirmation,
}

impl Resolver {
    /// A resolver.
    pub fn new(
        store: Store,
        clock: Clock,
        config: &Config,
        plan: plan::Rules,
        routing: Routing,
        metrics: Metrics,
    ) -> Self {
        let rules = Arc::new(Rules { due: config.due, plan, routing });
        let batch_max = i64::from(config.batch_max);
        Self {
            store,
            clock,
            rules,
            metrics,
            batch_max,
            seen_loads: Arc::default(),
            snapshot: Arc::default(),
            rolls: Rolls::default(),
            policy: policy::Shared::default(),
            precision: config.precision,
            confirmation: config.confirmation,
        }
    }

    /// One step: due times if calendars have changed, then one batch of children. Says how many were worked on.
    ///
    /// # Errors
    /// As the store says; nothing is waited for.
    pub async fn step(&self) -> Result<usize, Error> {
        Ok(self.follow().await? + self.resolve().await?)
    }

    /// Follows the directory, the registers, decided cases and the calendars. Says how many due times changed.
    async fn follow(&self) -> Result<usize, Error> {
        self.follow_directory().await?;
        self.follow_registers().await?;
        self.follow_policy().await?;
        self.follow_calendars().await
    }

    async fn follow_registers(&self) -> Result<(), Error> {
        self.rolls.follow(&self.store, &SCOPE).await?;
        self.metrics.entries.set(i64::try_from(self.rolls.entries()).unwrap_or(i64::MAX));
        Ok(())
    }

    /// Decides about one batch of children.
    async fn resolve(&self) -> Result<usize, Error> {
        let mut worked = 0;
        for left in (0..TRIES).rev() {
            let tries = if left > 0 { Tries::Left } else { Tries::Spent };
            let batch = self.store.take_unresolved(self.batch_max).await?;
            if batch.cases.is_empty() {
                return Ok(worked);
            }
            let now = self.clock.now();
            let looked = self.versions(&batch.cases).await?;
            match self.rule_on(&batch.cases, now, tries).await {
                // Nothing is locked while the index follows.
                Err(Error::Behind) => drop(batch),
                rulings => {
                    let (tx, cases) = batch.begin().await?;
                    let (recorded, waiting) = self.record(tx, cases, rulings?, looked, now).await?;
                    worked += recorded;
                    if waiting == 0 {
                        return Ok(worked);
                    }
                }
            }
            self.follow_registers().await?;
        }
        Ok(worked)
    }

    /// The rules under which it decides, as they stand in every resolution.
    fn rules_version(&self) -> String {
        let Rules { plan, routing, .. } = &*self.rules;
        let (rules, names) = (encompass_matching::VERSION, encompass_matching::setting::VERSION);
        let parameters = self.policy.now().print;
        format!("{rules} {parameters}, {names}, routing {}, plan {}", routing.version, plan.version)
    }
}
