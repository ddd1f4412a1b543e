//! Whom the routing table tells besides, and what the officer's word is worth where there is no register.

use encompass_core::routing::Whom;
use encompass_core::state::{ChildState, Hold, Reason, Role, SettingKind, TaskKind};
use encompass_store::Scope;
use encompass_store::account::{Password, Terms};
use encompass_store::directory::Identifier;
use encompass_store::directory::load::{Brake, Kind};
use encompass_store::directory::setting::{Record, Row, Serves, SettingLoad};
use encompass_store::incident::VersionKind;
use jiff::civil::date;
use serde_json::{Value, json};

use crate::world::{ACORNS, ADA, NOW, OAK, Pupil, World, at, incident, on_both, on_sqlite, somebody, start};

pub const HEALTH: &str = "200001";
pub const MIDWIVES: &str = "200002";
pub const MISSING: &str = "200003";
pub const VIRTUAL: &str = "200004";
pub const NEIGHBOUR: &str = "200005";
pub const TWICE: &str = "200006";
const ALL: [&str; 8] = [OAK, ACORNS, HEALTH, MIDWIVES, MISSING, VIRTUAL, NEIGHBOUR, TWICE];

pub fn team(number: &str, kind: SettingKind, serves: &[Serves]) -> Row {
    let record = Record {
        kind,
        name: format!("Team {number}"),
        name_key: format!("team {number}"),
        is_open: true,
        closed_on: None,
        authority: None,
        follows_authority: false,
        town: None,
        postcode: None,
        telephone: Some("01632960001".into()),
        opens_at_minute: None,
        low_age: None,
        high_age: None,
        serves: serves.to_vec(),
    };
    let also = match kind {
        SettingKind::Force => vec![Identifier::new("force", "south")],
        _ => Vec::new(),
    };
    Row { identifier: Identifier::new("urn", number), also, opened_on: None, record }
}

/// An account at the desk of the neighbouring force.
async fn neighbours_desk(world: &World) -> Scope {
    let terms = Terms {
        display_name: "Made-up Neighbour".into(),
        roles: vec![Role::Desk],
        forces: vec!["south".into()],
        areas: vec!["925".into()],
        sees_restricted: false,
    };
    let password = Password::new("a made-up password of some length").unwrap();
    let mut tx = world.store.begin().await.unwrap();
    tx.create_account("sue", &terms, &password, somebody(), at(NOW)).await.unwrap();
    tx.commit().await.unwrap();
    Scope::staff("sue".into(), terms.forces, terms.areas, terms.sees_restricted)
}

/// A world with teams for homes in ZZ1, two health-visiting teams for ZZ3, and another force for ZZ7.
pub async fn with_teams(world: &World) {
    let area = |outward: &str| Serves::Outward(outward.into());
    let rows = vec![
        team(HEALTH, SettingKind::HealthVisiting, &[area("ZZ1"), area("ZZ3")]),
        team(TWICE, SettingKind::HealthVisiting, &[area("ZZ3"), Serves::Practice("A81001".into())]),
        team(MIDWIVES, SettingKind::Maternity, &[area("ZZ1")]),
        team(MISSING, SettingKind::Authority, &[area("ZZ1"), Serves::Duty(Whom::MissingEducation)]),
        team(VIRTUAL, SettingKind::Authority, &[area("ZZ1"), Serves::Duty(Whom::VirtualSchool)]),
        team(NEIGHBOUR, SettingKind::Force, &[area("ZZ7")]),
    ];
    let mut load =
        SettingLoad::begin(&world.store, start(Kind::Settings, "teams"), &[], at(NOW)).await.unwrap();
    load.add(rows, at(NOW)).await.unwrap();
    load.finish(Brake::default(), 0, at(NOW)).await.unwrap();
}

/// Who is told on which basis, or why nobody.
pub async fn fate(world: &World) -> Result<Vec<(&'static str, String)>, Hold> {
    let child = world.child("c1").await;
    if child.state == ChildState::Held {
        return Err(child.hold.unwrap());
    }
    let mut told = Vec::new();
    for number in ALL {
        told.extend(world.notification("c1", number).await.map(|one| (number, one.legal_basis)));
    }
    Ok(told)
}

