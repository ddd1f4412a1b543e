//! A child whose namesake is on the register, and lives elsewhere.

use encompass_core::state::Hold;
use encompass_store::Actor;
use encompass_store::incident::VersionKind;
use encompass_store::matched::Mode;
use serde_json::{Value, json};

use crate::learning::{by_hand, with};
use crate::world::{ADA, NOW, OAK, Pupil, World, at, child, incident, on_both};

/// Of the same home as [`ADA`] on the register.
const ZULEIKA: Pupil = Pupil { given: "Zuleika", born: jiff::civil::date(2018, 5, 6), ..ADA };

fn elsewhere(mut child: Value) -> Value {
    child["addresses"] = json!([{ "lines": ["7 Distant Road", "Farfield"], "postcode": "ZZ9 9ZZ" }]);
    child
}

fn araminta() -> Value {
    elsewhere(child("c1", "Araminta", "2017-03-14"))
}

fn naming(children: &[Value]) -> Value {
    let mut data = incident();
    data["children"] = json!(children);
    data
}

/// A register of both, from which scores of so many log-odds are sent.
async fn earned(world: &World) {
    world.register("county", NOW, &[vec![ZULEIKA], with(ADA)].concat()).await;
    by_hand(world, Mode::ByHand, Some(5.0)).await;
}

async fn fate(world: &World, version: i64, data: &Value) -> Option<Hold> {
    let kind = if version == 1 { VersionKind::Reported } else { VersionKind::Corrected };
    world.accept(version, kind, data).await;
    world.resolve().await;
    let (hold, told) = (world.child("c1").await.hold, world.notification("c1", OAK).await);
    assert_eq!(hold.is_none(), told.is_some(), "told, or held");
    hold
}

#[tokio::test]
async fn a_score_is_not_enough_where_the_home_is_another_and_a_person_reads_why() {
    on_both(async |world: World| {
        earned(&world).await;
        assert_eq!(fate(&world, 1, &naming(&[araminta()])).await, Some(Hold::Namesake));
        let evidence = world.evidence("c1").await;
        let best = &evidence.matching.candidates[0];
        assert!(
            best.scored.as_ref().is_some_and(|scored| scored.is_earned),
            "the score alone would have been sent"
        );
        assert!(evidence.sentences.iter().any(|sentence| sentence.contains("it may be a namesake")));
    })
    .await;
}

#[tokio::test]
async fn what_police_say_of_the_setting_the_home_or_a_sister_lets_it_be_sent() {
    let said = |field: &str, value: Value| {
        let mut child = araminta();
        child[field] = value;
        vec![child]
    };
    let homes = json!([
        { "lines": ["7 Distant Road"], "postcode": "ZZ9 9ZZ" },
        { "lines": ["4 Invented Lane"], "postcode": "ZZ1 4AB", "kind": "former" },
    ]);
    let sister = elsewhere(child("c2", "Zuleika", "2018-05-06"));
    let stranger = elsewhere(child("c2", "Marmaduke", "2018-05-06"));
    for (what, children, expected) in [
        ("nothing", vec![araminta()], Some(Hold::Namesake)),
        ("the setting", said("setting", json!("Oak Lane Primary School, Larkfield")), None),
        ("the home before", said("addresses", homes), None),
        ("no home", said("addresses", json!([])), None),
        ("a sister of the register's household", vec![araminta(), sister], None),
        ("a brother who is not on the register", vec![araminta(), stranger], Some(Hold::Namesake)),
    ] {
        let world = crate::world::on_sqlite().await;
        earned(&world).await;
        assert_eq!(fate(&world, 1, &naming(&children)).await, expected, "{what}");
    }
}

#[tokio::test]
async fn a_sister_of_whom_a_setting_was_told_before_says_it_as_well() {
    on_both(async |world: World| {
        earned(&world).await;
        let sister = child("c2", "Zuleika", "2018-05-06");
        world.accept(1, VersionKind::Reported, &naming(std::slice::from_ref(&sister))).await;
        world.resolve().await;
        let notification = world.notification("c2", OAK).await.unwrap();
        let mut tx = world.store.begin().await.unwrap();
        tx.opened(&[notification], "portal", &Actor::Service("test"), at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(fate(&world, 2, &naming(&[sister, araminta()])).await, None);
    })
    .await;
}
