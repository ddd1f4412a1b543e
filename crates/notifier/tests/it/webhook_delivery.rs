//! What becomes of a webhook, by what the endpoint does.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encompass_notifier::channel::webhook::{Call, Config, Hooks, Secret};
use encompass_notifier::channel::{Class, Code, Error, Outcome};
use encompass_notifier::message::waiting;
use jiff::Timestamp;

use crate::authority::Authority;
use crate::webhook_server::{Act, Endpoint};

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const AMPLE: Duration = Duration::from_secs(30);
/// For tests that wait for its end; a quarter of it must still be ample for a handshake on a busy machine.
const SHORT: Duration = Duration::from_secs(4);

fn now() -> Timestamp {
    "2026-07-03T22:10:00.75Z".parse().unwrap()
}

fn config(authority: &Authority) -> Config {
    Config {
        extra_ca: Some(authority.file()),
        allow_private: vec!["127.0.0.0/8".parse().unwrap()],
        calls_per_host_max: 4,
        timeout: AMPLE,
        retry_after_max: Duration::from_secs(900),
    }
}

async fn call(hooks: &Hooks, url: &str) -> Outcome {
    let secrets = [Secret::parse(OLD).unwrap(), Secret::parse(NEW).unwrap()];
    let payload = waiting("0197d2a0", "2026-07-06T07:40:00Z".parse().unwrap(), 2, now());
    let call = Call { url, secrets: &secrets, id: "msg_0197d2a0", at: now(), payload: &payload };
    hooks.call(&call).await.unwrap()
}

/// HMAC-SHA256 (RFC 2104) by its definition, from a bare digest: independent of what signs.
fn hmac(secret: &str, message: &str) -> String {
    let mut key = STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    key.resize(64, 0);
    let hash = |pad: u8, message: &[u8]| {
        let mut padded: Vec<u8> = key.iter().map(|byte| byte ^ pad).collect();
        padded.extend_from_slice(message);
        ring::digest::digest(&ring::digest::SHA256, &padded)
    };
    STANDARD.encode(hash(0x5c, hash(0x36, message.as_bytes()).as_ref()))
}

#[tokio::test]
async fn a_call_is_signed_with_every_secret_and_says_only_that_something_waits() {
    let authority = Authority::new();
    let endpoint = Endpoint::start(authority.valid_for("localhost"), Act::Answer("204 No Content")).await;
    let hooks = Hooks::new(config(&authority)).unwrap();
    for _ in 0..3 {
        assert_eq!(call(&hooks, &endpoint.url()).await, Outcome::Accepted { code: Code::plain(204) });
    }
    let requests = endpoint.requests();
    let request = &requests[0];
    assert_eq!(request.line, "POST /hooks?key=k HTTP/1.1\r\n");
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-id"), "msg_0197d2a0");
    assert_eq!(request.header("webhook-timestamp"), "1783116600");
    let signed = format!("msg_0197d2a0.1783116600.{}", request.body);
    let expected = format!("v1,{} v1,{}", hmac(OLD, &signed), hmac(NEW, &signed));
    assert_eq!(request.header("webhook-signature"), expected);
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["type"], "encompass.notice.waiting.v1");
    assert_eq!(body["data"]["notice_id"], "0197d2a0");
    assert_eq!((requests.len(), endpoint.connections()), (3, 1), "the connection is used again");
}

