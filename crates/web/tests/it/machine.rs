//! Health and metrics for machines.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use encompass_web::App;
use encompass_web::health::Health;
use encompass_web::metrics::{HttpMetrics, Metrics};
use encompass_web::peer::Transport;
use futures::FutureExt;
use prometheus::{IntGauge, Registry};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{ask, get};

fn machine(health: Health, metrics: impl FnOnce(Metrics) -> Metrics) -> Router {
    let registry = Registry::new();
    let http = HttpMetrics::register(&registry).unwrap();
    App::machine(health, metrics(Metrics::new(registry).unwrap()), &http).into_router(Transport::default())
}

fn gauge(name: &str, value: i64) -> Vec<prometheus::proto::MetricFamily> {
    let registry = Registry::new();
    let gauge = IntGauge::new(name, "A figure.").unwrap();
    gauge.set(value);
    registry.register(Box::new(gauge)).unwrap();
    registry.gather()
}

#[tokio::test(start_paused = true)]
async fn readiness_names_what_is_not_well_and_waits_for_nobody() {
    let health = Health::new(CancellationToken::new())
        .check("well", || async { Ok(()) }.boxed())
        .check("ill", || async { Err("no connection".to_owned()) }.boxed())
        .check("silent", || std::future::pending().boxed());
    let app = machine(health, |metrics| metrics);
    let answer = ask(&app, get("/readyz")).await;
    assert_eq!(answer.status.as_u16(), 503);
    let expected = json!({"ready": false, "stopping": false, "checks": [
        {"name": "well", "ready": true},
        {"name": "ill", "ready": false, "why": "no connection"},
        {"name": "silent", "ready": false, "why": "no answer within 2000 ms"},
    ]});
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), expected);
    assert_eq!(ask(&app, get("/livez")).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_process_that_stops_is_alive_but_not_ready() {
    let stopping = CancellationToken::new();
    let app =
        machine(Health::new(stopping.clone()).check("well", || async { Ok(()) }.boxed()), |metrics| metrics);
    assert_eq!(ask(&app, get("/readyz")).await.status.as_u16(), 200);
    stopping.cancel();
    assert_eq!(ask(&app, get("/readyz")).await.status.as_u16(), 503);
    assert_eq!(ask(&app, get("/livez")).await.status.as_u16(), 200);
}

#[tokio::test(start_paused = true)]
async fn computed_metrics_are_asked_for_once_in_a_while() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let app = machine(Health::new(CancellationToken::new()), |metrics| {
        metrics.computed("queue", move || {
            let times = counter.fetch_add(1, Ordering::SeqCst) + 1;
            async move { Ok(gauge("encompass_waiting", i64::try_from(times).unwrap())) }.boxed()
        })
    });
    for (seconds_later, figure) in [(0, 1), (4, 1), (2, 2), (4, 2)] {
        tokio::time::advance(Duration::from_secs(seconds_later)).await;
        let answer = ask(&app, get("/metrics")).await;
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4");
        assert!(answer.body.contains(&format!("encompass_waiting {figure}\n")), "{}", answer.body);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_or_hangs_is_absent_and_counted_while_the_rest_is_shown() {
    let app = machine(Health::new(CancellationToken::new()), |metrics| {
        metrics
            .computed("good", || async { Ok(gauge("encompass_good", 1)) }.boxed())
            .computed("bad", || async { Err("the store is away".to_owned()) }.boxed())
            .computed("slow", || std::future::pending().boxed())
    });
    ask(&app, get("/metrics")).await;
    let body = ask(&app, get("/metrics")).await.body;
    for line in [
        "encompass_good 1\n",
        "encompass_metrics_failures_total{source=\"bad\"} 2\n",
        "encompass_metrics_failures_total{source=\"slow\"} 2\n",
        "encompass_metrics_failures_total{source=\"good\"} 0\n",
        "encompass_http_requests_total{listener=\"machine\",method=\"GET\",route=\"/metrics\",status=\"200\"} 1\n",
    ] {
        assert!(body.contains(line), "{line} is missing in\n{body}");
    }
}
