//! What the police or somebody else at the setting does while a page is open.

use encompass_core::state::{Channel, NotificationState, Reason};
use encompass_store::Actor;
use encompass_store::incident::VersionKind;
use serde_json::Value;

use crate::made_up::{self, NORTH, WILFRED, decide, now, publish, siblings, verified};
use crate::place::{Place, on_both};

#[tokio::test]
async fn a_notification_that_is_withdrawn_while_its_page_is_open_can_not_be_acknowledged() {
    on_both(async |place: Place| {
        let mut browser = place.reading(place.lead).await;
        let id = place.notification(WILFRED, &place.school);
        publish(&place.store, &siblings(), 2, VersionKind::Withdrawn).await;
        browser.submit(&format!("/notices/{id}/answer"), &[(&format!("with_you_{id}"), "yes")]).await;
        assert!(browser.body.contains("The police have withdrawn this notification"));
        assert!(!browser.body.contains("Wilfred"));
        assert_eq!(place.standing(id).await.state, NotificationState::Closed);
        assert!(!browser.get("/notices").await.contains("Tamsworth"));
    })
    .await;
}

#[tokio::test]
async fn what_was_closed_meanwhile_says_who_closed_it_and_so_does_its_event() {
    for (word, said, event) in [
        (Reason::Withdrawn.as_str(), "The police have withdrawn this notification", "withdrawn"),
        (Reason::Unsafe.as_str(), "The desk has closed it", "by_person"),
        (Reason::Exercise.as_str(), "The police have corrected this notification", "corrected"),
        ("held again", "The police have corrected this notification", "corrected"),
    ] {
        on_both(async |place: Place| {
            let mut browser = place.reading(place.lead).await;
            let id = place.notification(WILFRED, &place.school);
            let mut tx = place.store.begin().await.unwrap();
            let children = tx.children(&[made_up::child(&place.store, WILFRED)]).await.unwrap();
            let by = Actor::Staff("ada".into());
            match word.parse::<Reason>() {
                Ok(reason) => tx.close_children(&children, reason, &by, now()).await.unwrap(),
                Err(_) => tx.reopen(&children, now()).await.unwrap(),
            }
            tx.commit().await.unwrap();
            browser.submit(&format!("/notices/{id}/answer"), &[(&format!("with_you_{id}"), "yes")]).await;
            assert!(
                browser.body.contains(said) && !browser.body.contains("unsafe"),
                "{word}: {}",
                browser.body
            );
            let told = place.store.unpublished_events(100).await.unwrap();
            let told = told.iter().map(|event| serde_json::from_str(&event.body).unwrap());
            let told: Vec<Value> = told.filter(|told: &Value| told["data"]["after"] == "closed").collect();
            let of_notice = told.iter().find(|told| told["data"]["notification"].is_string()).unwrap();
            assert_eq!(of_notice["data"]["reason"], event, "{word}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_withdrawal_closes_the_links_of_what_nobody_was_told() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        publish(&place.store, &siblings(), 2, VersionKind::Withdrawn).await;
        let mut browser = place.browser();
        browser.get(&link).await;
        assert_eq!(browser.status, 410);
    })
    .await;
}

#[tokio::test]
async fn what_was_corrected_before_it_was_told_is_shown_in_its_newest_version() {
    on_both(async |place: Place| {
        let mut browser = place.reading(place.lead).await;
        let id = place.notification(WILFRED, &place.school);
        let mut data = siblings();
        data["children"][0]["birth_date"] = "2014-07-01".into();
        publish(&place.store, &data, 2, VersionKind::Corrected).await;
        browser.submit(&format!("/notices/{id}/answer"), &[(&format!("with_you_{id}"), "yes")]).await;
        assert!(
            browser.body.contains("1 July 2014") && !browser.body.contains("since your setting was told")
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_corrected_or_withdrawn_after_it_was_told_says_so_above_what_was_told() {
    for (kind, said) in [(VersionKind::Corrected, "corrected"), (VersionKind::Withdrawn, "withdrawn")] {
        let place = Place::open().await;
        let mut browser = place.reading(place.lead).await;
        let id = place.notification(WILFRED, &place.school);
        browser.submit(&format!("/notices/{id}/answer"), &[(&format!("with_you_{id}"), "yes")]).await;
        let mut data = siblings();
        data["children"][0]["birth_date"] = "2014-07-01".into();
        publish(&place.store, &data, 2, kind).await;
        browser.submit(&format!("/notices/{id}/acknowledgement"), &[]).await;
        let warning = format!("The police have {said} this incident since your setting was told");
        assert!(browser.body.contains(&warning) && browser.body.contains("30 June 2014"));
        assert_eq!(place.standing(id).await.state, NotificationState::Acknowledged);
    }
}

#[tokio::test]
async fn each_setting_is_shown_what_it_was_told_or_else_the_newest() {
    for has_sent_back in [false, true] {
        on_both(async |place: Place| {
            let mut first = place.reading(place.lead).await;
            let school = place.notification(WILFRED, &place.school);
            let (answer, field) = (format!("/notices/{school}/answer"), format!("with_you_{school}"));
            first.submit(&answer, &[(&field, "yes")]).await;
            if has_sent_back {
                first.submit(&answer, &[(&field, "no")]).await;
                assert_eq!(place.standing(school).await.state, NotificationState::Closed);
            }
            let further =
                verified(&place.store, &place.nursery, Channel::Email, "second@acorns.example", &[NORTH])
                    .await;
            let tell =
                async || decide(&place.store, &[WILFRED], &place.nursery, &[(further, Channel::Email)]).await;
            if !has_sent_back {
                tell().await;
            }
            let mut data = siblings();
            data["children"][0]["birth_date"] = "2014-07-01".into();
            publish(&place.store, &data, 2, VersionKind::Corrected).await;
            if has_sent_back {
                tell().await;
            }
            let mut second = place.reading(further).await;
            let nursery = place.notification(WILFRED, &place.nursery);
            second
                .submit(&format!("/notices/{nursery}/answer"), &[(&format!("with_you_{nursery}"), "yes")])
                .await;
            assert!(
                second.body.contains("1 July 2014") && !second.body.contains("since your setting was told"),
                "{}",
                second.body
            );
            if !has_sent_back {
                first.get(&format!("/notices/{school}")).await;
                assert!(
                    first.body.contains("30 June 2014") && first.body.contains("since your setting was told")
                );
            }
        })
        .await;
    }
}

#[tokio::test]
async fn two_readers_acknowledge_once_and_the_second_is_told_so() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut first = place.signed_in_by(&link).await;
        let mut second = place.signed_in_by(&link).await;
        let id = place.notification(WILFRED, &place.school);
        let (answer, field) = (format!("/notices/{id}/answer"), format!("with_you_{id}"));
        first.submit(&answer, &[(&field, "yes")]).await;
        second.submit(&answer, &[(&field, "yes")]).await;
        let acknowledgement = format!("/notices/{id}/acknowledgement");
        let again = (second.path.clone(), second.body.clone());
        first.submit(&acknowledgement, &[]).await;
        second.submit(&acknowledgement, &[]).await;
        assert!(second.body.contains("Acknowledged at"));
        (second.path, second.body) = again;
        second.submit(&answer, &[(&field, "no")]).await;
        assert_eq!(second.status, 409);
        assert!(second.body.contains("This notification has been acknowledged"));
        assert_eq!(place.counted("encompass_portal_notices_total", &["acknowledged"]), 1);
        assert_eq!(place.standing(id).await.state, NotificationState::Acknowledged);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_acknowledged_that_was_not_shown() {
    on_both(async |place: Place| {
        let mut browser = place.reading(place.lead).await;
        let id = place.notification(WILFRED, &place.school);
        browser.get(&format!("/notices/{id}")).await;
        assert_eq!(browser.path, "/notices", "the question comes first");
        assert_eq!(place.standing(id).await.opened_at, None);
    })
    .await;
}