#[tokio::test]
async fn an_answer_is_an_outcome() {
    let deferred = |class, status, wait: Option<u64>| Outcome::Deferred {
        class,
        code: Some(Code::plain(status)),
        retry_after: wait.map(Duration::from_secs),
    };
    let cases = [
        ("200 OK", Outcome::Accepted { code: Code::plain(200) }),
        ("410 Gone", Outcome::Rejected { class: Class::Gone, code: Some(Code::plain(410)) }),
        ("404 Not Found", Outcome::Rejected { class: Class::BadAddress, code: Some(Code::plain(404)) }),
        ("429 Too Many\r\nRetry-After: 30", deferred(Class::RateLimited, 429, Some(30))),
        ("429 Too Many\r\nRetry-After: 999999", deferred(Class::RateLimited, 429, Some(900))),
        ("503 Busy\r\nRetry-After: Fri, 03 Jul 2026 22:11:00 GMT", deferred(Class::Busy, 503, Some(60))),
        ("503 Busy", deferred(Class::Busy, 503, None)),
        ("500 Broken", deferred(Class::ServerError, 500, None)),
    ];
    let authority = Authority::new();
    let hooks = Hooks::new(config(&authority)).unwrap();
    let tls = authority.valid_for("localhost");
    for (answer, expected) in cases {
        let endpoint = Endpoint::start(tls.clone(), Act::Answer(answer)).await;
        let outcome = call(&hooks, &endpoint.url()).await;
        match (outcome, expected) {
            // The wait until a date has the fraction of the second in which the call was made.
            (
                Outcome::Deferred { retry_after: Some(wait), .. },
                Outcome::Deferred { retry_after: Some(most), .. },
            ) => {
                assert!(wait <= most && wait + Duration::from_secs(1) > most, "{answer}: {wait:?}");
            }
            _ => assert_eq!(outcome, expected, "{answer}"),
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let authority = Authority::new();
    let endpoint = Endpoint::start(
        authority.valid_for("localhost"),
        Act::Answer("307 Temporary Redirect\r\nLocation: /elsewhere"),
    )
    .await;
    let hooks = Hooks::new(config(&authority)).unwrap();
    let expected = Outcome::Rejected { class: Class::BadAddress, code: Some(Code::plain(307)) };
    assert_eq!(call(&hooks, &endpoint.url()).await, expected);
    assert_eq!(endpoint.requests().len(), 1);
}

#[tokio::test]
async fn an_acceptance_does_not_wait_for_an_endless_body() {
    let authority = Authority::new();
    let endpoint = Endpoint::start(authority.valid_for("localhost"), Act::Endless("200 OK")).await;
    let hooks = Hooks::new(config(&authority)).unwrap();
    assert_eq!(call(&hooks, &endpoint.url()).await, Outcome::Accepted { code: Code::plain(200) });
}

#[tokio::test]
async fn a_call_cut_off_after_it_went_out_is_unknown() {
    let authority = Authority::new();
    let tls = authority.valid_for("localhost");
    let endpoint = Endpoint::start(tls.clone(), Act::Close).await;
    let hooks = Hooks::new(config(&authority)).unwrap();
    assert_eq!(call(&hooks, &endpoint.url()).await, Outcome::Unknown);
    assert_eq!(endpoint.requests().len(), 1, "it is not repeated unasked");

    let endpoint = Endpoint::start(tls, Act::Stall).await;
    let hooks = Hooks::new(Config { timeout: SHORT, ..config(&authority) }).unwrap();
    assert_eq!(call(&hooks, &endpoint.url()).await, Outcome::Unknown);
}

#[tokio::test]
async fn a_call_that_never_went_out_is_deferred() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let hooks = Hooks::new(config(&authority)).unwrap();
    let deferred = |class| Outcome::Deferred { class, code: None, retry_after: None };
    let cases = [
        ("another host", authority.valid_for("elsewhere.example")),
        ("expired", authority.expired_for("localhost")),
        ("an unknown authority", stranger.valid_for("localhost")),
    ];
    for (what, tls) in cases {
        let endpoint = Endpoint::start(tls, Act::Answer("200 OK")).await;
        assert_eq!(call(&hooks, &endpoint.url()).await, deferred(Class::TlsRequired), "{what}");
        assert!(endpoint.requests().is_empty(), "{what}");
    }
    let endpoint = Endpoint::start(authority.valid_for("localhost"), Act::Answer("200 OK")).await;
    let url = endpoint.url();
    drop(endpoint);
    assert_eq!(call(&hooks, &url).await, deferred(Class::Network));
    assert_eq!(call(&hooks, "https://host.invalid/").await, deferred(Class::Network));

    // Takes the connection and never speaks TLS.
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hooks = Hooks::new(Config { timeout: Duration::from_millis(400), ..config(&authority) }).unwrap();
    let url = format!("https://localhost:{}/", mute.local_addr().unwrap().port());
    assert_eq!(call(&hooks, &url).await, deferred(Class::Timeout));
}

#[tokio::test]
async fn an_address_that_is_not_public_is_never_connected_to() {
    let authority = Authority::new();
    let endpoint = Endpoint::start(authority.valid_for("localhost"), Act::Answer("200 OK")).await;
    let hooks = Hooks::new(Config { allow_private: Vec::new(), ..config(&authority) }).unwrap();
    let port = endpoint.address.port();
    // By name, so that the resolver refuses it, and as a literal in every spelling.
    let hosts = [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "[::]",
        "[64:ff9b::7f00:1]",
    ];
    for host in hosts {
        let outcome = call(&hooks, &format!("https://{host}:{port}/")).await;
        assert_eq!(outcome, Outcome::Rejected { class: Class::BadAddress, code: None }, "{host}");
    }
    assert_eq!(endpoint.connections(), 0);
}

#[tokio::test]
async fn an_endpoint_that_is_not_plain_https_is_rejected() {
    let authority = Authority::new();
    let hooks = Hooks::new(config(&authority)).unwrap();
    for url in [
        "http://localhost:1/",
        "ftp://localhost/",
        "https://user:word@localhost:1/",
        "https://",
        "nothing",
        "",
    ] {
        let outcome = call(&hooks, url).await;
        assert_eq!(outcome, Outcome::Rejected { class: Class::BadAddress, code: None }, "{url}");
    }
}

#[tokio::test]
async fn no_more_calls_are_under_way_at_a_host_than_it_may_have() {
    let authority = Authority::new();
    let endpoint = Endpoint::start(authority.valid_for("localhost"), Act::Gate).await;
    let hooks = Hooks::new(Config { calls_per_host_max: 2, ..config(&authority) }).unwrap();
    let url = endpoint.url();
    let calls = futures::future::join_all((0..6).map(|_| call(&hooks, &url)));
    let check = async {
        while endpoint.busy() < 2 {
            tokio::task::yield_now().await;
        }
        endpoint.open_gate(6);
    };
    let (outcomes, ()) = tokio::join!(calls, check);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Accepted { .. })));
    assert_eq!(endpoint.busy_max(), 2);
}

