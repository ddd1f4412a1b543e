//! A child whom a register keeps for named people.

use encompass_core::id::EntryId;
use encompass_core::state::{ChildState, Hold};
use encompass_store::incident::VersionKind;
use encompass_store::register::{Basis, Judgement};
use encompass_store::{Error, Scope};
use jiff::civil::date;
use serde_json::json;

use crate::learning::with;
use crate::world::{ADA, FORCE, NOW, OAK, Pupil, World, at, child, incident, on_both};

/// On another register under another family name and birth date.
const KEPT: Pupil = Pupil { family: "Jonesby", born: date(2018, 4, 3), restricted: true, ..ADA };

fn desk(sees_restricted: bool) -> Scope {
    Scope::staff("w.desk".into(), vec![FORCE.into()], Vec::new(), sees_restricted)
}

/// The best candidate of a held child.
async fn best(world: &World, child_ref: &str) -> EntryId {
    world.evidence(child_ref).await.matching.candidates[0].entry
}

#[tokio::test]
async fn the_restricted_entry_of_another_register_stops_the_sending_under_whatever_name() {
    for (what, is_same, restricted, expected) in [
        ("the same child", true, true, Some(Hold::Restricted)),
        ("the same child, not restricted", true, false, None),
        ("somebody else", false, true, None),
    ] {
        on_both(async |world: World| {
            world.register("county", NOW, &with(ADA)).await;
            world.register("health", NOW, &with(Pupil { restricted, ..KEPT })).await;
            let mut data = incident();
            let mut other = child("c2", "Araminta", "2018-04-03");
            other["names"][0]["family"] = json!("Jonesby");
            let confirmed = data["children"].clone();
            data["children"] = json!([child("c1", "Araminta", "2017-03-14"), other]);
            for child in data["children"].as_array_mut().unwrap() {
                child["addresses"] = json!([]);
            }
            world.accept(1, VersionKind::Reported, &data).await;
            world.resolve().await;
            let (one, other) = (best(&world, "c1").await, best(&world, "c2").await);
            let mut tx = world.store.begin().await.unwrap();
            let judgement = Judgement { one, other, is_same, basis: Basis::Person };
            tx.judge(vec![judgement], &desk(true).actor, at(NOW)).await.unwrap();
            tx.commit().await.unwrap();
            data["children"] = confirmed;
            world.accept(2, VersionKind::Corrected, &data).await;
            world.resolve().await;
            let child = world.child("c1").await;
            assert_eq!(child.hold, expected, "{what}");
            assert_eq!(child.is_restricted, expected.is_some(), "{what}");
            assert_eq!(world.notification("c1", OAK).await.is_some(), expected.is_none(), "{what}");
        })
        .await;
    }
}

#[tokio::test]
async fn behind_whatever_other_reason_the_child_is_for_named_people_until_the_register_says_otherwise() {
    on_both(async |world: World| {
        world.register("county", NOW, &[Pupil { restricted: true, ..ADA }]).await;
        let mut data = incident();
        data["adults"][0]["connected_setting"] = json!("Oak Lane Primary School");
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let (id, child) = (world.child_id("c1"), world.child("c1").await);
        assert_eq!(child.state, ChildState::Held);
        assert_ne!(child.hold, Some(Hold::Restricted), "another reason stands first");
        assert!(matches!(world.store.shown(&desk(false), id).await, Err(Error::NotFound)));
        assert!(matches!(world.store.open_child(&desk(false), id).await, Err(Error::NotFound)));
        assert_eq!(world.store.held_children(&desk(false), 0).await.unwrap().rows.len(), 0);
        assert_eq!(world.store.tasks(&desk(false), 0).await.unwrap().rows.len(), 0);
        assert_eq!(world.store.held_for_named_people(&desk(false)).await.unwrap(), 1);
        assert_eq!(world.store.held_children(&desk(true), 0).await.unwrap().rows.len(), 1);
        assert!(world.store.shown(&desk(true), id).await.is_ok());
        world.register("county", NOW, &[ADA]).await;
        world.accept(2, VersionKind::Corrected, &data).await;
        world.resolve().await;
        assert!(!world.child("c1").await.is_restricted);
        assert!(world.store.shown(&desk(false), id).await.is_ok());
    })
    .await;
}
