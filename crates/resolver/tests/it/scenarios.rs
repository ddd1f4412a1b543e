//! One child each: what police say, what the register has, what becomes of it.

use encompass_core::state::{ChildState, Hold, Reason};
use encompass_store::incident::VersionKind;
use jiff::civil::date;
use serde_json::{Value, json};

use crate::world::{ACORNS, ADA, ELM, NOW, OAK, Pupil, TEAM, World, at, child, incident, on_both, on_sqlite};

/// What becomes of a child.
#[derive(Debug, PartialEq)]
enum Fate {
    Told(&'static [&'static str]),
    Held(Hold),
    Closed(Reason),
}

struct Scenario {
    name: &'static str,
    change: fn(&mut Value),
    registers: Vec<(&'static str, &'static str, Vec<Pupil>)>,
    fate: Fate,
}

fn county(pupils: Vec<Pupil>) -> Vec<(&'static str, &'static str, Vec<Pupil>)> {
    vec![("county", NOW, pupils)]
}

fn scenario(name: &'static str, pupils: Vec<Pupil>, change: fn(&mut Value), fate: Fate) -> Scenario {
    Scenario { name, change, registers: county(pupils), fate }
}

fn matches() -> Vec<Scenario> {
    let stays = |_: &mut Value| {};
    let elsewhere = |data: &mut Value| data["children"][0]["addresses"] = json!([{ "postcode": "ZZ9 9ZZ" }]);
    vec![
        scenario("names, birth date and postcode", vec![ADA], stays, Fate::Told(&[OAK])),
        scenario("another postcode confirms nothing", vec![ADA], elsewhere, Fate::Held(Hold::Unconfirmed)),
        scenario(
            "the officer's setting confirms at another postcode",
            vec![ADA],
            |data| {
                data["children"][0]["addresses"] = json!([{ "postcode": "ZZ9 9ZZ" }]);
                data["children"][0]["setting"] = json!("Oak Lane Primary School, Larkfield");
            },
            Fate::Told(&[OAK]),
        ),
        scenario(
            "a name that two schools have confirms nothing",
            vec![ADA],
            |data| {
                data["children"][0]["addresses"] = json!([{ "postcode": "ZZ9 9ZZ" }]);
                data["children"][0]["setting"] = json!("Oak Lane Primary School");
            },
            Fate::Held(Hold::Unconfirmed),
        ),
        scenario(
            "a school number in the officer's words confirms",
            vec![ADA],
            |data| {
                data["children"][0]["addresses"] = json!([]);
                data["children"][0]["setting"] = json!("Oak Lane (URN 100001)");
            },
            Fate::Told(&[OAK]),
        ),
        scenario(
            "the officer names another school",
            vec![ADA],
            |data| data["children"][0]["setting"] = json!("Elm Road Primary School"),
            Fate::Held(Hold::SettingsDisagree),
        ),
        scenario(
            "the officer names a place that nobody knows",
            vec![ADA],
            |data| data["children"][0]["setting"] = json!("Hogsmeade"),
            Fate::Held(Hold::SettingsDisagree),
        ),
        scenario(
            "the officer's short form fits",
            vec![ADA],
            |data| data["children"][0]["setting"] = json!("Oak Lane"),
            Fate::Told(&[OAK]),
        ),
    ]
}

fn entries() -> Vec<Scenario> {
    let stays = |_: &mut Value| {};
    vec![
        scenario("the officer's word alone is not enough", vec![], stays, Fate::Held(Hold::NoMatch)),
        scenario(
            "two schools at once are told both",
            vec![Pupil { schools: &[OAK, ELM], ..ADA }],
            stays,
            Fate::Told(&[OAK, ELM]),
        ),
        scenario("two entries fit", vec![ADA, ADA], stays, Fate::Held(Hold::SeveralMatches)),
        scenario(
            "a namesake with another birth date does not matter",
            vec![ADA, Pupil { born: date(2016, 3, 14), ..ADA }],
            stays,
            Fate::Told(&[OAK]),
        ),
        scenario(
            "a misspelt name",
            vec![Pupil { given: "Aramynta", ..ADA }],
            stays,
            Fate::Held(Hold::Unsure),
        ),
        scenario(
            "an ended enrolment",
            vec![Pupil { until: Some(date(2026, 2, 27)), ..ADA }],
            stays,
            Fate::Held(Hold::EnrolmentEnded),
        ),
        scenario(
            "one that ends on the due day still holds",
            vec![Pupil { until: Some(date(2026, 3, 2)), ..ADA }],
            stays,
            Fate::Told(&[OAK]),
        ),
        scenario(
            "one that has not begun",
            vec![Pupil { from: Some(date(2026, 3, 3)), ..ADA }],
            stays,
            Fate::Held(Hold::EnrolmentEnded),
        ),
        scenario("no enrolment", vec![Pupil { schools: &[], ..ADA }], stays, Fate::Held(Hold::NoEnrolment)),
        scenario("a guest", vec![Pupil { kind: "guest", ..ADA }], stays, Fate::Held(Hold::NoEnrolment)),
        scenario(
            "a restricted entry",
            vec![Pupil { restricted: true, ..ADA }],
            stays,
            Fate::Held(Hold::Restricted),
        ),
    ]
}

