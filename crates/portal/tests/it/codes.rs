//! Codes and sessions: tries, time, browsers, addresses.

use encompass_core::state::{Channel, DeliveryKind};
use encompass_portal::Config;
use jiff::SignedDuration;

use crate::made_up::{NORTH, contact};
use crate::place::{LEAD, Place, on_both};

const NOT_RIGHT: &str = "The code is not right, or its ten minutes or five tries are over";

fn wrong(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

#[tokio::test]
async fn a_code_is_queued_ahead_of_all_other_mail_and_opens_in_its_browser() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut browser = place.asking(&link).await;
        assert_eq!((browser.status, browser.path.as_str()), (200, "/code"));
        let claimed = place.claim(DeliveryKind::Code).await;
        assert_eq!(claimed.len(), 1);
        let code = claimed[0].body.as_ref().unwrap().code.clone().unwrap();
        browser.submit("/code", &[("code", &code)]).await;
        assert_eq!(browser.path, "/reader");
        assert!(!browser.cookies.contains_key("portal_code"), "the code's cookie has served");
        assert_eq!(place.counted("encompass_portal_codes_total", &["right"]), 1);
    })
    .await;
}

#[tokio::test]
async fn a_further_code_names_the_same_desk_as_the_first() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut browser = place.asking(&link).await;
        browser.submit("/code/again", &[]).await;
        let codes = place.claim(DeliveryKind::Code).await;
        assert_eq!(codes.iter().map(|code| code.force.as_str()).collect::<Vec<_>>(), [NORTH, NORTH]);
    })
    .await;
}

#[tokio::test]
async fn five_wrong_tries_end_a_code() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut browser = place.asking(&link).await;
        let code = place.code().await;
        for _ in 0..5 {
            browser.submit("/code", &[("code", &wrong(&code))]).await;
            assert_eq!(browser.status, 422);
            assert!(browser.body.contains(NOT_RIGHT));
        }
        assert!(browser.submit("/code", &[("code", &code)]).await.contains(NOT_RIGHT));
        assert_eq!(place.counted("encompass_portal_codes_total", &["wrong"]), 6);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes_and_once() {
    for (minutes, good) in [(9, true), (10, false)] {
        let place = Place::open().await;
        let link = place.link(place.lead).await;
        let mut browser = place.asking(&link).await;
        let code = place.code().await;
        let (cookies, page) = (browser.cookies.clone(), browser.body.clone());
        place.machine.step(place.machine.now() + SignedDuration::from_mins(minutes));
        browser.submit("/code", &[("code", &code)]).await;
        assert_eq!(browser.path == "/reader", good, "after {minutes} minutes");
        (browser.cookies, browser.body, browser.path) = (cookies, page, "/code".into());
        assert!(browser.submit("/code", &[("code", &code)]).await.contains(NOT_RIGHT), "twice");
    }
}

#[tokio::test]
async fn another_browser_can_not_use_a_code() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        place.asking(&link).await;
        let code = place.code().await;
        let mut second = place.asking(&link).await;
        let other = place.code().await;
        if code != other {
            assert!(second.submit("/code", &[("code", &code)]).await.contains(NOT_RIGHT));
        }
        second.submit("/code", &[("code", &other)]).await;
        assert_eq!(second.path, "/reader");
        let mut third = place.browser();
        third.get("/code").await;
        assert_eq!(third.path, "/sign-in", "a browser that asked for nothing has nothing to enter");
    })
    .await;
}

#[tokio::test]
async fn a_new_code_replaces_the_one_before_it() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut browser = place.asking(&link).await;
        let old = place.code().await;
        let before = browser.cookies.clone();
        browser.submit("/code/again", &[]).await;
        let new = place.code().await;
        let (after, page) = (browser.cookies.clone(), browser.body.clone());
        assert_ne!(before, after);
        browser.cookies = before;
        browser.get("/code").await;
        assert!(browser.submit("/code", &[("code", &old)]).await.contains(NOT_RIGHT));
        (browser.cookies, browser.body, browser.path) = (after, page, "/code".into());
        browser.submit("/code", &[("code", &new)]).await;
        assert_eq!(browser.path, "/reader");
    })
    .await;
}

