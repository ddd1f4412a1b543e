//! `/metrics`: what the code counted, and what the services compute from the store when asked.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use futures::future::{BoxFuture, join_all};
use prometheus::proto::MetricFamily;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TEXT_FORMAT,
    TextEncoder,
};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// Counts of HTTP, by listener and route pattern.
#[derive(Clone)]
pub struct HttpMetrics {
    requests: IntCounterVec,
    seconds: HistogramVec,
    connections: IntGaugeVec,
}

impl HttpMetrics {
    /// Registers them, once for all listeners of a process.
    ///
    /// # Errors
    /// When `registry` has them already.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let requests = Opts::new(
            "encompass_http_requests_total",
            "Requests answered, by route pattern and status. Alert on a rising share of 5xx; 404 on unmatched is scanners.",
        );
        let seconds = HistogramOpts::new(
            "encompass_http_request_seconds",
            "Time from a request's headers to its answer's headers. Alert on the share above one second.",
        )
        .buckets(vec![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0]);
        let connections = Opts::new(
            "encompass_http_connections",
            "Connections open now. Alert when it stays near the listener's limit.",
        );
        let metrics = Self {
            requests: IntCounterVec::new(requests, &["listener", "method", "route", "status"])?,
            seconds: HistogramVec::new(seconds, &["listener", "method", "route"])?,
            connections: IntGaugeVec::new(connections, &["listener"])?,
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.seconds.clone()))?;
        registry.register(Box::new(metrics.connections.clone()))?;
        Ok(metrics)
    }

    pub(crate) fn observe(&self, listener: &str, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[listener, method, route, status.to_string().as_str()]).inc();
        self.seconds.with_label_values(&[listener, method, route]).observe(took.as_secs_f64());
    }

    pub(crate) fn connections(&self, listener: &str) -> IntGauge {
        self.connections.with_label_values(&[listener])
    }
}

/// Computes metrics from the store; a fresh [`Registry`], filled and gathered, is the easy way to make the families.
type Compute = Box<dyn Fn() -> BoxFuture<'static, Result<Vec<MetricFamily>, String>> + Send + Sync>;

/// One service's computed metrics, with the last answer.
struct Source {
    name: &'static str,
    compute: Compute,
    last: Mutex<Option<(Instant, Vec<MetricFamily>)>>,
}

/// What `/metrics` shows.
pub struct Metrics {
    registry: Registry,
    sources: Vec<Source>,
    failures: IntCounterVec,
    /// How long a computed answer serves, so that many scrapers cost the store no more than one.
    pub fresh_for: Duration,
    /// How long a source may take; then its families are absent from this answer.
    pub wait: Duration,
}

impl Metrics {
    /// Shows what is in `registry`.
    ///
    /// # Errors
    /// When `registry` has our own counter already.
    pub fn new(registry: Registry) -> prometheus::Result<Self> {
        let opts = Opts::new(
            "encompass_metrics_failures_total",
            "Times that a source of computed metrics failed or was too slow; its metrics are absent then, never old. Alert on any.",
        );
        let failures = IntCounterVec::new(opts, &["source"])?;
        registry.register(Box::new(failures.clone()))?;
        Ok(Self {
            registry,
            sources: Vec::new(),
            failures,
            fresh_for: Duration::from_secs(5),
            wait: Duration::from_secs(4),
        })
    }

    /// Adds a service's computed metrics. `Err` says why they can't be had, without personal data.
    pub fn computed<F>(mut self, name: &'static str, compute: F) -> Self
    where
        F: Fn() -> BoxFuture<'static, Result<Vec<MetricFamily>, String>> + Send + Sync + 'static,
    {
        self.failures.with_label_values(&[name]).reset();
        self.sources.push(Source { name, compute: Box::new(compute), last: Mutex::new(None) });
        self
    }

    /// The route.
    pub fn router(self) -> Router {
        Router::new().route("/metrics", get(show)).with_state(Arc::new(self))
    }

    async fn families(&self) -> Vec<MetricFamily> {
        let computed = join_all(self.sources.iter().map(|source| self.ask(source))).await;
        let mut families = self.registry.gather();
        families.extend(computed.into_iter().flatten());
        families.sort_by(|a, b| a.name().cmp(b.name()));
        families
    }

    async fn ask(&self, source: &Source) -> Vec<MetricFamily> {
        let why = match timeout(self.wait, source.fresh(self.fresh_for)).await {
            Ok(Ok(families)) => return families,
            Ok(Err(why)) => why,
            Err(_) => format!("no answer within {} ms", self.wait.as_millis()),
        };
        tracing::warn!(source = source.name, why, "computed metrics are absent");
        self.failures.with_label_values(&[source.name]).inc();
        Vec::new()
    }
}

impl Source {
    /// The last answer while it is fresh, else a new one; those who ask meanwhile wait for the same.
    async fn fresh(&self, fresh_for: Duration) -> Result<Vec<MetricFamily>, String> {
        let mut last = self.last.lock().await;
        if let Some((at, families)) = last.as_ref()
            && at.elapsed() < fresh_for
        {
            return Ok(families.clone());
        }
        let families = (self.compute)().await?;
        *last = Some((Instant::now(), families.clone()));
        Ok(families)
    }
}

async fn show(State(metrics): State<Arc<Metrics>>) -> Response {
    let families = metrics.families().await;
    match TextEncoder::new().encode_to_string(&families) {
        Ok(text) => ([(CONTENT_TYPE, TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics can't be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