#[tokio::test]
async fn a_call_that_gets_no_place_in_time_was_not_made() {
    let authority = Authority::new();
    let endpoint = Endpoint::start(authority.valid_for("localhost"), Act::Stall).await;
    let hooks = Hooks::new(Config { calls_per_host_max: 1, timeout: SHORT, ..config(&authority) }).unwrap();
    let url = endpoint.url();
    let (first, second) = tokio::join!(call(&hooks, &url), call(&hooks, &url));
    let busy = Outcome::Deferred { class: Class::Busy, code: None, retry_after: None };
    assert_eq!((first, second), (Outcome::Unknown, busy));
}

#[tokio::test]
async fn what_only_we_can_mend_is_an_error() {
    let authority = Authority::new();
    let hooks = Hooks::new(config(&authority)).unwrap();
    let secrets = [Secret::parse(OLD).unwrap()];
    let good = Call { url: "https://localhost:1/", secrets: &secrets, id: "msg_1", at: now(), payload: "{}" };
    assert!(matches!(hooks.call(&Call { secrets: &[], ..good }).await, Err(Error::Config(_))));
    for id in ["", "a b", "a\r\nb", "a.1", "ä"] {
        assert!(matches!(hooks.call(&Call { id, ..good }).await, Err(Error::Header("webhook-id"))), "{id:?}");
    }
    let refused = [
        Config { calls_per_host_max: 0, ..config(&authority) },
        Config { timeout: Duration::ZERO, ..config(&authority) },
        Config { extra_ca: Some("missing.pem".into()), ..config(&authority) },
    ];
    for case in refused {
        assert!(Hooks::new(case).is_err());
    }
}