fn flags() -> Vec<Scenario> {
    let held = |name, change, hold| scenario(name, vec![ADA], change, Fate::Held(hold));
    vec![
        held("a restricted case", |data| data["safety"] = json!({ "restricted": true }), Hold::Restricted),
        held(
            "a protected address",
            |data| data["safety"] = json!({ "protected_address": true }),
            Hold::ProtectedAddress,
        ),
        held(
            "an unreadable guard",
            |data| data["safety"] = json!({ "protected_address": "perhaps" }),
            Hold::GuardUnread,
        ),
        held(
            "an adult who works at a school",
            |data| data["adults"][0]["connected_setting"] = json!("cooks at Elm Road"),
            Hold::ConnectedAdult,
        ),
        held(
            "an adult who works for the police",
            |data| data["adults"][0]["police_or_partner_staff"] = json!(true),
            Hold::ConnectedAdult,
        ),
        held(
            "an adult with the name of the school's lead",
            |data| data["adults"][0]["names"] = json!([{ "given": "Wilhelmina", "family": "QUARRENDON" }]),
            Hold::ConnectedAdult,
        ),
        held(
            "an adult who may be the school's lead",
            |data| data["adults"][0]["names"] = json!([{ "given": "W", "family": "Quarrendon" }]),
            Hold::ConnectedAdult,
        ),
    ]
}

fn ages() -> Vec<Scenario> {
    let held = |name, change, hold| scenario(name, vec![ADA], change, Fate::Held(hold));
    vec![
        scenario(
            "an adult with the name of another school's lead",
            vec![ADA],
            |data| data["adults"][0]["names"] = json!([{ "given": "Barnaby", "family": "Thistlewood" }]),
            Fate::Told(&[OAK]),
        ),
        held(
            "police ask that nobody be told",
            |data| data["children"][0]["not_to_be_notified"] = json!({ "reason": "unsafe", "approver": "A" }),
            Hold::NotToBeNotified,
        ),
        held(
            "eighteen by the year",
            |data| data["children"][0]["birth_date"] = json!("2008"),
            Hold::MaybeAdult,
        ),
        held(
            "eighteen by age",
            |data| {
                data["children"][0]["birth_date"] = Value::Null;
                data["children"][0]["age"] = json!(18);
            },
            Hold::MaybeAdult,
        ),
        scenario(
            "eighteen by birth date",
            vec![ADA],
            |data| {
                data["children"][0]["birth_date"] = json!("2008-03-02");
                data["children"][0]["names"][0]["given"] = json!("Peregrine");
                data["children"][0]["setting"] = Value::Null;
            },
            Fate::Closed(Reason::NotAChild),
        ),
        held(
            "a grown-up by birth date, with the names and the postcode of a child on the register",
            |data| {
                data["children"][0]["birth_date"] = json!("1996-03-14");
                data["children"][0]["setting"] = Value::Null;
            },
            Hold::MaybeAdult,
        ),
        scenario(
            "a grown-up by birth date, and the officer names a school",
            Vec::new(),
            |data| {
                data["children"][0]["birth_date"] = json!("1996-03-14");
                data["children"][0]["setting"] = json!("Larkfield Primary");
            },
            Fate::Held(Hold::MaybeAdult),
        ),
        held(
            "nothing to look up",
            |data| data["children"][0] = json!({ "child_ref": "c1", "age": 7 }),
            Hold::NothingToLookUp,
        ),
        held(
            "unborn",
            |data| data["children"][0] = json!({ "child_ref": "c1", "due_date": "2026-07" }),
            Hold::Unborn,
        ),
        held(
            "no birth date and no number",
            |data| data["children"][0]["birth_date"] = Value::Null,
            Hold::Unsure,
        ),
    ]
}

