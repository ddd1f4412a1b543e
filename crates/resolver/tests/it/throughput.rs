//! How many children are decided in a second, printed and not judged: machines differ.

use std::time::Instant;

use encompass_core::routing::LastDay;
use encompass_core::state::ChildState;
use encompass_resolver::register_keys;
use encompass_store::incident::VersionKind;
use encompass_store::register::{Enrolment, Entry, Person, RegisterLoad};
use jiff::civil::date;
use serde_json::json;

use crate::world::{FORCE, NOW, OAK, Pupil, World, at, on_both, publication, somebody};

const CHILDREN: usize = 2_048;

/// A register of as many children as there will be incidents, all exactly matched at one school.
async fn fill(world: &World) {
    world.register("county", NOW, &[] as &[Pupil]).await;
    let school = world.setting(OAK).await;
    let mut load =
        RegisterLoad::begin(&world.store, "county", true, at(NOW), somebody(), at(NOW)).await.unwrap();
    let entries: Vec<Entry> = (0..CHILDREN)
        .map(|number| {
            let person = Person {
                child: format!("P{number}"),
                given: format!("Given{number}"),
                family: format!("Family{}", number % 97),
                known_as: None,
                former_family: Vec::new(),
                birth_date: date(2016, 3, 1),
                sex: None,
                address: None,
                postcode: Some("ZZ1 4AB".into()),
                upn: None,
                nhs_number: None,
                details: encompass_store::register::Details::default(),
            };
            let enrolment = Enrolment {
                setting: school,
                kind: "main".into(),
                starts_on: None,
                ends_on: None,
                last_day: LastDay::Stated,
                attendance: None,
            };
            Entry {
                keys: register_keys(&person),
                person,
                restricted: false,
                doubtful: false,
                enrolments: vec![enrolment],
            }
        })
        .collect();
    for entries in entries.chunks(512) {
        load.add(entries.to_vec()).await.unwrap();
    }
    load.finish(encompass_store::directory::load::Brake::default(), 0, at(NOW)).await.unwrap();
}

async fn publish(world: &World) {
    let publications: Vec<_> = (0..CHILDREN)
        .map(|number| {
            let data = json!({
                "force": FORCE,
                "reference": format!("R/{number}"),
                "known_at": "2026-03-02T01:00:00Z",
                "circumstances": "x".repeat(2_500),
                "children": [{
                    "child_ref": "c1",
                    "names": [{ "given": format!("Given{number}"), "family": format!("Family{}", number % 97) }],
                    "birth_date": "2016-03-01",
                    "addresses": [{ "postcode": "ZZ1 4AB" }],
                }],
            });
            publication(1, VersionKind::Reported, &data)
        })
        .collect();
    for publications in publications.chunks(256) {
        let mut tx = world.store.begin().await.unwrap();
        tx.accept(publications.to_vec()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn many_children_are_decided_in_few_batches() {
    on_both(async |world: World| {
        fill(&world).await;
        publish(&world).await;
        let (start, mut steps, mut decided) = (Instant::now(), 0, 0);
        loop {
            match world.resolver.step().await.unwrap() {
                0 => break,
                worked => decided += worked,
            }
            steps += 1;
        }
        let seconds = start.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "some thousand children")]
        let rate = decided as f64 / seconds;
        println!("{:?}: {decided} children in {steps} steps, {rate:.0} a second", world.store.backend());
        assert_eq!((decided, steps), (CHILDREN, CHILDREN / 256));
        assert_eq!(world.child("c1").await.state, ChildState::Notified);
    })
    .await;
}