#[tokio::test]
async fn codes_are_limited_for_a_contact_but_an_address_does_not_use_up_those_of_a_link() {
    let config = Config { codes_per_contact: 2, ..Config::default() };
    let place = Place::with(Default::default(), config).await;
    let link = place.link(place.lead).await;
    for _ in 0..3 {
        let mut stranger = place.browser();
        stranger.get("/sign-in").await;
        stranger.submit("/sign-in", &[("address", LEAD)]).await;
        assert_eq!(stranger.path, "/code", "told the same whether one was sent or not");
    }
    assert_eq!(place.claim(DeliveryKind::Code).await.len(), 2);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let browser = place.asking(&link).await;
        statuses.push(browser.status);
    }
    assert_eq!(statuses, [200, 200, 429]);
    place.machine.step(place.machine.now() + SignedDuration::from_mins(61));
    let browser = place.asking(&link).await;
    assert_eq!(browser.path, "/code");
}

#[tokio::test]
async fn one_source_can_not_try_without_end() {
    let config = Config { tries_per_source: 3, ..Config::default() };
    let place = Place::with(Default::default(), config).await;
    let mut browser = place.browser();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        browser.get("/sign-in").await;
        browser.submit("/sign-in", &[("address", "x@y.example")]).await;
        statuses.push(browser.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
}

#[tokio::test]
async fn an_address_gets_the_same_answer_whether_it_is_known_or_not() {
    on_both(async |place: Place| {
        contact(&place.store, &place.school, Channel::Email, "new@millbrook.example", &[NORTH]).await;
        place.link(place.lead).await;
        let mut answers = Vec::new();
        for address in [LEAD, "LEAD@Millbrook.example ", "nobody@millbrook.example", "new@millbrook.example"]
        {
            let mut browser = place.browser();
            browser.get("/sign-in").await;
            browser.submit("/sign-in", &[("address", address)]).await;
            let cookies: Vec<String> = browser.cookies.keys().cloned().collect();
            let tokens = browser.hidden("/code").into_iter().chain(browser.hidden("/code/again"));
            let page = tokens.fold(browser.body.clone(), |page, (_, token)| page.replace(&token, ""));
            for _ in 0..6 {
                browser.submit("/code", &[("code", "000000")]).await;
            }
            let token = browser.hidden("/code").remove(0).1;
            let again = browser.hidden("/code/again").remove(0).1;
            answers.push((
                cookies,
                page,
                browser.status,
                browser.body.replace(&token, "").replace(&again, ""),
            ));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(
            place.claim(DeliveryKind::Code).await.len(),
            2,
            "only the verified contact was written to"
        );
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_use_and_after_two_hours_at_most() {
    let place = Place::open().await;
    let mut browser = place.reading(place.lead).await;
    for _ in 0..4 {
        place.machine.step(place.machine.now() + SignedDuration::from_mins(29));
        browser.get("/notices").await;
        assert_eq!(browser.path, "/notices");
    }
    place.machine.step(place.machine.now() + SignedDuration::from_mins(5));
    browser.get("/notices").await;
    assert_eq!(browser.path, "/sign-in", "two hours are over");
    let place = Place::open().await;
    let mut browser = place.reading(place.lead).await;
    place.machine.step(place.machine.now() + SignedDuration::from_mins(30));
    browser.get("/notices").await;
    assert_eq!(browser.path, "/sign-in", "half an hour without use");
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    on_both(async |place: Place| {
        let mut browser = place.reading(place.lead).await;
        let cookies = browser.cookies.clone();
        browser.submit("/sign-out", &[]).await;
        assert_eq!(browser.path, "/sign-in");
        browser.cookies = cookies;
        browser.get("/notices").await;
        assert_eq!(browser.path, "/sign-in");
    })
    .await;
}