fn registers() -> Vec<Scenario> {
    let small = Pupil { born: date(2022, 3, 14), ..ADA };
    let born = |data: &mut Value| data["children"][0]["birth_date"] = json!("2022-03-14");
    let stays = |_: &mut Value| {};
    let with = |name, registers, change, fate| Scenario { name, change, registers, fate };
    vec![
        with("no register", vec![], stays, Fate::Held(Hold::NoRegister)),
        with(
            "a register past its age",
            vec![("county", "2026-01-02T00:00:00Z", vec![ADA])],
            stays,
            Fate::Held(Hold::RegisterStale),
        ),
        with(
            "only a register past its age, without the child",
            vec![("county", "2026-01-02T00:00:00Z", vec![])],
            stays,
            Fate::Held(Hold::RegisterStale),
        ),
        with(
            "two registers agree",
            vec![("county", NOW, vec![ADA]), ("trust", NOW, vec![ADA])],
            stays,
            Fate::Told(&[OAK]),
        ),
        with(
            "two registers disagree",
            vec![("county", NOW, vec![ADA]), ("trust", NOW, vec![Pupil { schools: &[ELM], ..ADA }])],
            stays,
            Fate::Held(Hold::SettingsDisagree),
        ),
        with(
            "nursery and health team stand on registers of their own",
            vec![
                ("county", NOW, vec![Pupil { schools: &[ACORNS], ..small.clone() }]),
                ("health", NOW, vec![Pupil { schools: &[TEAM], kind: "caseload", ..small }]),
            ],
            born,
            Fate::Told(&[ACORNS, TEAM]),
        ),
    ]
}

fn numbers() -> Vec<Scenario> {
    let numbered = Pupil { upn: Some("H801200001001"), ..ADA };
    vec![
        scenario(
            "pupil number and names without a birth date",
            vec![numbered.clone()],
            |data| {
                data["children"][0]["birth_date"] = Value::Null;
                data["children"][0]["upn"] = json!("H801200001001");
            },
            Fate::Told(&[OAK]),
        ),
        scenario(
            "pupil number and another name",
            vec![numbered.clone()],
            |data| {
                data["children"][0]["names"][0]["given"] = json!("Zuleika");
                data["children"][0]["upn"] = json!("H801200001001");
            },
            Fate::Held(Hold::Unconfirmed),
        ),
        scenario(
            "another pupil number",
            vec![numbered],
            |data| data["children"][0]["upn"] = json!("P000000000001"),
            Fate::Held(Hold::Unconfirmed),
        ),
    ]
}

async fn fate(world: &World) -> (ChildState, Option<Hold>, Option<Reason>, Vec<&'static str>) {
    let child = world.child("c1").await;
    let mut told = Vec::new();
    for number in [OAK, ELM, ACORNS, TEAM] {
        if world.notification("c1", number).await.is_some() {
            told.push(number);
        }
    }
    (child.state, child.hold, child.reason, told)
}

async fn check(scenarios: Vec<Scenario>) {
    for scenario in scenarios {
        let world = on_sqlite().await;
        for (source, as_of, pupils) in &scenario.registers {
            world.register(source, as_of, pupils).await;
        }
        let mut data = incident();
        (scenario.change)(&mut data);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let expected = match scenario.fate {
            Fate::Told(settings) => (ChildState::Notified, None, None, settings.to_vec()),
            Fate::Held(hold) => (ChildState::Held, Some(hold), None, Vec::new()),
            Fate::Closed(reason) => (ChildState::Closed, None, Some(reason), Vec::new()),
        };
        assert_eq!(fate(&world).await, expected, "{}", scenario.name);
    }
}

#[tokio::test]
async fn exact_matches_are_told_and_everything_else_is_held() {
    check(matches()).await;
    check(entries()).await;
}

#[tokio::test]
async fn what_protects_people_asks_for_a_person() {
    check(flags()).await;
    check(ages()).await;
}

#[tokio::test]
async fn registers_add_to_each_other_or_ask_for_a_person() {
    check(registers()).await;
    check(numbers()).await;
}

#[tokio::test]
async fn a_match_makes_a_notification_with_its_due_time_and_one_mail() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ADA]).await;
        world.accept(1, VersionKind::Reported, &incident()).await;
        world.resolve().await;
        let notification = world.notification("c1", OAK).await.unwrap();
        assert_eq!(notification.due_at, at("2026-03-02T08:30:00Z"));
        assert_eq!(notification.legal_basis, "s49a");
        assert_eq!(world.child("c1").await.due_at, notification.due_at);
        assert_eq!(world.sends().await, [(world.contacts_of(OAK).await[0], 1)]);
        assert_eq!(world.resolver.step().await.unwrap(), 0, "nothing is left");
    })
    .await;
}

