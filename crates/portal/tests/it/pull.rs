//! A setting's own system fetches with its key.

use axum::body::Body;
use axum::http::Request;
use encompass_core::disclosure::Profiles;
use encompass_core::state::{Channel, DeliveryKind, NotificationState};
use encompass_portal::Config;
use encompass_store::Actor;
use encompass_store::api_key::Owner;
use encompass_store::directory::Setting;
use serde_json::{Value, json};

use crate::browser::ask;
use crate::made_up::{NORTH, WILFRED, decide, publish, siblings, verified};
use crate::place::{Place, on_both};

struct System {
    place: Place,
    notice: String,
    key: String,
}

async fn system() -> System {
    under(Profiles::default()).await
}

async fn under(profiles: Profiles) -> System {
    let place = Place::empty([(NORTH.to_owned(), profiles)].into(), Config::default()).await;
    publish(&place.store, &siblings(), 1, encompass_store::incident::VersionKind::Reported).await;
    let hook = "https://safeguarding.example/hook";
    let hook = verified(&place.store, &place.school, Channel::Webhook, hook, &[NORTH]).await;
    decide(&place.store, &[WILFRED], &place.school, &[(hook, Channel::Webhook)]).await;
    let notice = place.claim(DeliveryKind::Notice).await.pop().unwrap().message_id;
    let key = key(&place, &place.school).await;
    System { place, notice, key }
}

async fn key(place: &Place, setting: &Setting) -> String {
    let by = Actor::Command("tester".into());
    let owner = Owner::Setting(setting.id);
    place
        .store
        .create_api_key(&owner, "safeguarding system", None, &by, place.machine.now())
        .await
        .unwrap()
        .to_string()
}

impl System {
    async fn ask(&self, key: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {key}"));
        let request = request.header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let (head, body) = ask(&self.place.api, request.body(body).unwrap()).await;
        (head.status.as_u16(), serde_json::from_str(&body).unwrap())
    }

    async fn fetch(&self, key: &str) -> (u16, Value) {
        self.ask(key, "GET", &format!("/v1/notices/{}", self.notice), None).await
    }
}

#[tokio::test]
async fn a_system_fetches_what_the_profile_shows_and_a_named_person_acknowledges() {
    let system = system().await;
    let id = system.place.notification(WILFRED, &system.place.school);
    let path = format!("/v1/notices/{}/acknowledgements", system.notice);
    let said = json!({ "notification_id": id, "name": "Isolde Marwick", "role": "Deputy lead" });
    let (status, _) = system.ask(&system.key, "POST", &path, Some(said.clone())).await;
    assert_eq!(status, 409, "what was not fetched can't be acknowledged");
    let (status, body) = system.fetch(&system.key).await;
    assert_eq!(status, 200);
    let one = &body["notifications"][0];
    assert_eq!(
        (one["notification_id"].as_str(), one["state"].as_str()),
        (Some(id.to_string().as_str()), Some("opened"))
    );
    let text = body.to_string();
    assert!(
        text.contains("Wilfred Tamsworth")
            && text.contains("01632 960111")
            && text.contains("HC-20260122-0417")
    );
    assert!(!text.contains("Posy") && !text.contains("Larkspur") && !text.contains("Denholm"));
    assert_eq!(system.place.standing(id).await.state, NotificationState::Opened);
    let nameless = json!({ "notification_id": id, "name": " ", "role": "Deputy lead" });
    let (status, problem) = system.ask(&system.key, "POST", &path, Some(nameless)).await;
    assert_eq!((status, problem["errors"][0]["pointer"].as_str()), (422, Some("/name")));
    let (status, body) = system.ask(&system.key, "POST", &path, Some(said.clone())).await;
    assert_eq!((status, body["state"].as_str()), (200, Some("acknowledged")));
    let (again, repeated) = system.ask(&system.key, "POST", &path, Some(said)).await;
    assert_eq!((again, &repeated), (200, &body), "safe to repeat");
    assert_eq!(system.place.counted("encompass_portal_notices_total", &["acknowledged"]), 1);
}

#[tokio::test]
async fn another_settings_key_no_key_and_a_forces_key_fetch_nothing() {
    let system = system().await;
    let other = key(&system.place, &system.place.nursery).await;
    let by = Actor::Command("tester".into());
    let force = Owner::Force(NORTH.into());
    let force = system
        .place
        .store
        .create_api_key(&force, "rms", None, &by, system.place.machine.now())
        .await
        .unwrap();
    for (key, status) in [(other.as_str(), 404), ("", 401), ("made-up", 401), (force.as_str(), 403)] {
        let (got, body) = system.fetch(key).await;
        assert_eq!(got, status);
        assert!(!body.to_string().contains("Wilfred"));
    }
    let id = system.place.notification(WILFRED, &system.place.school);
    assert_eq!(system.place.standing(id).await.state, NotificationState::Waiting);
}

#[tokio::test]
async fn a_notice_that_went_by_mail_is_not_fetched_by_a_system() {
    on_both(async |place: Place| {
        let notices = place.claim(DeliveryKind::Notice).await;
        let notice =
            notices.into_iter().find(|notice| notice.contact == Some(place.lead)).unwrap().message_id;
        let key = key(&place, &place.school).await;
        let system = System { place, notice, key };
        assert_eq!(system.fetch(&system.key).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn a_system_fetches_only_where_the_forces_profile_for_its_kind_of_setting_allows_it() {
    const SHOWN: &str = r#"
        fields = ["police_reference", "child_name", "handling", "desk_telephone"]
        free_text = false
        handling = "For the lead."
    "#;
    for (default, of_schools, status) in
        [("pull = true", None, 200), ("", None, 403), ("pull = true", Some("pull = false"), 403)]
    {
        let of_schools =
            of_schools.map(|pull| format!("[kinds.school]\n{SHOWN}\n{pull}")).unwrap_or_default();
        let text = format!("version = \"north-1\"\n[default]\n{SHOWN}\n{default}\n{of_schools}");
        let system = under(Profiles::parse(&text).unwrap()).await;
        let (got, body) = system.fetch(&system.key).await;
        assert_eq!(got, status, "{text}");
        assert_eq!(body.to_string().contains("Wilfred"), status == 200);
        let id = system.place.notification(WILFRED, &system.place.school);
        assert_eq!(system.place.standing(id).await.told_at.is_some(), status == 200);
    }
}

#[tokio::test]
async fn a_mailbox_of_the_setting_reads_what_its_system_was_told() {
    let system = system().await;
    let mut browser = system.place.browser();
    browser.get("/sign-in").await;
    browser.submit("/sign-in", &[("address", crate::place::LEAD)]).await;
    let code = system.place.code().await;
    browser.submit("/code", &[("code", &code)]).await;
    browser.submit("/reader", &[("name", "Isolde Marwick"), ("role", "Deputy lead")]).await;
    assert!(browser.body.contains("Wilfred Tamsworth"));
}
