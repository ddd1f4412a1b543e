//! The link of a mail: fetched by scanners, expired, closed, unknown.

use encompass_core::state::DeliveryKind;
use jiff::SignedDuration;

use crate::made_up::{due, personal};
use crate::place::{Place, on_both};

#[tokio::test]
async fn fetching_a_link_changes_nothing_and_says_nothing_about_a_child() {
    let place = Place::open().await;
    let link = place.link(place.lead).await;
    let mut watch = place.watch().await;
    let before = watch.version().await;
    let mut browser = place.browser();
    browser.get(&link).await;
    assert_eq!(browser.status, 200);
    for said in
        ["Northshire Police", "2 notifications wait for you", "08:40 on Tuesday 3 March", "01632 960111"]
    {
        assert!(browser.body.contains(said), "{said}");
    }
    for text in personal() {
        assert!(!browser.body.contains(&text), "the page before the code has personal data");
    }
    assert_eq!(browser.headers["referrer-policy"], "no-referrer");
    assert_eq!(browser.headers["cache-control"], "no-store");
    assert!(browser.cookies.is_empty(), "a fetch leaves no cookie");
    browser.head(&link).await;
    assert_eq!(browser.status, 200);
    assert_eq!(watch.version().await, before);
    assert!(place.claim(DeliveryKind::Code).await.is_empty());
}

#[tokio::test]
async fn every_page_that_can_be_fetched_without_signing_in_changes_nothing() {
    let place = Place::open().await;
    let link = place.link(place.lead).await;
    let mut watch = place.watch().await;
    let before = watch.version().await;
    for path in [&link, "/", "/sign-in", "/code", "/reader", "/notices", "/verify/x", "/n/x"] {
        let mut browser = place.browser();
        browser.get(path).await;
        browser.head(path).await;
        assert_eq!(watch.version().await, before, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_an_expired_and_a_closed_link_lead_to_signing_in_and_look_the_same() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut unknown = place.browser();
        unknown.get("/n/AAAAAAAAAAAAAAAAAAAAAA").await;
        place.domain.step(due() + SignedDuration::from_hours(8 * 24));
        let mut expired = place.browser();
        expired.get(&link).await;
        for browser in [&unknown, &expired] {
            assert_eq!(browser.status, 410);
            assert!(
                browser.body.contains("This link no longer opens")
                    && browser.body.contains("action=\"/sign-in\"")
            );
        }
        let without_token = |browser: &crate::browser::Browser| {
            let token = browser.hidden("/sign-in").remove(0).1;
            browser.body.replace(&token, "")
        };
        assert_eq!(without_token(&unknown), without_token(&expired));
    })
    .await;
}

#[tokio::test]
async fn a_link_finds_its_reader_signed_in_while_the_session_lasts() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut browser = place.signed_in_by(&link).await;
        assert!(browser.get(&link).await.contains("Go on to your notifications"));
        let mut other = place.browser();
        assert!(!other.get(&link).await.contains("Go on to your notifications"));
    })
    .await;
}