#[tokio::test]
async fn siblings_at_one_school_are_one_mail() {
    on_both(async |world: World| {
        let sibling = |given, born| Pupil { given, born, ..ADA };
        let leo = Pupil { schools: &[ELM], ..sibling("Leopold", date(2015, 1, 2)) };
        world.register("county", NOW, &[ADA, sibling("Zuleika", date(2018, 5, 6)), leo]).await;
        let mut data = incident();
        let siblings = [child("c2", "Zuleika", "2018-05-06"), child("c3", "Leopold", "2015-01-02")];
        data["children"].as_array_mut().unwrap().extend(siblings);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let mut sends = world.sends().await;
        sends.sort_by_key(|(_, notifications)| *notifications);
        assert_eq!(sends, [(world.contacts_of(ELM).await[0], 1), (world.contacts_of(OAK).await[0], 2)]);
    })
    .await;
}

#[tokio::test]
async fn exercises_and_history_are_closed_and_nobody_is_told() {
    for (exercise, history, reason) in [(true, false, Reason::Exercise), (false, true, Reason::History)] {
        let world = on_sqlite().await;
        world.register("county", NOW, &[ADA]).await;
        world.accept_flagged(1, VersionKind::Reported, &incident(), exercise, history).await;
        world.resolve().await;
        assert_eq!(fate(&world).await, (ChildState::Closed, None, Some(reason), Vec::new()));
        assert_eq!(world.sends().await, []);
    }
}

#[tokio::test]
async fn the_evidence_of_a_hold_shows_what_was_compared() {
    let world = on_sqlite().await;
    world.register("county", NOW, &[ADA, Pupil { given: "Aramynta", ..ADA }]).await;
    let mut data = incident();
    data["children"][0]["addresses"] = json!([{ "postcode": "ZZ9 9ZZ" }]);
    world.accept(1, VersionKind::Reported, &data).await;
    world.resolve().await;
    let evidence = world.evidence("c1").await;
    assert_eq!(evidence.matching.reasons, [Hold::Unconfirmed]);
    assert!(evidence.sentences.iter().any(|sentence| sentence.contains("postcode differs")), "{evidence:?}");
    assert!(evidence.sentences.iter().all(|sentence| !sentence.contains("Copplestone")));
    let debug = format!("{evidence:?}");
    assert!(!debug.contains("Copplestone") && !debug.contains("ZZ1"), "{debug}");
}

#[tokio::test]
async fn a_body_that_is_no_incident_is_held_and_does_not_come_again() {
    let world = on_sqlite().await;
    let mut data = incident();
    data["children"] = json!("none of them");
    let mut tx = world.store.begin().await.unwrap();
    let mut publication = crate::world::publication(1, VersionKind::Reported, &incident());
    publication.body = serde_json::to_vec(&data).unwrap().into();
    tx.accept(vec![publication]).await.unwrap();
    tx.commit().await.unwrap();
    world.resolve().await;
    assert_eq!(fate(&world).await, (ChildState::Held, Some(Hold::NothingToLookUp), None, Vec::new()));
    assert_eq!(world.resolver.step().await.unwrap(), 0);
}

#[tokio::test]
async fn a_place_in_the_list_that_names_nobody_gives_no_child_the_answer_of_another() {
    on_both(async |world: World| {
        let other = Pupil { given: "Wilfred", born: date(2015, 6, 2), schools: &[ELM], ..ADA };
        world.register("county", NOW, &[ADA, other]).await;
        let mut data = incident();
        data["children"] =
            json!([null, child("c1", "Araminta", "2017-03-14"), child("c2", "Wilfred", "2015-06-02")]);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        assert!(
            world.notification("c1", OAK).await.is_some() && world.notification("c2", ELM).await.is_some()
        );
        assert!(
            world.notification("c1", ELM).await.is_none() && world.notification("c2", OAK).await.is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn two_children_of_an_incident_are_not_told_of_as_one_entry() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ADA]).await;
        let mut data = incident();
        let mut second = child("c2", "Araminta", "2017-03-14");
        second["sex"] = json!("female");
        data["children"] = json!([child("c1", "Araminta", "2017-03-14"), second]);
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        for one in ["c1", "c2"] {
            let child = world.child(one).await;
            assert_eq!(child.state, ChildState::Held, "{one}");
        }
    })
    .await;
}
