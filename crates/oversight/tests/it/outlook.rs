//! Whom a decision tells, said before it is made; and a register that has changed by then.

use axum::http::StatusCode;
use encompass_core::id::{ChildId, SettingId};
use encompass_core::state::{ChildState, Hold, ResolutionKind, SettingKind, TaskKind};
use encompass_store::desk::CaseChild;
use encompass_store::directory::Identifier;
use encompass_store::directory::load::{Brake, Kind, Start};
use encompass_store::directory::setting::{Record, Row, Serves, SettingLoad};
use encompass_store::resolution::Decision;
use encompass_store::{Actor, Scope};

use crate::collisions::token_of;
use crate::evidence::{CENSUS, CENSUS_SOURCE, Pupil, census, load, scored};
use crate::world::{World, by, now, on_both};

const SERVICE: Scope = Scope::service("test");

async fn child(world: &World, id: ChildId) -> CaseChild {
    let (mut case, place) = world.store.open_child(&SERVICE, id).await.unwrap();
    case.children.swap_remove(place)
}

/// A force that answers for the home on the census.
async fn neighbour(world: &World) -> SettingId {
    let record = Record {
        kind: SettingKind::Force,
        name: "Southshire Police".into(),
        name_key: "southshire police".into(),
        is_open: true,
        closed_on: None,
        authority: None,
        follows_authority: false,
        town: None,
        postcode: None,
        telephone: None,
        opens_at_minute: None,
        low_age: None,
        high_age: None,
        serves: vec![Serves::Outward("ZZ1".into())],
    };
    let identifier = Identifier::new("force", "south");
    let row = Row { identifier: identifier.clone(), also: Vec::new(), opened_on: None, record };
    let start = Start {
        kind: Kind::Settings,
        source: "teams".into(),
        owner: "county".into(),
        as_of: now(),
        by: by(),
    };
    let mut load = SettingLoad::begin(&world.store, start, &[], now()).await.unwrap();
    load.add(vec![row], now()).await.unwrap();
    load.finish(Brake::default(), 0, now()).await.unwrap();
    let found = world.store.settings_by_identifier(&[identifier], now()).await.unwrap();
    found[0].as_ref().unwrap().id
}

#[tokio::test]
async fn whom_each_candidate_would_be_told_to_is_said_before_the_decision() {
    let world = World::new().await;
    let cookie = world.sign_in("ada").await;
    let path = format!("/children/{}", world.held);
    let page = world.get(&cookie, &path).await.body;
    assert!(page.contains("Tick who is to be told. The child has left"), "{page}");
    neighbour(&world).await;
    let page = world.get(&cookie, &path).await.body;
    let cards: Vec<&str> = page.split("id=\"candidate-").collect();
    assert!(cards[1].contains("If this is the child, these are told:"), "{}", cards[1]);
    assert!(cards[1].contains("<li>Quillbrook Primary School, Marlow Cross: registered at the school</li>"));
    assert!(cards[1].contains("<li>Southshire Police: lives in the area of that force</li>"));
    assert!(cards[2].contains("these are told:") && !cards[2].contains("<li>Quillbrook"), "{}", cards[2]);
    assert!(cards[3].contains("<li>Tansy Hill Academy, Marlow Cross: registered at the school</li>"));
    assert!(page.contains("value=\"by_table\" checked"), "who else is told stands ticked");
    let named = world.sign_in("named").await;
    let page = world.get(&named, &format!("/children/{}", world.restricted)).await.body;
    assert!(page.contains("If this is the child, tick yourself who of these is told:"), "{page}");
    assert!(!page.contains("value=\"by_table\" checked"), "nobody besides, unless the person says so");
}

#[tokio::test]
async fn whom_the_table_names_besides_is_told_unless_the_person_unticks_it() {
    for (besides, count) in [(Some("by_table"), 2), (None, 1)] {
        on_both(async |world: World| {
            let force = neighbour(&world).await;
            let cookie = world.sign_in("ada").await;
            let path = format!("/children/{}", world.held);
            let (entry, school) = (CENSUS.to_string(), world.schools[0].to_string());
            let mut fields = vec![("entry", entry.as_str()), ("setting", school.as_str())];
            fields.extend(besides.map(|besides| ("besides", besides)));
            let answer = world.send(&cookie, &path, &format!("{path}/decide"), &fields).await;
            assert_eq!(answer.location, format!("{path}?done=decided"), "{}", answer.body);
            let told = child(&world, world.held).await.told;
            let bases: Vec<_> = told.iter().map(|told| (told.setting, told.legal_basis.as_str())).collect();
            assert_eq!(bases.len(), count);
            assert!(bases.contains(&(world.schools[0], "s49a")));
            assert_eq!(bases.contains(&(force, "encompass_hand_over")), count == 2);
        })
        .await;
    }
}

#[tokio::test]
async fn who_else_is_told_stands_ticked_after_a_search_until_the_person_unticks_it() {
    let world = World::new().await;
    let cookie = world.sign_in("ada").await;
    let path = format!("/children/{}", world.held);
    let decide = format!("{path}/decide");
    let token = token_of(&world.get(&cookie, &path).await.body, &decide);
    let school = world.schools[0].to_string();
    // A page that had no setting to offer had no such box either.
    for (shown, is_ticked) in [(None, true), (Some(("offered", school.as_str())), false)] {
        let mut fields = vec![("form_token", token.as_str()), ("do", "search"), ("search", "Tansy")];
        fields.extend(shown);
        let page = world.post(&cookie, &decide, &fields).await.body;
        assert!(page.contains("value=\"by_table\""), "{page}");
        assert_eq!(page.contains("value=\"by_table\" checked"), is_ticked, "{shown:?}");
    }
}

