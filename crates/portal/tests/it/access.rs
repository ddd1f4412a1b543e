//! Every route of the tables, as every wrong person, setting and force.

use axum::body::Body;
use axum::http::Request;
use encompass_core::id::NotificationId;
use encompass_core::state::{Channel, DeliveryKind, NotificationState};
use encompass_portal::{API, PAGES, Route};
use encompass_store::Actor;
use encompass_store::api_key::Owner;
use encompass_web::form::csrf;
use encompass_web::session::Token;
use serde_json::json;

use crate::browser::ask;
use crate::made_up::{NORTH, WILFRED, decide, personal, verified};
use crate::place::{NURSERY, Place, on_both};

/// A token that nobody was given.
const UNKNOWN: &str = "AAAAAAAAAAAAAAAAAAAAAA";

fn filled(route: &Route, id: impl std::fmt::Display) -> String {
    route.path.replace("{id}", &id.to_string()).replace("{token}", UNKNOWN)
}

fn with_id() -> impl Iterator<Item = &'static Route> {
    PAGES.iter().filter(|route| route.path.contains("{id}"))
}

async fn is_untouched(place: &Place, id: NotificationId) -> bool {
    let standing = place.standing(id).await;
    standing.state == NotificationState::Waiting && standing.told_at.is_none()
}

#[tokio::test]
async fn nobody_sees_anything_of_a_child_on_any_page_without_a_session() {
    on_both(async |place: Place| {
        let id = place.notification(WILFRED, &place.school);
        for route in PAGES {
            for cookie in [None, Some(UNKNOWN)] {
                let mut browser = place.browser();
                for name in ["portal", "portal_code"] {
                    browser.cookies.extend(cookie.map(|cookie| (name.to_owned(), cookie.to_owned())));
                }
                let path = filled(route, id);
                browser.get(&path).await;
                let was_shown = browser.status == 200 && browser.path == path;
                let is_open = ["/sign-in", "/code"].contains(&path.as_str());
                assert!(!was_shown || is_open, "{path}: {}", browser.body);
                browser.post(&path, &[(format!("with_you_{id}"), "yes".to_owned())]).await;
                assert!([200, 303, 403, 405, 410].contains(&browser.status), "{path}: {}", browser.status);
                let said = personal();
                assert!(
                    browser.seen.iter().all(|page| said.iter().all(|text| !page.contains(text))),
                    "{path}"
                );
            }
        }
        assert!(is_untouched(&place, id).await);
    })
    .await;
}

#[tokio::test]
async fn another_settings_reader_finds_nothing_by_any_page_with_an_id() {
    on_both(async |place: Place| {
        let id = place.notification(WILFRED, &place.school);
        let nursery = place.store.contacts_by_address(NURSERY).await.unwrap()[0].id;
        let mut browser = place.reading(nursery).await;
        let token: Token = browser.cookies["portal"].parse().unwrap();
        for route in with_id() {
            let path = filled(route, id);
            browser.get(&path).await;
            let shown = browser.status;
            let mut sent = Vec::new();
            // A form that is made well: the token of whatever the page's form is for, in this very session.
            for purpose in ["answer", "acknowledge"] {
                let token = csrf::token(token.secret(), &format!("{purpose} {id}"));
                let fields = [(csrf::FIELD.to_owned(), token), (format!("with_you_{id}"), "no".to_owned())];
                browser.post(&path, &fields).await;
                sent.push(browser.status);
            }
            let all: Vec<u16> = sent.iter().copied().chain([shown]).collect();
            assert!(all.iter().all(|status| [403, 404, 405].contains(status)), "{path}: {all:?}");
            assert!(all.contains(&404), "{path}: {all:?}");
        }
        assert!(browser.seen.iter().all(|page| !page.contains("Wilfred")));
        assert!(is_untouched(&place, id).await);
    })
    .await;
}

#[tokio::test]
async fn a_system_fetches_nothing_by_any_route_with_a_wrong_key() {
    on_both(async |place: Place| {
        let hook = "https://safeguarding.example/hook";
        let hook = verified(&place.store, &place.school, Channel::Webhook, hook, &[NORTH]).await;
        decide(&place.store, &[WILFRED], &place.school, &[(hook, Channel::Webhook)]).await;
        let notices = place.claim(DeliveryKind::Notice).await;
        let notice = notices.into_iter().find(|notice| notice.contact == Some(hook)).unwrap();
        let id = place.notification(WILFRED, &place.school);
        let key = async |owner: Owner| {
            let by = Actor::Command("tester".into());
            let now = place.machine.now();
            place.store.create_api_key(&owner, "a system", None, &by, now).await.unwrap().to_string()
        };
        let said =
            json!({ "notification_id": id, "name": "Isolde Marwick", "role": "Deputy lead" }).to_string();
        for (key, refused) in [
            (String::new(), 401),
            (UNKNOWN.to_owned(), 401),
            (key(Owner::Setting(place.nursery.id)).await, 404),
            (key(Owner::Force(NORTH.into())).await, 403),
        ] {
            for route in API {
                let mut statuses = Vec::new();
                for method in ["GET", "POST"] {
                    let request = Request::builder().method(method).uri(filled(route, &notice.message_id));
                    let request = request.header("authorization", format!("Bearer {key}"));
                    let request = request.header("content-type", "application/json");
                    let request = request.body(Body::from(said.clone())).unwrap();
                    let (head, body) = ask(&place.api, request).await;
                    statuses.push(head.status.as_u16());
                    assert!(!body.contains("Wilfred"), "{}", route.path);
                }
                statuses.sort_unstable();
                assert_eq!(statuses, [refused, 405], "{}", route.path);
            }
        }
        assert!(is_untouched(&place, id).await);
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "something personal stands in the target")]
async fn whatever_is_asked_for_is_searched_for_names() {
    Place::open().await.browser().get("/sign-in?for=Tamsworth").await;
}
