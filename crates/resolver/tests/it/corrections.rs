//! A correction before and after somebody was told.

use encompass_core::state::{ChildState, Hold, NotificationState};
use encompass_store::Actor;
use encompass_store::incident::VersionKind;
use serde_json::json;

use crate::world::{ADA, NOW, OAK, World, at, incident, on_both, publication};

async fn matched() -> impl AsyncFn(&World) {
    async |world: &World| {
        world.register("county", NOW, &[ADA]).await;
        world.accept(1, VersionKind::Reported, &incident()).await;
        world.resolve().await;
    }
}

#[tokio::test]
async fn the_same_settings_stay_as_they_are_and_an_earlier_knowledge_moves_the_due_time() {
    let begin = matched().await;
    on_both(async |world: World| {
        begin(&world).await;
        let mut data = incident();
        data["risk_grade"] = json!("high");
        world.accept(2, VersionKind::Corrected, &data).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.state, ChildState::Notified);
        assert_eq!(world.notification("c1", OAK).await.unwrap().due_at, at("2026-03-02T08:30:00Z"));
        data["known_at"] = json!("2026-02-27T03:00:00Z");
        world.accept(3, VersionKind::Corrected, &data).await;
        world.resolve().await;
        let notification = world.notification("c1", OAK).await.unwrap();
        assert_eq!(notification.state, NotificationState::Waiting);
        assert_eq!(notification.due_at, at("2026-02-27T08:30:00Z"));
        assert_eq!(notification.child.due_at, notification.due_at);
        assert_eq!(world.sends().await.len(), 1, "nothing is sent twice");
    })
    .await;
}

#[tokio::test]
async fn a_later_correction_that_says_no_time_leaves_the_clock_at_the_first_receipt() {
    let begin = matched().await;
    on_both(async |world: World| {
        begin(&world).await;
        let mut data = incident();
        let said = data.as_object_mut().unwrap();
        said.retain(|name, _| !["known_at", "recorded_at", "published_at"].contains(&name.as_str()));
        let mut correction = publication(2, VersionKind::Corrected, &data);
        let first = correction.received_at;
        correction.received_at = at("2026-03-05T11:00:00Z");
        (correction.known_at, correction.known_by) = (correction.received_at, "received".into());
        let mut tx = world.store.begin().await.unwrap();
        tx.accept(vec![correction]).await.unwrap();
        tx.commit().await.unwrap();
        world.resolve().await;
        let notification = world.notification("c1", OAK).await.unwrap();
        assert!(notification.child.known_at <= first, "{}", notification.child.known_at);
        assert_eq!(notification.due_at, at("2026-03-02T08:30:00Z"));
    })
    .await;
}

#[tokio::test]
async fn other_settings_stop_what_is_unsent_and_ask_a_person() {
    let begin = matched().await;
    on_both(async |world: World| {
        begin(&world).await;
        let mut data = incident();
        data["children"][0]["setting"] = json!("Elm Road Primary School");
        world.accept(2, VersionKind::Corrected, &data).await;
        world.resolve().await;
        let child = world.child("c1").await;
        assert_eq!((child.state, child.hold), (ChildState::Held, Some(Hold::SettingsDisagree)));
        assert_eq!(world.notification("c1", OAK).await.unwrap().state, NotificationState::Closed);
        assert_eq!(world.sends().await, []);
        let revision = world.evidence("c1").await.revision.unwrap();
        assert_eq!((revision.version, revision.stopped), (2, vec![world.setting(OAK).await]));
    })
    .await;
}

#[tokio::test]
async fn what_was_told_is_not_looked_at_again() {
    let begin = matched().await;
    on_both(async |world: World| {
        begin(&world).await;
        let notification = world.notification("c1", OAK).await.unwrap();
        let mut tx = world.store.begin().await.unwrap();
        tx.opened(&[notification], "portal", &Actor::Service("test"), at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        let mut data = incident();
        data["children"][0]["setting"] = json!("Elm Road Primary School");
        world.accept(2, VersionKind::Corrected, &data).await;
        world.resolve().await;
        assert_eq!(world.notification("c1", OAK).await.unwrap().state, NotificationState::Opened);
        assert_eq!(world.child("c1").await.state, ChildState::Notified);
    })
    .await;
}

#[tokio::test]
async fn a_setting_that_said_no_is_never_told_again() {
    let begin = matched().await;
    on_both(async |world: World| {
        begin(&world).await;
        let notification = world.notification("c1", OAK).await.unwrap();
        let mut tx = world.store.begin().await.unwrap();
        let by = Actor::Service("test");
        tx.opened(std::slice::from_ref(&notification), "portal", &by, at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        let notification = world.notification("c1", OAK).await.unwrap();
        let mut tx = world.store.begin().await.unwrap();
        let end = encompass_core::state::NotificationEnd::NotHere;
        tx.not_here(&notification, end, &by, at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        let child = world.child("c1").await;
        assert_eq!((child.state, child.hold), (ChildState::Held, Some(Hold::NotHere)));
        world.accept(2, VersionKind::Corrected, &incident()).await;
        world.resolve().await;
        assert_ne!(world.child("c1").await.state, ChildState::Closed);
        assert_eq!(world.notification("c1", OAK).await.unwrap().state, NotificationState::Closed);
        assert_eq!(world.sends().await, []);
    })
    .await;
}
