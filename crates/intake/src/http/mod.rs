//! Intake for forces that have no broker: events in, and our events out.

mod answer;
mod events;
mod incidents;
mod key;
mod standing;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use encompass_web::limit::{Limiter, Quota};
use tokio::sync::Semaphore;

use crate::Intake;

/// As many keys as forces could have; unknown keys never reach the limiter.
const KEYS_MAX: usize = 1000;
/// Readers that may wait for events at once; each of them takes one of the listener's places.
const WAITING_MAX: usize = 24;

/// What the routes share.
struct Shared {
    intake: Arc<Intake>,
    limiter: Limiter,
    waiting: Semaphore,
}

/// `POST /v1/incidents`, `GET /v1/incidents/{reference}` and `GET /v1/events`, each with a force's key.
pub fn routes(intake: Arc<Intake>) -> Router {
    let at_once = intake.config.http_events_at_once.max(1);
    let quota = Quota { at_once, one_each: Duration::from_secs(1) / at_once };
    // One event may be as large as is allowed, an array of them as the listener allows.
    let bytes_max = intake.config.event_bytes_max.max(encompass_web::Limits::API.body_bytes);
    let shared = Arc::new(Shared {
        intake,
        limiter: Limiter::new(quota, KEYS_MAX),
        waiting: Semaphore::new(WAITING_MAX),
    });
    Router::new()
        .route("/v1/incidents", post(incidents::publish).layer(DefaultBodyLimit::max(bytes_max)))
        .route("/v1/incidents/{reference}", get(standing::read))
        .route("/v1/events", get(events::read))
        .with_state(shared)
}
