//! A service's routes, dressed in what every answer has to keep.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, TRANSFER_ENCODING};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use prometheus::IntGauge;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::health::Health;
use crate::metrics::{HttpMetrics, Metrics};
use crate::peer::{self, Transport};
use crate::{Problem, assets, form, headers, page, problem, trace};

/// Who reads the answers of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People: errors are pages, forms are safe against forgery, assets are at hand.
    Pages,
    /// Systems: errors are problems (RFC 9457).
    Api,
}

/// What one request, and all requests together, may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a body; a route may be given less with [`axum::extract::DefaultBodyLimit`], never more.
    pub body_bytes: usize,
    /// Time from the headers to the answer, the body's arrival included.
    pub answer: Duration,
    /// Requests being answered at once; one more gets 503 with `Retry-After`.
    pub at_once: usize,
}

impl Limits {
    /// Pages: forms are small.
    pub const PAGES: Self = Self { body_bytes: 64 * 1024, answer: Duration::from_secs(15), at_once: 256 };
    /// Systems: the contract's 1 MiB for an event, with room for an array of small ones.
    pub const API: Self = Self { body_bytes: 4 * 1024 * 1024, answer: Duration::from_secs(60), at_once: 64 };
}

/// What one listener serves.
pub struct App {
    kind: Kind,
    router: Router,
    limits: Limits,
    metrics: HttpMetrics,
    listener: &'static str,
}

impl App {
    /// Pages for people, with the assets they need. `listener` is its name in metrics and traces.
    pub fn pages(listener: &'static str, router: Router, metrics: &HttpMetrics) -> Self {
        let router = router.merge(assets::router());
        Self { kind: Kind::Pages, router, limits: Limits::PAGES, metrics: metrics.clone(), listener }
    }

    /// Answers for systems.
    pub fn api(listener: &'static str, router: Router, metrics: &HttpMetrics) -> Self {
        Self { kind: Kind::Api, router, limits: Limits::API, metrics: metrics.clone(), listener }
    }

    /// `/livez`, `/readyz` and `/metrics`.
    pub fn machine(health: Health, collected: Metrics, metrics: &HttpMetrics) -> Self {
        Self::api("machine", health.router().merge(collected.router()), metrics)
    }

    /// Other limits than those of its kind.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The gauge of its open connections.
    pub(crate) fn connections(&self) -> IntGauge {
        self.metrics.connections(self.listener)
    }

    /// The routes with every layer, as [`crate::Bound::serve`] uses them; tests may drive them without a connection.
    pub fn into_router(self, transport: Transport) -> Router {
        let places = Arc::new(Semaphore::new(self.limits.at_once));
        let watch = trace::Watch { kind: self.kind, listener: self.listener, metrics: self.metrics };
        let secure = transport.is_secure();
        let mut router = self
            .router
            .layer(DefaultBodyLimit::max(self.limits.body_bytes))
            .layer(RequestBodyLimitLayer::new(self.limits.body_bytes));
        if self.kind == Kind::Pages {
            router = router.layer(from_fn(form::origin::check));
        }
        // The last layer is the outermost: what is refused on the way in still gets a body of its kind, headers and a count.
        router
            .layer(from_fn_with_state(self.limits.answer, in_time))
            .layer(CatchPanicLayer::custom(recover))
            .layer(from_fn_with_state(places, with_a_place))
            .layer(from_fn_with_state(transport, peer::recognise))
            .layer(from_fn_with_state((self.kind, self.limits.body_bytes), say_it_our_way))
            .layer(from_fn_with_state(secure, headers::add))
            .layer(from_fn_with_state(watch, trace::watch))
    }
}

async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        tracing::warn!(limit_ms = limit.as_millis(), "gave up on a request that took too long");
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    })
}

async fn with_a_place(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    next.run(request).await
}

/// The payload of the panic is dropped unread: it may quote the request.
fn recover(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked; its request was answered with 500");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Replaces the body of every error that the services didn't write for their readers, such as the framework's own, which quote the
/// request.
async fn say_it_our_way(
    State((kind, body_bytes)): State<(Kind, usize)>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_ours(kind, response.headers()) {
        return response;
    }
    let (parts, _) = response.into_parts();
    let mut ours = match kind {
        Kind::Pages => page::error(status),
        Kind::Api if status == StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::too_large(body_bytes).into_response()
        }
        Kind::Api => Problem::of(status).into_response(),
    };
    for (name, value) in &parts.headers {
        if ![CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name) {
            ours.headers_mut().append(name, value.clone());
        }
    }
    if let Some(wait) = problem::retry(status) {
        ours.headers_mut().entry(RETRY_AFTER).or_insert_with(|| problem::seconds(wait));
    }
    ours.map(Body::new)
}

fn is_ours(kind: Kind, headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    match kind {
        Kind::Pages => media_type.starts_with("text/html"),
        Kind::Api => {
            media_type.starts_with("application/json") || media_type.starts_with(problem::MEDIA_TYPE)
        }
    }
}