#[tokio::test]
async fn a_register_that_has_changed_since_is_said_and_the_child_is_looked_for_again() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/children/{}", world.held);
        let moved = Pupil { school: world.schools[1], ..census(&world.schools)[0].clone() };
        load(&world.store, CENSUS_SOURCE, &[moved]).await;
        let page = world.get(&cookie, &path).await.body;
        assert!(page.contains("The register has changed since. Tick it, and the child is looked for again."));
        let (entry, school) = (CENSUS.to_string(), world.schools[0].to_string());
        for fields in [&[("entry", entry.as_str())][..], &[("entry", &entry), ("setting", &school)]] {
            let answer = world.send(&cookie, &path, &format!("{path}/decide"), fields).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
            assert!(answer.body.contains("The child is looked for again now"), "{}", answer.body);
        }
        let held = child(&world, world.held).await;
        assert_eq!((held.child.state, held.told.len()), (ChildState::Held, 0));
        assert_eq!(world.logged(held.child.incident, "child.register_changed").await, 2);
        let batch = world.store.take_unresolved(10).await.unwrap();
        let waiting = batch.cases.iter().flat_map(|case| &case.children).map(|work| work.child.id);
        assert!(waiting.collect::<Vec<_>>().contains(&world.held), "the resolver is asked");
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_is_for_named_people_by_now_is_decided_by_none_but_them() {
    let world = World::new().await;
    let restricted = Pupil { restricted: true, ..census(&world.schools)[0].clone() };
    load(&world.store, CENSUS_SOURCE, &[restricted]).await;
    let cookie = world.sign_in("ada").await;
    let path = format!("/children/{}", world.held);
    let entry = CENSUS.to_string();
    let answer = world.send(&cookie, &path, &format!("{path}/decide"), &[("entry", &entry)]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(child(&world, world.held).await.told.is_empty());
}

#[tokio::test]
async fn of_a_child_somebody_was_told_of_a_changed_register_leaves_the_settings_to_the_person() {
    let world = World::new().await;
    load(&world.store, CENSUS_SOURCE, &census(&world.schools)[1..]).await;
    let told = world.store.identity().child(world.told, "c1");
    let (cookie, path) = (world.sign_in("ada").await, format!("/children/{told}"));
    let (entry, school) = (CENSUS.to_string(), world.schools[1].to_string());
    let decide = format!("{path}/decide");
    let answer = world.send(&cookie, &path, &decide, &[("entry", &entry), ("setting", &school)]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("tick each setting without ticking a candidate"), "{}", answer.body);
    let answer = world.send(&cookie, &path, &decide, &[("setting", &school)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(child(&world, told).await.told.len(), 2, "what was told stays, and one more is");
}

#[tokio::test]
async fn what_the_page_showed_counts_where_the_evidence_was_renewed_since() {
    on_both(async |world: World| {
        let (cookie, path) = (world.sign_in("ada").await, format!("/children/{}", world.held));
        let page = world.get(&cookie, &path).await.body;
        let boarder = Pupil { kind: "boarder", ..census(&world.schools)[0].clone() };
        load(&world.store, CENSUS_SOURCE, &[boarder, census(&world.schools)[1].clone()]).await;
        renew(&world).await;
        let renewed = world.get(&cookie, &path).await.body;
        assert!(renewed.contains(
            "no team listed as the authority of the home for that place. You are asked who it is."
        ));
        let seen = |page: &str| {
            let of_census = format!("name=\"seen\" value=\"{CENSUS} ");
            let load = page.split(&of_census).nth(1).unwrap().split('"').next().unwrap();
            format!("{CENSUS} {load}")
        };
        let (entry, seen_first, seen_now) = (CENSUS.to_string(), seen(&page), seen(&renewed));
        assert_ne!(seen_first, seen_now);
        let token = token_of(&renewed, &format!("{path}/decide"));
        let resolution =
            page.split("name=\"resolution\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let fields = |seen| {
            [
                ("form_token", token.as_str()),
                ("version", "1"),
                ("resolution", resolution),
                ("entry", &entry),
                ("seen", seen),
            ]
        };
        let decide = format!("{path}/decide");
        let answer = world.post(&cookie, &decide, &fields(&seen_first)).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        let answer = world.post(&cookie, &decide, &fields(&seen_now)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let asked = world.store.tasks(&SERVICE, 0).await.unwrap().rows;
        let asked: Vec<_> = asked.iter().filter(|task| task.kind == TaskKind::TellBesides).collect();
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].child, asked[0].detail.as_str()), (Some(world.held), "home_authority"));
    })
    .await;
}

/// The resolver finds the same of the held child in the registers' new versions.
async fn renew(world: &World) {
    let found = world.store.registers_of(&SERVICE, "north").await.unwrap();
    let registers = world.registers.map(|id| found.iter().find(|one| one.id == id).unwrap().clone());
    let reasons = [Hold::SettingsDisagree, Hold::RegisterStale];
    let evidence = scored(&reasons, &world.schools, &registers);
    let mut tx = world.store.begin().await.unwrap();
    let held = child(world, world.held).await.child;
    let decision = Decision {
        key: tx.incident_key(held.incident).await.unwrap(),
        kind: ResolutionKind::None,
        by: Actor::Service("resolver"),
        evidence: evidence.into(),
        rules_version: "exact-1".into(),
        incident_version: 1,
        register_load: None,
        directory_load: None,
        targets: Vec::new(),
        hold: held.hold,
        is_restricted: false,
        provisional: None,
        authority: None,
        child: held,
    };
    tx.stay_held(vec![decision], now()).await.unwrap();
    tx.commit().await.unwrap();
}
