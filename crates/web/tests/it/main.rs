//! The web crate from outside: routers driven in this process, and real listeners with and without TLS.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod answers;
mod forms;
mod listeners;
mod machine;
mod pages;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use encompass_web::metrics::HttpMetrics;
use prometheus::Registry;
use tower::ServiceExt;

/// Metrics of a registry of their own.
fn metrics() -> HttpMetrics {
    HttpMetrics::register(&Registry::new()).unwrap()
}

/// What came back for one request.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Answer { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn post(path: &str, media_type: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header("content-type", media_type).body(body.into()).unwrap()
}
