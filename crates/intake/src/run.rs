//! Intake as a role: everything that runs beside the HTTP routes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use encompass_core::due::Rules;
use encompass_store::{Clock, Store};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::events::Publisher;
use crate::{Config, Error, Metrics, Result, broker, events, kafka, tally};

/// What intake works with, shared by its loops and routes.
pub struct Intake {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) rules: Rules,
    pub(crate) metrics: Metrics,
    /// What names this process where one replica does a thing at a time.
    pub(crate) holder: String,
    recovered: AtomicBool,
    /// Ends the waits of those who read events, once it is time to stop.
    pub(crate) stopping: CancellationToken,
}

impl Intake {
    /// Checks the configuration and puts it all together.
    ///
    /// # Errors
    /// [`Error::Config`], saying what to change.
    pub fn new(
        store: Store,
        clock: Clock,
        config: Config,
        rules: Rules,
        metrics: Metrics,
    ) -> Result<Arc<Self>> {
        config.check()?;
        let holder = uuid::Uuid::now_v7().to_string();
        // Without a broker there is no topic that could know more than the store.
        let recovered = AtomicBool::new(!config.kafka.is_on());
        Ok(Arc::new(Self {
            store,
            clock,
            config,
            rules,
            metrics,
            holder,
            recovered,
            stopping: CancellationToken::new(),
        }))
    }

    /// Whether events may be accepted: what the lifecycle topic knows of is known here, so that a store restored
    /// from an older copy notifies nobody again.
    pub fn is_ready(&self) -> bool {
        self.recovered.load(Ordering::Acquire)
    }

    pub(crate) fn set_ready(&self) {
        self.recovered.store(true, Ordering::Release);
    }
}

/// Runs until `shutdown`: first the broker is looked at and what the lifecycle topic knows is learnt, then topics are
/// read and events published.
///
/// # Errors
/// What waiting can't mend: the role stops loudly.
pub async fn run(intake: Arc<Intake>, shutdown: CancellationToken) -> Result<()> {
    let _ended = intake.stopping.clone().drop_guard();
    let mut found = broker::Found::All;
    if intake.config.kafka.is_on() {
        found = broker::look(&intake, &shutdown).await?;
    }
    if found == broker::Found::Stopped {
        return Ok(());
    }
    if !intake.is_ready() && events::recover(&intake, &shutdown).await?.is_none() {
        return Ok(());
    }
    let mut loops: JoinSet<Result<()>> = JoinSet::new();
    let (stop, stopping) = (shutdown.clone(), intake.stopping.clone());
    loops.spawn(async move {
        stop.cancelled().await;
        stopping.cancel();
        Ok(())
    });
    if found == broker::Found::SomeMissing {
        loops.spawn(broker::look_again(intake.clone(), shutdown.clone()));
    }
    if intake.config.kafka.is_on() && !intake.config.kafka.topics.is_empty() {
        loops.spawn(kafka::consume(intake.clone(), shutdown.clone()));
    }
    loops.spawn(Publisher::new(intake.clone()).run(shutdown.clone()));
    loops.spawn(tally::run(intake.clone(), shutdown.clone()));
    let mut result = Ok(());
    while let Some(ended) = loops.join_next().await {
        let ended = ended.map_err(Error::Task).and_then(|ended| ended);
        if ended.is_err() && result.is_ok() {
            result = ended;
        }
        shutdown.cancel();
    }
    result
}
