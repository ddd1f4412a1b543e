//! What a reader sees and answers, child by child.

use std::collections::BTreeMap;

use encompass_core::disclosure::Profiles;
use encompass_core::state::{NotificationEnd, NotificationState};
use encompass_portal::Config;
use encompass_store::audit_log::Verdict;
use encompass_store::portal::{Reader, shown_to_place};

use crate::made_up::{self, NORTH, POSY, WILFRED, personal};
use crate::place::{Place, on_both};

fn answer(id: impl std::fmt::Display) -> (String, String) {
    (format!("/notices/{id}/answer"), format!("with_you_{id}"))
}

#[tokio::test]
async fn nothing_personal_is_shown_before_the_reader_has_said_who_they_are() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut browser = place.asking(&link).await;
        let code = place.code().await;
        browser.submit("/code", &[("code", &code)]).await;
        browser.get("/notices").await;
        assert_eq!(browser.path, "/reader");
        browser.get(&format!("/notices/{}", place.notification(WILFRED, &place.school))).await;
        assert_eq!(browser.path, "/reader");
        browser.submit("/reader", &[("name", ""), ("role", "x")]).await;
        assert_eq!(browser.status, 422);
        assert!(browser.body.contains("Error: Who is reading?") && browser.body.contains("href=\"#name\""));
        for page in &browser.seen {
            assert!(
                personal().iter().all(|text| !page.contains(text)),
                "a page before the code has personal data"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_question_comes_with_name_and_birth_date_and_nothing_else() {
    on_both(async |place: Place| {
        let browser = place.reading(place.lead).await;
        assert_eq!(browser.path, "/notices");
        for said in [
            "Wilfred Tamsworth",
            "30 June 2014",
            "Posy Tamsworth",
            "Is this child with you?",
            "Northshire Police",
        ] {
            assert!(browser.body.contains(said), "{said}");
        }
        for unsaid in ["Bram", "Larkspur", "Denholm", "Oriel", "HC-20260122-0417", "mirror"] {
            assert!(!browser.body.contains(unsaid), "{unsaid}");
        }
        assert!(
            browser.body.contains("01632 960111")
                && browser.body.contains("safeguarding lead and deputies only")
        );
    })
    .await;
}

#[tokio::test]
async fn siblings_are_opened_and_acknowledged_each_by_itself() {
    on_both(async |place: Place| {
        let mut browser = place.reading(place.lead).await;
        let (wilfred, posy) =
            (place.notification(WILFRED, &place.school), place.notification(POSY, &place.school));
        let (to, field) = answer(wilfred);
        browser.submit(&to, &[(&field, "yes")]).await;
        assert_eq!(browser.path, format!("/notices/{wilfred}"));
        assert!(browser.body.contains("HC-20260122-0417") && browser.body.contains("Wilfred"));
        assert!(!browser.body.contains("Posy") && !browser.body.contains("Larkspur"));
        assert!(browser.body.contains("01632 960111") && browser.body.contains("How to handle this"));
        assert_eq!(place.standing(wilfred).await.state, NotificationState::Opened);
        assert_eq!(place.standing(posy).await.state, NotificationState::Waiting);
        browser.submit(&format!("/notices/{wilfred}/acknowledgement"), &[]).await;
        assert!(browser.body.contains("Acknowledged at 06:00") && browser.body.contains("What to do next"));
        assert_eq!(place.standing(wilfred).await.state, NotificationState::Acknowledged);
        assert_eq!(place.standing(posy).await.state, NotificationState::Waiting);
        assert!(browser.get("/notices").await.contains("1 notification waits for you"));
        for (state, count) in [("opened", 1), ("acknowledged", 1), ("not_here", 0)] {
            assert_eq!(
                place.counted("encompass_portal_notices_total", &[NORTH, "school", state]),
                count,
                "{state}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn no_and_left_close_at_once_and_the_page_says_so() {
    for (said, ended) in [("no", NotificationEnd::NotHere), ("left", NotificationEnd::Left)] {
        let place = Place::open().await;
        let mut browser = place.reading(place.lead).await;
        let id = place.notification(WILFRED, &place.school);
        let (to, field) = answer(id);
        browser.submit(&to, &[(&field, said)]).await;
        assert!(browser.body.contains("Thank you: this notification is closed for you"));
        assert!(!browser.body.contains("Wilfred"));
        let standing = place.standing(id).await;
        assert_eq!(standing.state, NotificationState::Closed);
        assert_eq!(standing.child.state.as_str(), "held");
        assert!(!browser.get("/notices").await.contains("Wilfred"));
        assert_eq!(place.counted("encompass_portal_notices_total", &[NORTH, ended.as_str()]), 1);
    }
}

#[tokio::test]
async fn a_question_left_open_is_asked_again_beside_the_child() {
    on_both(async |place: Place| {
        let mut browser = place.reading(place.lead).await;
        let (to, field) = answer(place.notification(POSY, &place.school));
        browser.submit(&to, &[]).await;
        assert_eq!(browser.status, 422);
        assert!(browser.body.contains(&format!("href=\"#{field}\"")), "the summary leads to the question");
        assert_eq!(browser.body.matches("Say whether this child is with you").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn every_view_is_in_the_audit_log_with_the_reader_sealed() {
    on_both(async |place: Place| {
        let mut browser = place.reading(place.lead).await;
        let id = place.notification(WILFRED, &place.school);
        let (to, field) = answer(id);
        browser.submit(&to, &[(&field, "yes")]).await;
        browser.submit(&format!("/notices/{id}/acknowledgement"), &[]).await;
        let incident = place.standing(id).await.child.incident;
        let lines = place.store.audit_of_incident(incident).await.unwrap();
        let about = |action: &str| lines.iter().filter(|line| line.action == action).count();
        // The list with two children once; the content once before and once after the acknowledgement.
        for (action, times) in [
            ("child.identified", 2),
            ("notification.opened", 1),
            ("child.viewed", 2),
            ("reader.acknowledged", 1),
            ("notification.acknowledged", 1),
        ] {
            assert_eq!(about(action), times, "{action}");
        }
        let mut tx = place.store.begin().await.unwrap();
        let key = tx.incident_key(incident).await.unwrap();
        drop(tx);
        for line in lines.iter().filter(|line| line.action.starts_with("child.") && line.shown_to.is_some()) {
            let sealed = line.shown_to.as_ref().unwrap();
            let reader: Reader = key.open_json(&shown_to_place(incident), sealed).unwrap();
            assert_eq!((reader.name.as_str(), reader.role.as_str()), ("Isolde Marwick", "Deputy lead"));
            assert_eq!(line.actor, format!("contact:{}", place.lead));
            assert!(!line.detail.contains("Wilfred") && !line.subject.contains("Wilfred"));
        }
        assert!(matches!(place.store.check_audit_chain(NORTH).await.unwrap(), Verdict::Whole { .. }));
    })
    .await;
}

const TALKATIVE: &str = r#"
version = "talkative-1"
[default]
fields = ["police_reference", "child_name", "circumstances", "notes", "handling", "desk_telephone"]
free_text = true
handling = "For the lead only."
"#;

#[tokio::test]
async fn free_text_in_which_something_was_found_is_kept_back_and_becomes_a_task() {
    let profiles = BTreeMap::from([(NORTH.to_owned(), Profiles::parse(TALKATIVE).unwrap())]);
    let place = Place::empty(profiles, Config::default()).await;
    let mut data = made_up::siblings();
    data["circumstances"] = "She is now at the refuge.".into();
    made_up::publish(&place.store, &data, 1, encompass_store::incident::VersionKind::Reported).await;
    let lead = [(place.lead, encompass_core::state::Channel::Email)];
    made_up::decide(&place.store, &[WILFRED], &place.school, &lead).await;
    let mut browser = place.reading(place.lead).await;
    let id = place.notification(WILFRED, &place.school);
    let (to, field) = answer(id);
    browser.submit(&to, &[(&field, "yes")]).await;
    assert!(!browser.body.contains("refuge"));
    assert!(browser.body.contains("Not shared, to keep people safe"));
    assert!(browser.body.contains("He asked twice"), "what holds nothing is shown");
    let mut tx = place.store.begin().await.unwrap();
    let tasks = tx.alerting_tasks(place.domain.now(), 10).await.unwrap();
    assert!(tasks.iter().any(|task| task.kind.as_str() == "withheld"));
}
