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
use axum::routing::{MethodRouter, get, post};
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

/// One route, asked with a force's key.
pub struct Route {
    /// Its path, with `{…}` for what is asked about.
    pub path: &'static str,
    /// Given how large a body may be.
    handler: fn(usize) -> MethodRouter<Arc<Shared>>,
}

/// Every route: the table from which the router is built and which a test walks.
pub const TABLE: &[Route] = &[
    Route {
        path: "/v1/incidents",
        handler: |bytes_max| post(incidents::publish).layer(DefaultBodyLimit::max(bytes_max)),
    },
    Route { path: "/v1/incidents/{reference}", handler: |_| get(standing::read) },
    Route { path: "/v1/events", handler: |_| get(events::read) },
];

/// The routes for forces' own systems.
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
    let route =
        |router: Router<Arc<Shared>>, route: &Route| router.route(route.path, (route.handler)(bytes_max));
    TABLE.iter().fold(Router::new(), route).with_state(shared)
}
