//! What every answer keeps, whatever made it.

use std::time::Duration;

use axum::extract::Path;
use axum::http::{Request, StatusCode};
use axum::routing::{get as on_get, post as on_post};
use axum::{Json, Router};
use encompass_web::form::Fields;
use encompass_web::metrics::HttpMetrics;
use encompass_web::peer::Transport;
use encompass_web::{App, Html, Limits, Page};
use prometheus::{Registry, TextEncoder};
use serde_json::Value;

use crate::{Answer, ask, get, metrics, post};

const SMALL: Limits = Limits { body_bytes: 1000, answer: Duration::from_millis(50), at_once: 1 };

/// Stands for what a child's name in a request could be.
const SECRET: &str = "Rosalind";

fn routes() -> Router {
    Router::new()
        .route("/", on_get(|| async { Page::new("Start").around(&Html::text("hello")) }))
        .route("/children/{name}", on_get(|Path(_): Path<String>| async { "seen" }))
        .route("/json", on_post(|Json(number): Json<u32>| async move { number.to_string() }))
        .route("/form", on_post(|fields: Fields| async move { fields.every("a").count().to_string() }))
        .route("/misrouted", on_get(|Path(_): Path<String>| async { "unreachable" }))
        .route("/breaks", on_get(|| async { broken() }))
        .route("/hangs", on_get(std::future::pending::<&str>))
}

fn broken() -> &'static str {
    panic!("about {SECRET}")
}

fn api(limits: Limits) -> Router {
    App::api("api", routes(), &metrics()).limits(limits).into_router(Transport::default())
}

fn pages(limits: Limits) -> Router {
    App::pages("portal", routes(), &metrics()).limits(limits).into_router(Transport::default())
}

fn requests() -> Vec<(Request<axum::body::Body>, u16)> {
    let json = "application/json";
    vec![
        (get(&format!("/nowhere/{SECRET}?q={SECRET}")), 404),
        (post("/", json, SECRET), 405),
        (post("/json", json, format!("\"{SECRET}\"")), 422),
        (post("/json", json, format!("7 {SECRET}")), 400),
        (post("/json", "text/plain", SECRET), 415),
        (post("/json", json, SECRET.repeat(1000)), 413),
        (post("/form", "application/json", SECRET), 415),
        (get("/breaks"), 500),
        (get("/misrouted"), 500),
        (get("/hangs"), 503),
    ]
}

fn check_common_headers(answer: &Answer) {
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, nofollow, noarchive"),
    ] {
        assert_eq!(answer.header(name), value, "{name} on {}", answer.status);
    }
    let policy = answer.header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{rule} on {}", answer.status);
    }
    assert!(!policy.contains("unsafe"));
    assert_eq!(answer.header("x-request-id").len(), 32);
    assert!(!answer.headers.contains_key("strict-transport-security"), "in clear on loopback");
}

#[tokio::test]
async fn every_error_of_an_api_is_a_problem_that_echoes_nothing() {
    let app = api(SMALL);
    for (request, status) in requests() {
        let answer = ask(&app, request).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{status}");
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], "about:blank");
        assert!(problem["detail"].as_str().is_some_and(|text| text.len() > 20), "{status} says what to do");
        assert!(!answer.body.contains(SECRET), "{}", answer.body);
        check_common_headers(&answer);
    }
}

#[tokio::test]
async fn every_error_of_a_page_is_a_plain_page_that_echoes_nothing() {
    let app = pages(SMALL);
    for (request, status) in requests() {
        let answer = ask(&app, request).await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(answer.header("content-type").starts_with("text/html"), "{status}");
        assert!(answer.body.contains("<h1 class=\"govuk-heading-l\">"), "{status}");
        assert!(!answer.body.contains(SECRET), "{}", answer.body);
        check_common_headers(&answer);
    }
}

#[tokio::test]
async fn a_good_answer_keeps_its_body_and_gets_the_headers() {
    let answer = ask(&pages(SMALL), get("/")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("hello"));
    check_common_headers(&answer);
    let answer = ask(&api(SMALL), post("/json", "application/json", "7")).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "7"));
    check_common_headers(&answer);
}

#[tokio::test]
async fn the_methods_allowed_and_the_time_to_wait_stay_in_the_headers() {
    let app = api(SMALL);
    assert_eq!(ask(&app, post("/", "text/plain", "")).await.header("allow"), "GET,HEAD");
    assert_eq!(ask(&app, get("/hangs")).await.header("retry-after"), "5");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_and_without_a_stated_length() {
    let app = api(SMALL);
    for length_stated in [true, false] {
        for (bytes, status) in [(998, 200), (999, 413)] {
            let json = format!("{}7 ", " ".repeat(bytes));
            let body = if length_stated {
                json.into()
            } else {
                axum::body::Body::from_stream(futures::stream::iter([Ok::<_, std::io::Error>(json)]))
            };
            let answer = ask(&app, post("/json", "application/json", body)).await;
            assert_eq!(answer.status.as_u16(), status, "length stated: {length_stated}");
            if status == 413 {
                assert_eq!(answer.header("content-type"), "application/problem+json");
                assert!(answer.body.contains("at most 1000 bytes are taken here"), "{}", answer.body);
            }
        }
    }
}

#[tokio::test]
async fn one_request_too_many_is_turned_away_at_once() {
    let limits = Limits { answer: Duration::from_secs(3600), ..SMALL };
    for (app, media_type) in
        [(api(limits), "application/problem+json"), (pages(limits), "text/html; charset=utf-8")]
    {
        let mut first = Box::pin(ask(&app, get("/hangs")));
        assert!(futures::poll!(&mut first).is_pending());
        let second = ask(&app, get("/")).await;
        assert_eq!(second.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(second.header("content-type"), media_type);
        assert_eq!(second.header("retry-after"), "5");
        drop(first);
        assert_eq!(ask(&app, get("/")).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn metrics_know_the_route_but_no_path_and_no_method_of_the_clients_making() {
    let registry = Registry::new();
    let metrics = HttpMetrics::register(&registry).unwrap();
    let app = App::api("api", routes(), &metrics).into_router(Transport::default());
    ask(&app, get(&format!("/children/{SECRET}?q={SECRET}"))).await;
    ask(&app, get(&format!("/{SECRET}"))).await;
    ask(&app, Request::builder().method(SECRET).uri("/").body(axum::body::Body::empty()).unwrap()).await;
    let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert!(!text.contains(SECRET), "{text}");
    for line in [
        r#"encompass_http_requests_total{listener="api",method="GET",route="/children/{name}",status="200"} 1"#,
        r#"encompass_http_requests_total{listener="api",method="GET",route="unmatched",status="404"} 1"#,
        r#"encompass_http_requests_total{listener="api",method="other",route="/",status="405"} 1"#,
        r#"encompass_http_request_seconds_count{listener="api",method="GET",route="/children/{name}"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
}

#[tokio::test]
async fn a_police_systems_trace_goes_on_and_a_browsers_does_not() {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traced = || {
        let header = format!("00-{trace}-00f067aa0ba902b7-01");
        Request::get("/").header("traceparent", header).body(axum::body::Body::empty()).unwrap()
    };
    assert_eq!(ask(&api(SMALL), traced()).await.header("x-request-id"), trace);
    assert_ne!(ask(&pages(SMALL), traced()).await.header("x-request-id"), trace);
}
