//! A person says who a child is, or where it is: the routing table says who is told besides, and on which basis.

use encompass_core::state::{ChildState, Hold, SettingKind, TaskKind};
use encompass_resolver::Config;
use encompass_store::Scope;
use encompass_store::directory::Identifier;
use encompass_store::directory::load::{Brake, Kind};
use encompass_store::directory::setting::{Row, Serves, SettingLoad};
use encompass_store::incident::VersionKind;
use encompass_store::resolve::{Besides, ByPerson, Choice, IsConnected, Outcome, Rules, Said, Ticked, Who};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::routes::{CARE, HEALTH, LIST, MIDWIVES, MISSING, NEIGHBOUR, TWICE, VIRTUAL, team, with_teams};
use crate::world::{ACORNS, ADA, ELM, FORCE, NOW, OAK, Pupil, TEAM, World, at, by_postcode, incident, start};

const COLLEGE: &str = "200101";
const EDINBURGH: &str = "200102";
const LOTHIAN: &str = "200103";
const HOME: &str = "200104";
const ALL: [&str; 14] = [
    OAK, ELM, ACORNS, TEAM, HEALTH, TWICE, MIDWIVES, MISSING, VIRTUAL, NEIGHBOUR, COLLEGE, EDINBURGH,
    LOTHIAN, HOME,
];

pub const DUTY: &str = "s49a";
const EARLY: &str = "encompass_early_years";
const FORCES: &str = "encompass_hand_over";
const OUTSIDE: &str = "encompass_outside";

fn desk() -> Scope {
    Scope::staff("w.desk".into(), vec![FORCE.into()], Vec::new(), false)
}

/// A school in Edinburgh, and the force there; a college; the authority of homes in ZZ1.
async fn with_more(world: &World) {
    with_teams(world).await;
    let area = |outward: &str| Serves::Outward(outward.into());
    let abroad = |row: Row| {
        let record =
            encompass_store::directory::setting::Record { postcode: Some("EH1 2AB".into()), ..row.record };
        Row { also: Vec::new(), record, ..row }
    };
    let lothian = team(LOTHIAN, SettingKind::Force, &[area("EH1")]);
    let also = vec![Identifier::new("force", "lothian")];
    let duty = Serves::Duty(encompass_core::routing::Whom::HomeAuthority);
    let rows = vec![
        team(COLLEGE, SettingKind::College, &[]),
        abroad(team(EDINBURGH, SettingKind::School, &[])),
        Row { also, ..lothian },
        team(HOME, SettingKind::Authority, &[area("ZZ1"), duty]),
    ];
    let mut load =
        SettingLoad::begin(&world.store, start(Kind::Settings, "more"), &[], at(NOW)).await.unwrap();
    load.add(rows, at(NOW)).await.unwrap();
    load.finish(Brake::default(), 0, at(NOW)).await.unwrap();
}

