//! Events by HTTP, each answered by itself.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use encompass_intake::Publisher;
use encompass_store::api_key::Owner;
use encompass_store::{Actor, Store};
use encompass_testkit::exchange::{Exchange, Texts};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::made_up::{FORCE, brokerless, desk, event, now, on_both, personal, reported};

static PERSONAL: LazyLock<Texts> = LazyLock::new(|| Texts::of(personal()));

async fn key(store: &Store) -> String {
    let by = Actor::Command("tester".into());
    let owner = Owner::Force(FORCE.into());
    store.create_api_key(&owner, "rms", None, &by, now()).await.unwrap().to_string()
}

async fn ask(routes: &Router, key: &str, method: &str, path: &str, body: String) -> (StatusCode, Value) {
    let request =
        Request::builder().method(method).uri(path).header("content-type", "application/cloudevents+json");
    let request = request.header("authorization", format!("Bearer {key}")).body(Body::from(body)).unwrap();
    let exchange = Exchange::of(&request);
    let (head, body) = routes.clone().oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let text = String::from_utf8_lossy(&body);
    // Whatever is asked, what others keep of it names nobody.
    exchange.answered(&head.headers, &text).search(|text| PERSONAL.stand_in(text)).unwrap();
    (head.status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

async fn post(routes: &Router, key: &str, event: &Value) -> (StatusCode, Value) {
    ask(routes, key, "POST", "/v1/incidents", event.to_string()).await
}

#[tokio::test]
async fn one_event_is_answered_with_its_incident_and_may_safely_be_sent_again() {
    on_both(async |store: Store| {
        let (routes, key) = (encompass_intake::routes(brokerless(&store)), key(&store).await);
        let mut marked = reported("H/1", 1);
        marked["data"]["known_at"] = json!("yesterday");
        let (status, first) = post(&routes, &key, &marked).await;
        assert_eq!((status, first["outcome"].as_str()), (StatusCode::OK, Some("accepted")));
        assert_eq!(first["incident"], json!(store.find_case(&desk(), FORCE, "H/1").await.unwrap().id));
        assert_eq!(first["marks"][0]["pointer"], "/known_at");
        let (status, again) = post(&routes, &key, &marked).await;
        assert_eq!((status, again["outcome"].as_str()), (StatusCode::OK, Some("repeated")));
        assert_eq!(again["incident"], first["incident"]);
    })
    .await;
}

#[tokio::test]
async fn each_item_of_an_array_is_answered_by_itself() {
    on_both(async |store: Store| {
        let (routes, key) = (encompass_intake::routes(brokerless(&store)), key(&store).await);
        let mut foreign = reported("H/2", 1);
        foreign["data"]["force"] = json!("elsewhere");
        let mut conflict = reported("H/3", 1);
        conflict["data"]["kind"] = json!("assault");
        let lacking = event("encompass.incident.reported.v1", json!({ "force": FORCE }));
        let events = json!([reported("H/3", 1), foreign, conflict, lacking, { "a": 1 }, reported("H/4", 1)]);
        let (status, answers) = post(&routes, &key, &events).await;
        assert_eq!(status, StatusCode::OK);
        let said: Vec<(u64, String)> = answers
            .as_array()
            .unwrap()
            .iter()
            .map(|answer| {
                let word = answer["outcome"].as_str().or(answer["type"].as_str()).unwrap();
                (answer["status"].as_u64().unwrap(), word.rsplit(':').next().unwrap().to_owned())
            })
            .collect();
        let expected = [
            (200, "accepted"),
            (403, "wrong-force"),
            (409, "version-conflict"),
            (422, "missing-required"),
            (400, "not-cloudevents"),
            (200, "accepted"),
        ];
        assert_eq!(said, expected.map(|(status, word)| (status, word.to_owned())));
        assert_eq!(answers[3]["errors"][0]["pointer"], "/reference");
        assert!(!answers.to_string().contains("Quennell"));
    })
    .await;
}

#[tokio::test]
async fn only_a_forces_good_key_is_let_in_and_never_too_often() {
    on_both(async |store: Store| {
        let key = key(&store).await;
        let routes = encompass_intake::routes(brokerless(&store));
        let event = reported("H/5", 1);
        assert_eq!(post(&routes, "not-a-key", &event).await.0, StatusCode::UNAUTHORIZED);
        let by = Actor::Command("tester".into());
        let setting = Owner::Setting(store.identity().setting("urn", "1"));
        let of_setting = store.create_api_key(&setting, "school", None, &by, now()).await.unwrap();
        assert_eq!(post(&routes, &of_setting, &event).await.0, StatusCode::FORBIDDEN);
        let slow = encompass_intake::Config { http_events_at_once: 1, ..Default::default() };
        let limited = encompass_intake::routes(crate::made_up::intake(&store, slow));
        assert_eq!(post(&limited, &key, &event).await.0, StatusCode::OK);
        assert_eq!(post(&limited, &key, &event).await.0, StatusCode::TOO_MANY_REQUESTS);
        let reads = ask(&limited, &key, "GET", "/v1/events", String::new());
        assert_eq!(reads.await.0, StatusCode::TOO_MANY_REQUESTS);
        store.revoke_api_key(&Owner::Force(FORCE.into()), "rms", &by, now()).await.unwrap();
        assert_eq!(post(&routes, &key, &event).await.0, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn no_route_answers_a_wrong_key_or_tells_another_force_anything() {
    on_both(async |store: Store| {
        let (routes, own) = (encompass_intake::routes(brokerless(&store)), key(&store).await);
        let event = reported("H-11", 1);
        assert_eq!(post(&routes, &own, &event).await.0, StatusCode::OK);
        Publisher::new(brokerless(&store)).step().await.unwrap();
        let by = Actor::Command("tester".into());
        let of = async |owner: Owner| {
            store.create_api_key(&owner, "system", None, &by, now()).await.unwrap().to_string()
        };
        let setting = of(Owner::Setting(store.identity().setting("urn", "1"))).await;
        let foreign = of(Owner::Force("elsewhere".into())).await;
        let incident = json!(store.find_case(&desk(), FORCE, "H-11").await.unwrap().id);
        for (key, refused) in [
            ("", Some(401)),
            ("not-a-key", Some(401)),
            (setting.as_str(), Some(403)),
            (foreign.as_str(), None),
        ] {
            for route in encompass_intake::TABLE {
                let path = route.path.replace("{reference}", "H-11");
                let mut answered = 0;
                for method in ["GET", "POST"] {
                    let (status, body) = ask(&routes, key, method, &path, event.to_string()).await;
                    if status == StatusCode::METHOD_NOT_ALLOWED {
                        continue;
                    }
                    answered += 1;
                    let said = format!("{method} {path} as {key}: {status} {body}");
                    assert!(refused.is_none_or(|refused| status.as_u16() == refused), "{said}");
                    let id = incident.as_str().unwrap();
                    assert!(
                        !body.to_string().contains(id) && !body.to_string().contains("Quennell"),
                        "{said}"
                    );
                    assert!(body["outcome"] != "accepted" && body["outcome"] != "repeated", "{said}");
                }
                assert_eq!(answered, 1, "{path} is asked in one way");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_force_without_a_broker_reads_its_own_events_in_order_page_by_page() {
    on_both(async |store: Store| {
        let intake = brokerless(&store);
        let (routes, key) = (encompass_intake::routes(intake.clone()), key(&store).await);
        post(&routes, &key, &reported("H/6", 1)).await;
        post(&routes, &key, &reported("H/7", 1)).await;
        Publisher::new(intake).step().await.unwrap();
        let (mut after, mut sequences) = (0, Vec::new());
        loop {
            let path = format!("/v1/events?after={after}&limit=1");
            let (status, page) = ask(&routes, &key, "GET", &path, String::new()).await;
            assert_eq!(status, StatusCode::OK);
            let events = page["events"].as_array().unwrap();
            let Some(event) = events.first() else { break };
            sequences.push(event["data"]["sequence"].as_u64().unwrap());
            after = page["next"].as_i64().unwrap();
        }
        assert_eq!(sequences, [1, 2, 1, 2]);
        for query in ["after=x", "after=-1", "limit=0", "limit=1001", "wait=31", "wait=-1", "since=1"] {
            let (status, problem) =
                ask(&routes, &key, "GET", &format!("/v1/events?{query}"), String::new()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
            assert_eq!(problem["type"], "urn:encompass:problem:query", "{query}");
            assert!(problem["detail"].as_str().unwrap().contains("wait (0 to 30 seconds)"), "{query}");
        }
        assert_eq!(
            ask(&routes, "none", "GET", "/v1/events", String::new()).await.0,
            StatusCode::UNAUTHORIZED
        );
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_waits_is_answered_as_soon_as_an_event_is_published() {
    on_both(async |store: Store| {
        let intake = brokerless(&store);
        let (routes, key) = (encompass_intake::routes(intake.clone()), key(&store).await);
        let begun = std::time::Instant::now();
        let waits = ask(&routes, &key, "GET", "/v1/events?wait=30", String::new());
        let publishes = async {
            post(&routes, &key, &reported("H/8", 1)).await;
            Publisher::new(intake).step().await.unwrap();
        };
        let ((status, page), ()) = tokio::join!(waits, publishes);
        assert_eq!((status, page["events"].as_array().unwrap().len()), (StatusCode::OK, 2));
        assert!(begun.elapsed() < std::time::Duration::from_secs(20));
        let next = page["next"].as_i64().unwrap();
        let path = format!("/v1/events?wait=1&after={next}");
        let (status, page) = ask(&routes, &key, "GET", &path, String::new()).await;
        assert_eq!((status, page), (StatusCode::OK, json!({ "events": [], "next": next })));
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_waits_does_not_hold_up_the_end() {
    on_both(async |store: Store| {
        let intake = brokerless(&store);
        let (routes, key) = (encompass_intake::routes(intake.clone()), key(&store).await);
        let shutdown = CancellationToken::new();
        let waits = ask(&routes, &key, "GET", "/v1/events?wait=30", String::new());
        let ends = async {
            let runs = encompass_intake::run(intake, shutdown.clone());
            shutdown.cancel();
            runs.await.unwrap();
        };
        let begun = std::time::Instant::now();
        let ((status, _), ()) = tokio::join!(waits, ends);
        assert_eq!(status, StatusCode::OK);
        assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    })
    .await;
}

#[tokio::test]
async fn a_force_asks_where_its_own_incident_stands_and_learns_nothing_personal() {
    on_both(async |store: Store| {
        let (routes, key) = (encompass_intake::routes(brokerless(&store)), key(&store).await);
        let (_, accepted) = post(&routes, &key, &reported("H/9 a", 3)).await;
        let (status, incident) = ask(&routes, &key, "GET", "/v1/incidents/H%2F9%20a", String::new()).await;
        assert_eq!((status, &incident["incident"]), (StatusCode::OK, &accepted["incident"]));
        assert_eq!((incident["version"].as_i64(), incident["withdrawn"].as_bool()), (Some(3), Some(false)));
        let child = &incident["children"][0];
        assert_eq!((child["state"].as_str(), child["reason"].as_str()), (Some("held"), Some("unresolved")));
        assert_eq!(child["notifications"], json!([]));
        assert!(!incident.to_string().contains("Quennell") && !incident.to_string().contains("2012"));
        for (path, as_whom, status) in [
            ("/v1/incidents/H%2F10", key.as_str(), StatusCode::NOT_FOUND),
            ("/v1/incidents/H%2F9%20a", "another", StatusCode::UNAUTHORIZED),
        ] {
            assert_eq!(ask(&routes, as_whom, "GET", path, String::new()).await.0, status, "{path}");
        }
        let by = Actor::Command("tester".into());
        let elsewhere = Owner::Force("elsewhere".into());
        let foreign = store.create_api_key(&elsewhere, "rms", None, &by, now()).await.unwrap();
        let answer = ask(&routes, &foreign, "GET", "/v1/incidents/H%2F9%20a", String::new()).await;
        assert_eq!(answer.0, StatusCode::NOT_FOUND);
    })
    .await;
}
