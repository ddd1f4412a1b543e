//! Calendars that change.

use encompass_core::state::ChildState;
use encompass_store::incident::VersionKind;
use jiff::civil::date;
use serde_json::json;

use crate::world::{ADA, NOW, OAK, World, at, incident, on_both};

#[tokio::test]
async fn a_closed_day_moves_the_due_time_of_what_is_not_told() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ADA]).await;
        world.accept(1, VersionKind::Reported, &incident()).await;
        world.resolve().await;
        world.close_school(OAK, &[date(2026, 3, 2), date(2026, 3, 3)]).await;
        world.resolve().await;
        let notification = world.notification("c1", OAK).await.unwrap();
        assert_eq!(notification.due_at, at("2026-03-04T08:30:00Z"));
        assert_eq!(world.child("c1").await.due_at, notification.due_at);
        assert_eq!(world.resolver.recompute_due().await.unwrap(), 0, "the second time changes nothing");
    })
    .await;
}

#[tokio::test]
async fn a_held_child_is_due_when_the_earliest_of_its_candidates_opens() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ADA]).await;
        let mut data = incident();
        data["children"][0]["addresses"] = json!([]);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let child = world.child("c1").await;
        assert_eq!((child.state, child.due_at), (ChildState::Held, at("2026-03-02T08:30:00Z")));
        world.close_school(OAK, &[date(2026, 3, 2)]).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.due_at, at("2026-03-03T08:30:00Z"));
    })
    .await;
}