pub type Registers = Vec<(&'static str, Vec<Pupil>)>;

/// A world in which these registers are loaded and the incident was looked at.
pub async fn looked_at(world: &World, registers: &Registers, change: fn(&mut Value)) {
    with_more(world).await;
    for (source, pupils) in registers {
        world.register(source, NOW, pupils).await;
    }
    let mut data = incident();
    change(&mut data);
    world.accept(1, VersionKind::Reported, &data).await;
    world.resolve().await;
}

/// Who is told on which basis, and who else is asked for.
pub async fn told(world: &World) -> (Vec<(&'static str, String)>, Vec<String>) {
    let mut told = Vec::new();
    for number in ALL {
        told.extend(world.notification("c1", number).await.map(|one| (number, one.legal_basis)));
    }
    let tasks = world.store.tasks(&Scope::service("test"), 0).await.unwrap().rows;
    let asked = tasks.into_iter().filter(|task| task.kind == TaskKind::TellBesides);
    (told, asked.map(|task| task.detail).collect())
}

/// What was told, where these were, and these are asked for.
pub fn these(told: &[(&'static str, &str)], asked: &[&str]) -> (Vec<(&'static str, String)>, Vec<String>) {
    let told = told.iter().map(|(number, basis)| (*number, (*basis).to_owned()));
    (told.collect(), asked.iter().map(|whom| (*whom).to_owned()).collect())
}

/// All candidates of the newest evidence are the child.
pub async fn all_ticked(world: &World) -> Who {
    let candidates = world.evidence("c1").await.matching.candidates;
    let ticked =
        candidates.iter().map(|one| Ticked { register: one.register, entry: one.entry, load: one.load });
    let said = Said::These(ticked.collect());
    Who { shown: candidates.iter().map(|one| one.entry).collect(), said, cases: Vec::new() }
}

pub async fn decide(world: &World, choice: Choice, who: Who, is_connected: IsConnected) -> Outcome {
    decide_as(world, &desk(), choice, who, is_connected).await
}

pub async fn decide_as(
    world: &World,
    scope: &Scope,
    choice: Choice,
    who: Who,
    is_connected: IsConnected,
) -> Outcome {
    let child = world.child_id("c1");
    let shown = world.store.shown(scope, child).await.unwrap();
    let decision = ByPerson { child, choice, why: String::new().into(), shown, is_connected };
    let machine = world.clock.machine();
    world.store.decide_who(scope, &Rules::default(), decision, who, at(NOW), machine).await.unwrap()
}

pub async fn by_table(world: &World) -> Outcome {
    decide(world, Choice::ByTable, all_ticked(world).await, |_, _| false).await
}

pub async fn by_hand(world: &World, numbers: &[&str], besides: Besides, who: Who) -> Outcome {
    let mut settings = Vec::new();
    for number in numbers {
        settings.push(world.setting(number).await);
    }
    decide(world, Choice::Settings(settings, besides), who, |_, _| false).await
}

fn is_small(data: &mut Value) {
    data["children"][0]["birth_date"] = json!("2022-03-14");
}

fn lives_elsewhere(data: &mut Value) {
    data["children"][0]["addresses"] = json!([{ "postcode": "ZZ7 1AB" }]);
}

/// In two homes' area of health visitors.
fn is_small_in_zz3(data: &mut Value) {
    is_small(data);
    data["children"][0]["addresses"] = json!([{ "postcode": "ZZ3 4AB" }]);
}

fn is_unborn_in_zz3(data: &mut Value) {
    data["adults"] = json!([{ "adult_ref": "a1", "names": [{ "given": "Oriel", "family": "Copplestone" }],
        "pregnant": true, "address": { "postcode": "ZZ3 4AB" } }]);
    data["children"] = json!([{ "child_ref": "c1", "due_date": "2026-07",
        "relationships": [{ "adult_ref": "a1", "kind": "mother" }] }]);
}

const SMALL: Pupil = Pupil { born: date(2022, 3, 14), ..ADA };

struct Known {
    name: &'static str,
    registers: Registers,
    change: fn(&mut Value),
    told: &'static [(&'static str, &'static str)],
    asked: &'static [&'static str],
}

fn known() -> Vec<Known> {
    let one = |name, pupil, change, told| Known {
        name,
        registers: vec![("county", vec![pupil])],
        change,
        told,
        asked: &[],
    };
    let old_list = Pupil { schools: &[TEAM], kind: "caseload", ..ADA };
    let new_list = Pupil { born: date(2022, 3, 14), ..old_list.clone() };
    let asked = |asked, known| Known { asked, ..known };
    vec![
        one("in a nursery class", SMALL, is_small, &[(OAK, DUTY), (HEALTH, CARE)]),
        one(
            "home in another force's area",
            Pupil { postcode: "ZZ7 1AB", ..ADA },
            lives_elsewhere,
            &[(OAK, DUTY), (NEIGHBOUR, FORCES)],
        ),
        one("a boarder", Pupil { kind: "boarder", ..ADA }, |_| {}, &[(OAK, DUTY), (HOME, LIST)]),
        one(
            "at a school in Edinburgh",
            Pupil { schools: &[EDINBURGH], ..ADA },
            |_| {},
            &[(EDINBURGH, OUTSIDE), (LOTHIAN, FORCES)],
        ),
        one(
            "at a college besides the school",
            Pupil { schools: &[OAK, COLLEGE], ..ADA },
            |_| {},
            &[(OAK, DUTY), (COLLEGE, "encompass_college")],
        ),
        asked(
            &["health_visiting"],
            one(
                "with two teams for the home",
                Pupil { postcode: "ZZ3 4AB", ..SMALL },
                is_small_in_zz3,
                &[(OAK, DUTY)],
            ),
        ),
        Known {
            registers: vec![("county", vec![ADA]), ("health", vec![old_list])],
            ..one("over the limit and still on a list", ADA, |_| {}, &[(OAK, DUTY)])
        },
        Known {
            registers: vec![("county", vec![SMALL]), ("health", vec![new_list])],
            ..one("on the list of another team", ADA, is_small, &[(OAK, DUTY), (TEAM, CARE)])
        },
        one("on no roll", Pupil { schools: &[], ..ADA }, |_| {}, &[(MISSING, LIST)]),
    ]
}

#[tokio::test]
async fn a_person_who_says_who_it_is_tells_whom_the_resolver_would_have() {
    for Known { name, registers, change, told: expected, asked } in known() {
        let by_itself = World::on_sqlite(&by_postcode()).await;
        looked_at(&by_itself, &registers, change).await;
        assert_eq!(told(&by_itself).await, these(expected, asked), "{name}: by itself");
        let held = World::on_sqlite(&Config::default()).await;
        looked_at(&held, &registers, change).await;
        assert_eq!(held.child("c1").await.state, ChildState::Held, "{name}");
        assert_eq!(by_table(&held).await, Outcome::Done, "{name}");
        assert_eq!(told(&held).await, these(expected, asked), "{name}: by a person");
    }
}

#[tokio::test]
async fn who_is_told_by_hand_is_told_on_the_basis_of_the_table_with_those_whom_it_names_besides() {
    use Besides::{ByTable, Nobody};
    type Row = (
        &'static str,
        fn(&mut Value),
        &'static [&'static str],
        Besides,
        &'static [(&'static str, &'static str)],
        &'static [&'static str],
    );
    let table: [Row; 13] = [
        ("a school", |_| {}, &[OAK], ByTable, &[(OAK, DUTY)], &[]),
        ("young at a nursery", is_small, &[ACORNS], ByTable, &[(ACORNS, EARLY), (HEALTH, CARE)], &[]),
        ("the same and no other", is_small, &[ACORNS], Nobody, &[(ACORNS, EARLY)], &[]),
        ("over the limit at a nursery", |_| {}, &[ACORNS], ByTable, &[(ACORNS, EARLY)], &[]),
        ("elsewhere", lives_elsewhere, &[OAK], ByTable, &[(OAK, DUTY), (NEIGHBOUR, FORCES)], &[]),
        ("Edinburgh", |_| {}, &[EDINBURGH], ByTable, &[(EDINBURGH, OUTSIDE), (LOTHIAN, FORCES)], &[]),
        ("Edinburgh and no other", |_| {}, &[EDINBURGH], Nobody, &[(EDINBURGH, OUTSIDE)], &[]),
        (
            "a college beside a school",
            |_| {},
            &[OAK, COLLEGE],
            ByTable,
            &[(OAK, DUTY), (COLLEGE, "encompass_college")],
            &[],
        ),
        ("two teams", is_small_in_zz3, &[OAK], ByTable, &[(OAK, DUTY)], &["health_visiting"]),
        ("one of the two", is_small_in_zz3, &[OAK, TWICE], ByTable, &[(OAK, DUTY), (TWICE, CARE)], &[]),
        ("nobody asked for", is_small_in_zz3, &[OAK], Nobody, &[(OAK, DUTY)], &[]),
        ("unborn", is_unborn_in_zz3, &[MIDWIVES], ByTable, &[(MIDWIVES, CARE)], &["health_visiting"]),
        ("a team alone", |_| {}, &[MISSING], ByTable, &[(MISSING, LIST)], &[]),
    ];
    for (name, change, numbers, besides, expected, asked) in table {
        let world = World::on_sqlite(&Config::default()).await;
        with_more(&world).await;
        world.register("county", NOW, &[]).await;
        let mut data = incident();
        data["children"][0]["setting"] = json!("Oak Lane");
        change(&mut data);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.state, ChildState::Held, "{name}");
        assert_eq!(by_hand(&world, numbers, besides, Who::default()).await, Outcome::Done, "{name}");
        assert_eq!(told(&world).await, these(expected, asked), "{name}");
    }
}

