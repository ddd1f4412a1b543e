//! Service metrics: what the store itself knows, computed when asked and the same from every replica.
//!
//! Two parts, for their cost. What stands open now is counted at each call. How promises were kept looks at
//! all that was due in the last [`WINDOW_DAYS`] days and is computed at most once a minute: these are gauges
//! and histograms over a sliding window, to be read directly and never under `rate()`. Every replica that is
//! asked answers the same: take the maximum over instances, not the sum.

mod kept;
mod kept_families;
mod standing;
mod standing_families;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use prometheus::core::Collector;
use prometheus::proto::MetricFamily;
use prometheus::{HistogramOpts, HistogramVec, IntGaugeVec, Opts, Registry};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{Result, Store};

/// How many days back promises are looked at.
pub const WINDOW_DAYS: i64 = 35;
/// How long the look back serves.
const FRESH_FOR: Duration = Duration::from_secs(60);

/// Computes the metrics of one store.
pub struct Measure {
    store: Store,
    miss_margin: SignedDuration,
    kept: Mutex<Option<(Instant, Vec<MetricFamily>)>>,
}

impl Measure {
    /// Of this store. `miss_margin` is how long before the due time a link of the chain must have been in place, else
    /// a miss is put down to it.
    pub fn new(store: Store, miss_margin: SignedDuration) -> Self {
        Self { store, miss_margin, kept: Mutex::new(None) }
    }

    /// All families at `now`, domain time. The part over the window is up to a minute old.
    ///
    /// # Errors
    /// As the database says.
    pub async fn families(&self, now: Timestamp) -> Result<Vec<MetricFamily>> {
        let mut families = self.standing(now).await?;
        families.extend(self.kept(now).await?);
        Ok(families)
    }

    /// What stands open now. By itself, so that a slow look back does not blind the alerts that rest on it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn standing(&self, now: Timestamp) -> Result<Vec<MetricFamily>> {
        standing::families(&self.store, now).await
    }

    /// How promises were kept over the window, up to a minute old.
    ///
    /// # Errors
    /// As the database says.
    pub async fn kept(&self, now: Timestamp) -> Result<Vec<MetricFamily>> {
        let mut last = self.kept.lock().await;
        if let Some((at, families)) = last.as_ref()
            && at.elapsed() < FRESH_FOR
        {
            return Ok(families.clone());
        }
        let families = kept::families(&self.store, self.miss_margin, now).await?;
        *last = Some((Instant::now(), families.clone()));
        Ok(families)
    }
}

/// When the window begins.
fn since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * WINDOW_DAYS)).unwrap_or(Timestamp::MIN)
}

fn seconds(span: SignedDuration) -> f64 {
    span.as_secs_f64()
}

fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
    let gauges = IntGaugeVec::new(Opts::new(name, help), labels).expect("a fixed name is valid");
    registered(registry, gauges)
}

fn histograms(registry: &Registry, name: &str, help: &str, labels: &[&str], buckets: &[f64]) -> HistogramVec {
    let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    registered(registry, HistogramVec::new(options, labels).expect("a fixed name is valid"))
}

fn registered<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> C {
    registry.register(Box::new(collector.clone())).expect("each family is declared once");
    collector
}