struct Scenario {
    name: &'static str,
    /// `None`: no register at all.
    register: Option<Vec<Pupil>>,
    change: fn(&mut Value),
    fate: Result<&'static [(&'static str, &'static str)], Hold>,
}

async fn check(scenarios: Vec<Scenario>) {
    for scenario in scenarios {
        let world = on_sqlite().await;
        with_teams(&world).await;
        if let Some(pupils) = &scenario.register {
            world.register("county", NOW, pupils).await;
        }
        let mut data = incident();
        (scenario.change)(&mut data);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let expected =
            scenario.fate.map(|told| told.iter().map(|(n, basis)| (*n, (*basis).into())).collect());
        assert_eq!(fate(&world).await, expected, "{}", scenario.name);
    }
}

pub const CARE: &str = "encompass_health";
pub const LIST: &str = "encompass_authority";

#[tokio::test]
async fn the_table_tells_those_whom_the_register_does_not_name() {
    let small = Pupil { born: date(2022, 3, 14), ..ADA };
    let is_small = |data: &mut Value| data["children"][0]["birth_date"] = json!("2022-03-14");
    let known = |name, pupil, change, fate| Scenario { name, register: Some(vec![pupil]), change, fate };
    check(vec![
        known("a pupil of eight", ADA, |_| {}, Ok(&[(OAK, "s49a")])),
        known("in a nursery class", small.clone(), is_small, Ok(&[(OAK, "s49a"), (HEALTH, CARE)])),
        known(
            "at a nursery, with two health-visiting teams for the home",
            Pupil { schools: &[ACORNS], postcode: "ZZ3 4AB", ..small.clone() },
            |data| {
                data["children"][0]["birth_date"] = json!("2022-03-14");
                data["children"][0]["addresses"] = json!([{ "postcode": "ZZ3 4AB" }]);
            },
            Ok(&[(ACORNS, "encompass_early_years")]),
        ),
        known(
            "at a nursery, with two teams for the home of which one has the general practice",
            Pupil { schools: &[ACORNS], postcode: "ZZ3 4AB", practice: Some("A81001"), ..small.clone() },
            |data| {
                data["children"][0]["birth_date"] = json!("2022-03-14");
                data["children"][0]["addresses"] = json!([{ "postcode": "ZZ3 4AB" }]);
            },
            Ok(&[(ACORNS, "encompass_early_years"), (TWICE, CARE)]),
        ),
        known("on no roll", Pupil { schools: &[], ..ADA }, |_| {}, Ok(&[(MISSING, LIST)])),
        known(
            "a lead of the nursery in the incident, and the child at a school",
            small,
            |data| {
                data["children"][0]["birth_date"] = json!("2022-03-14");
                data["adults"][0]["names"] = json!([{ "given": "Perpetua", "family": "Ashdown" }]);
            },
            Ok(&[(OAK, "s49a"), (HEALTH, CARE)]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn unborn_children_and_homes_elsewhere_are_told_of_by_the_address() {
    let nobody = |name, change, fate| Scenario { name, register: Some(vec![]), change, fate };
    check(vec![
        nobody(
            "unborn",
            |data| {
                data["adults"] = json!([{ "adult_ref": "a1", "names": [{ "given": "Oriel", "family": "Copplestone" }],
                    "pregnant": true, "address": { "postcode": "ZZ1 4AB" } }]);
                data["children"] = json!([{ "child_ref": "c1", "due_date": "2026-07",
                    "relationships": [{ "adult_ref": "a1", "kind": "mother" }] }]);
            },
            Ok(&[(HEALTH, CARE), (MIDWIVES, CARE)]),
        ),
        nobody(
            "home in another force's area, and nobody knows the child",
            |data| data["children"][0]["addresses"] = json!([{ "postcode": "ZZ7 1AB" }]),
            Ok(&[(NEIGHBOUR, "encompass_hand_over")]),
        ),
        nobody(
            "the same, and the officer named a school",
            |data| {
                data["children"][0]["addresses"] = json!([{ "postcode": "ZZ7 1AB" }]);
                data["children"][0]["setting"] = json!("Oak Lane");
            },
            Err(Hold::NoMatch),
        ),
        nobody(
            "a restricted case",
            |data| {
                data["safety"] = json!({ "restricted": true });
                data["children"][0]["addresses"] = json!([{ "postcode": "ZZ7 1AB" }]);
            },
            Err(Hold::Restricted),
        ),
        Scenario {
            name: "home elsewhere, and the school is known",
            register: Some(vec![Pupil { postcode: "ZZ7 1AB", ..ADA }]),
            change: |data| data["children"][0]["addresses"] = json!([{ "postcode": "ZZ7 1AB" }]),
            fate: Ok(&[(OAK, "s49a"), (NEIGHBOUR, "encompass_hand_over")]),
        },
    ])
    .await;
}

#[tokio::test]
async fn without_a_register_the_officers_word_is_enough_where_one_setting_fits() {
    let said = |name, change, fate| Scenario { name, register: None, change, fate };
    check(vec![
        said(
            "name and town",
            |data| data["children"][0]["setting"] = json!("Oak Lane Prim, Larkfield"),
            Ok(&[(OAK, "s49a")]),
        ),
        said(
            "a name that two schools have",
            |data| data["children"][0]["setting"] = json!("Oak Lane"),
            Err(Hold::NoRegister),
        ),
        said(
            "a child too old for it",
            |data| {
                data["children"][0]["setting"] = json!("Oak Lane Prim, Larkfield");
                data["children"][0]["birth_date"] = json!("2011-03-14");
            },
            Err(Hold::NoRegister),
        ),
        said("nothing", |_| {}, Err(Hold::NoRegister)),
        said(
            "a nursery, and the health visitors besides",
            |data| {
                data["children"][0]["setting"] = json!("Little Acorns, Larkfield");
                data["children"][0]["birth_date"] = json!("2023-03-14");
            },
            Ok(&[(ACORNS, "encompass_early_years"), (HEALTH, CARE)]),
        ),
        said(
            "a contact of the setting in the incident",
            |data| {
                data["children"][0]["setting"] = json!("Oak Lane Prim, Larkfield");
                data["adults"][0]["names"] = json!([{ "given": "Wilhelmina", "family": "Quarrendon" }]);
            },
            Err(Hold::ConnectedAdult),
        ),
        said(
            "a protected address",
            |data| {
                data["children"][0]["setting"] = json!("Oak Lane Prim, Larkfield");
                data["safety"] = json!({ "protected_address": true });
            },
            Err(Hold::ProtectedAddress),
        ),
        Scenario {
            name: "a register that does not have the child",
            register: Some(vec![]),
            change: |data| data["children"][0]["setting"] = json!("Oak Lane Prim, Larkfield"),
            fate: Err(Hold::NoMatch),
        },
    ])
    .await;
}

#[tokio::test]
async fn the_evidence_names_the_settings_that_the_officer_can_mean() {
    on_both(async |world: World| {
        let mut data = incident();
        data["children"][0]["setting"] = json!("Oak Lane");
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let evidence = world.evidence("c1").await;
        let oak = world.setting(OAK).await;
        assert_eq!(evidence.named.len(), 2, "both schools of that name");
        assert!(evidence.named.iter().any(|candidate| candidate.setting == oak));
        assert!(evidence.possible_settings().contains(&oak), "the provisional due time goes by them");
        let shown =
            evidence.sentences.iter().any(|sentence| sentence.contains("every word of the name written"));
        assert!(shown, "{:?}", evidence.sentences);
    })
    .await;
}

#[tokio::test]
async fn a_looked_after_child_is_told_of_at_its_school_and_at_the_virtual_school() {
    let world = on_sqlite().await;
    with_teams(&world).await;
    world.register("county", NOW, &[ADA]).await;
    let listed = Pupil { schools: &[VIRTUAL], kind: "looked_after", ..ADA };
    world.register("looked-after", NOW, &[listed]).await;
    world.accept(1, VersionKind::Reported, &incident()).await;
    world.resolve().await;
    assert_eq!(fate(&world).await, Ok(vec![(OAK, "s49a".into()), (VIRTUAL, LIST.into())]));
}

#[tokio::test]
async fn a_new_directory_is_followed_without_a_restart() {
    let world = on_sqlite().await;
    let mut data = incident();
    data["children"][0]["addresses"] = json!([{ "postcode": "ZZ7 1AB" }]);
    world.accept(1, VersionKind::Reported, &data).await;
    world.resolve().await;
    assert_eq!(fate(&world).await, Err(Hold::NoRegister), "no force is listed");
    with_teams(&world).await;
    data["notes"] = json!("a correction");
    world.accept(2, VersionKind::Corrected, &data).await;
    world.resolve().await;
    assert_eq!(fate(&world).await, Ok(vec![(NEIGHBOUR, "encompass_hand_over".into())]));
}

#[tokio::test]
async fn a_person_is_asked_once_who_else_is_to_be_told() {
    on_both(async |world: World| {
        with_teams(&world).await;
        let small = Pupil { born: date(2022, 3, 14), postcode: "ZZ3 4AB", ..ADA };
        world.register("county", NOW, &[small]).await;
        let mut data = incident();
        data["children"][0]["birth_date"] = json!("2022-03-14");
        data["children"][0]["addresses"] = json!([{ "postcode": "ZZ3 4AB" }]);
        for version in 1..=2 {
            let kind = if version == 1 { VersionKind::Reported } else { VersionKind::Corrected };
            world.accept(version, kind, &data).await;
            world.resolve().await;
        }
        let tasks = world.store.tasks(&Scope::service("test"), 0).await.unwrap().rows;
        let asked: Vec<_> = tasks.iter().filter(|task| task.kind == TaskKind::TellBesides).collect();
        assert_eq!(asked.len(), 1);
        assert_eq!(
            (asked[0].detail.as_str(), asked[0].due_at),
            ("health_visiting", at("2026-03-02T08:30:00Z"))
        );
        assert_eq!(fate(&world).await, Ok(vec![(OAK, "s49a".into())]));
    })
    .await;
}

#[tokio::test]
async fn a_child_handed_over_alone_is_ours_until_the_other_force_accepts_it() {
    on_both(async |world: World| {
        with_teams(&world).await;
        let south = neighbours_desk(&world).await;
        let mut data = incident();
        data["children"][0]["addresses"] = json!([{ "postcode": "ZZ7 1AB" }]);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let told = world.notification("c1", NEIGHBOUR).await.unwrap();
        assert_eq!(told.due_at, at("2026-03-02T09:00:00Z"), "the next working day's opening");
        for (opens, expected) in [(true, ChildState::Notified), (false, ChildState::HandedOver)] {
            let mut tx = world.store.begin().await.unwrap();
            let found = tx.notifications(&[told.id]).await.unwrap();
            match opens {
                true => tx.opened(&found, "portal", &somebody(), at(NOW)).await.unwrap(),
                false => tx.acknowledged(&found, "portal", &somebody(), at(NOW)).await.unwrap(),
            }
            tx.commit().await.unwrap();
            assert_eq!(world.child("c1").await.state, expected);
            let is_theirs = expected == ChildState::HandedOver;
            assert_eq!(world.store.open_child(&south, world.child_id("c1")).await.is_ok(), is_theirs);
        }
        let asked = world.store.tasks(&south, 0).await.unwrap().rows;
        assert_eq!(asked.iter().map(|task| task.kind).collect::<Vec<_>>(), [TaskKind::HandedOver]);
        assert_eq!(asked[0].child, Some(world.child_id("c1")));
        let child = world.child("c1").await;
        assert_eq!((child.reason, child.told_at), (Some(Reason::HandedOver), Some(at(NOW))));
    })
    .await;
}