#[tokio::test]
async fn what_is_ticked_by_hand_stands_for_what_an_entry_says_of_the_same() {
    let moved = World::on_sqlite(&Config::default()).await;
    let team = Pupil { schools: &[TEAM], kind: "caseload", ..SMALL };
    looked_at(&moved, &vec![("county", vec![SMALL]), ("health", vec![team])], is_small).await;
    let who = all_ticked(&moved).await;
    assert_eq!(by_hand(&moved, &[ELM], Besides::ByTable, who).await, Outcome::Done);
    assert_eq!(told(&moved).await, these(&[(ELM, DUTY), (TEAM, CARE)], &[]), "the old school is not told");
    let listed = World::on_sqlite(&Config::default()).await;
    let home = Pupil { schools: &[HOME], kind: "home_educated", ..ADA };
    looked_at(&listed, &vec![("county", vec![ADA]), ("home", vec![home])], |_| {}).await;
    assert_eq!(by_table(&listed).await, Outcome::NoRoute(Hold::SettingsDisagree));
    let who = all_ticked(&listed).await;
    assert_eq!(by_hand(&listed, &[OAK], Besides::ByTable, who).await, Outcome::Done);
    assert_eq!(told(&listed).await, these(&[(OAK, DUTY)], &[]));
}

#[tokio::test]
async fn where_an_adult_of_the_incident_may_work_nobody_is_told_whom_the_person_did_not_tick() {
    let world = World::on_sqlite(&Config::default()).await;
    let listed = Pupil { schools: &[TEAM], kind: "caseload", ..SMALL };
    looked_at(&world, &vec![("county", vec![SMALL]), ("health", vec![listed])], is_small).await;
    let is_connected: IsConnected =
        |incident, contact| incident.adults().len() == 1 && contact == "Ignatius Fernleigh";
    let team = world.setting(TEAM).await;
    let outcome = decide(&world, Choice::ByTable, all_ticked(&world).await, is_connected).await;
    assert_eq!(outcome, Outcome::Connected(team));
    assert_eq!(told(&world).await, these(&[], &[]));
    let choice = Choice::Settings(vec![team], Besides::ByTable);
    assert_eq!(decide(&world, choice, Who::default(), is_connected).await, Outcome::Done);
    assert_eq!(told(&world).await, these(&[(TEAM, CARE)], &[]), "it was ticked");
}

