//! `/livez`: the process answers; `/readyz`: it can do its work now.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use futures::future::{BoxFuture, join_all};
use serde::Serialize;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Says whether one thing is well; `Err` says why not, without personal data.
type Check = Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The named checks of a process.
pub struct Health {
    checks: Vec<(&'static str, Check)>,
    stopping: CancellationToken,
    /// How long a check may take; then it has failed.
    pub wait: Duration,
}

impl Health {
    /// No checks yet. Once `stopping` is cancelled the process is not ready, so that no new work is sent to it.
    pub fn new(stopping: CancellationToken) -> Self {
        Self { checks: Vec::new(), stopping, wait: Duration::from_secs(2) }
    }

    /// Adds a check to `/readyz`.
    pub fn check<F>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    {
        self.checks.push((name, Box::new(check)));
        self
    }

    /// The two routes.
    pub fn router(self) -> Router {
        Router::new().route("/livez", get(live)).route("/readyz", get(ready)).with_state(Arc::new(self))
    }

    async fn ask(&self, name: &'static str, check: &Check) -> Finding {
        let answer = timeout(self.wait, check()).await;
        let why = match answer {
            Ok(Ok(())) => None,
            Ok(Err(why)) => Some(why),
            Err(_) => Some(format!("no answer within {} ms", self.wait.as_millis())),
        };
        Finding { name, ready: why.is_none(), why }
    }
}

/// One line of `/readyz`.
#[derive(Serialize)]
struct Finding {
    name: &'static str,
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    stopping: bool,
    checks: Vec<Finding>,
}

async fn live() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "live": true }))
}

async fn ready(State(health): State<Arc<Health>>) -> Response {
    let checks = join_all(health.checks.iter().map(|(name, check)| health.ask(name, check))).await;
    let stopping = health.stopping.is_cancelled();
    let ready = !stopping && checks.iter().all(|finding| finding.ready);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, stopping, checks })).into_response()
}