#[tokio::test]
async fn between_two_schools_the_coming_one_is_told_on_a_basis_of_its_own_also_by_hand() {
    let left = Pupil { until: Some(date(2026, 7, 24)), ..ADA };
    let coming = Pupil { schools: &[ELM], from: Some(date(2026, 9, 2)), ..ADA };
    let basis = "encompass_between_schools";
    for (ticked, expected) in [
        (None, &[(ELM, basis)][..]),
        (Some(&[ELM][..]), &[(ELM, basis)]),
        // The person says that the child is there.
        (Some(&[OAK]), &[(OAK, DUTY)]),
    ] {
        let world = World::on_sqlite(&Config::default()).await;
        let summer = "2026-08-04T03:00:00Z";
        world.clock.step(at(summer));
        world.register("county", summer, std::slice::from_ref(&left)).await;
        world.register("academies", summer, std::slice::from_ref(&coming)).await;
        let mut data = incident();
        data["known_at"] = json!(summer);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.state, ChildState::Held);
        let who = all_ticked(&world).await;
        let outcome = match ticked {
            None => by_table(&world).await,
            Some(numbers) => by_hand(&world, numbers, Besides::ByTable, who).await,
        };
        assert_eq!(outcome, Outcome::Done);
        let mut told_now = Vec::new();
        for number in [OAK, ELM] {
            told_now.extend(world.notification("c1", number).await.map(|one| (number, one.legal_basis)));
        }
        let expected: Vec<_> =
            expected.iter().map(|(number, basis)| (*number, (*basis).to_owned())).collect();
        assert_eq!(told_now, expected, "{ticked:?}");
    }
}
