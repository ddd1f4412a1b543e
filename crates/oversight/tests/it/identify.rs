//! Saying who a child is: entries of registers, none of them, two that are one child, and what the force is asked.

use axum::http::StatusCode;
use encompass_core::state::ChildState;
use encompass_store::Scope;
use encompass_store::desk::CaseChild;
use encompass_store::matched::DecidedCase;

use crate::evidence::{BROTHER, CENSUS, HEALTH, PARAMETERS};
use crate::world::{Answer, World, on_both};

const SERVICE: Scope = Scope::service("test");

fn path(world: &World) -> String {
    format!("/children/{}", world.held)
}

/// Sends the form of the held child as ada.
async fn decide(world: &World, fields: &[(&str, &str)]) -> Answer {
    let cookie = world.sign_in("ada").await;
    let path = path(world);
    world.send(&cookie, &path, &format!("{path}/decide"), fields).await
}

async fn child(world: &World) -> CaseChild {
    let (mut case, place) = world.store.open_child(&SERVICE, world.held).await.unwrap();
    case.children.swap_remove(place)
}

/// The decided case on each of the two registers.
async fn cases(world: &World) -> [Option<DecidedCase>; 2] {
    let mut found = Vec::new();
    for register in world.registers {
        found.push(
            world.store.decided_cases(&SERVICE, "north", register, PARAMETERS, 10).await.unwrap().pop(),
        );
    }
    [found.remove(0), found.remove(0)]
}

#[tokio::test]
async fn ticking_who_the_child_is_tells_where_it_is_on_roll_and_records_a_case_for_each_register() {
    on_both(async |world: World| {
        let answer = decide(&world, &[("entry", &CENSUS.to_string())]).await;
        assert_eq!(answer.location, format!("{}?done=decided", path(&world)), "{}", answer.body);
        let child = child(&world).await;
        assert_eq!(child.told.iter().map(|told| told.setting).collect::<Vec<_>>(), [world.schools[0]]);
        let [census, health] = cases(&world).await;
        let (census, health) = (census.unwrap(), health.unwrap());
        assert_eq!((census.is_right, census.right, census.is_review), (true, Some(CENSUS), false));
        assert!((census.score - 8.6).abs() < 1e-6, "the score of the best candidate");
        assert_eq!((health.is_right, health.right), (false, None), "what is left unticked is somebody else");
        assert!(world.store.joined(&SERVICE, "north", &[CENSUS, HEALTH]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_setting_that_was_told_is_not_offered_again() {
    on_both(async |world: World| {
        let (cookie, school) = (world.sign_in("ada").await, world.schools[0].to_string());
        let told = world.store.identity().child(world.told, "c1");
        let path = format!("/children/{told}");
        let decide = format!("{path}/decide");
        let offer = format!("name=\"setting\" type=\"checkbox\" value=\"{school}\"");
        let page = world.get(&cookie, &path).await.body;
        assert!(
            !page.contains(&offer) && page.contains(&offer.replace(&school, &world.schools[1].to_string()))
        );
        for field in [("setting", school.as_str()), ("entry", &CENSUS.to_string())] {
            let answer = world.send(&cookie, &path, &decide, &[field]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains("tick a setting that is still to be told"), "{}", answer.body);
        }
    })
    .await;
}

#[tokio::test]
async fn two_ticked_entries_are_one_child_and_that_can_be_taken_back() {
    on_both(async |world: World| {
        let (census, health) = (CENSUS.to_string(), HEALTH.to_string());
        let answer = decide(&world, &[("entry", &census), ("entry", &health)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let [one, other] = cases(&world).await;
        assert!(one.unwrap().is_right && other.unwrap().is_right);
        let cookie = world.sign_in("ada").await;
        let (path, part) = (path(&world), format!("{}/part", path(&world)));
        let page = world.get(&cookie, &path).await.body;
        assert!(page.contains("Candidates 1 and 2 stand as one child, by ada"), "{page}");
        let answer = world.send(&cookie, &path, &part, &[]).await;
        assert_eq!(answer.location, format!("{path}?done=parted"));
        assert!(world.store.joined(&SERVICE, "north", &[CENSUS, HEALTH]).await.unwrap().is_empty());
        assert!(!world.get(&cookie, &path).await.body.contains("stand as one child, by"));
    })
    .await;
}

#[tokio::test]
async fn none_of_these_records_that_the_best_was_wrong_and_tells_the_ticked_setting() {
    on_both(async |world: World| {
        let school = world.schools[1].to_string();
        let answer = decide(&world, &[("entry", "none"), ("setting", &school)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(child(&world).await.told[0].setting, world.schools[1]);
        for case in cases(&world).await {
            let case = case.unwrap();
            assert_eq!((case.is_right, case.right), (false, None));
        }
        let cookie = world.sign_in("ada").await;
        assert!(world.get(&cookie, &path(&world)).await.body.contains("Not on the registers."));
    })
    .await;
}

#[tokio::test]
async fn nothing_said_of_the_candidates_records_no_case() {
    let world = World::new().await;
    let school = world.schools[0].to_string();
    assert_eq!(decide(&world, &[("setting", &school)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(cases(&world).await, [None, None]);
}

#[tokio::test]
async fn what_contradicts_itself_is_refused_and_kept_on_the_page() {
    on_both(async |world: World| {
        let (census, brother) = (CENSUS.to_string(), BROTHER.to_string());
        let health = HEALTH.to_string();
        let unknown = world.held.to_string();
        let school = world.schools[0].to_string();
        let table: [(&[(&str, &str)], &str); 7] = [
            (&[("entry", &census), ("entry", "none")], "Tick either a candidate or none of them"),
            (&[("entry", &census), ("entry", &brother)], "Two entries of one register are two children"),
            (&[("entry", &unknown), ("setting", &school)], "One of the candidates is no longer there"),
            (&[("entry", "none")], "Tick at least one setting"),
            (&[("entry", &health)], "on roll nowhere now"),
            (&[("setting", &school), ("reason", "duplicate")], "Either tick settings or say why"),
            (&[("reason", "other")], "Write the reason in your own words"),
        ];
        for (fields, said) in table {
            let answer = decide(&world, fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
            assert!(answer.body.contains(said), "{said}: {}", answer.body);
            for (_, value) in fields.iter().filter(|(name, value)| *name == "entry" && *value != unknown) {
                let kept = answer.body.split(&format!("value=\"{value}\"")).nth(1).unwrap();
                assert!(kept.split('>').next().unwrap().contains("checked"), "{value} stays ticked");
            }
        }
        assert_eq!(child(&world).await.child.state, ChildState::Held);
        assert_eq!(cases(&world).await, [None, None]);
    })
    .await;
}

#[tokio::test]
async fn where_somebody_may_be_in_danger_each_setting_is_ticked_by_the_person() {
    let world = World::new().await;
    let cookie = world.sign_in("named").await;
    let path = format!("/children/{}", world.restricted);
    let decide = format!("{path}/decide");
    let (entry, school) = (CENSUS.to_string(), world.schools[0].to_string());
    let refused = world.send(&cookie, &path, &decide, &[("entry", &entry)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Tick each setting yourself"), "{}", refused.body);
    let told = world.send(&cookie, &path, &decide, &[("entry", &entry), ("setting", &school)]).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.body);
}

#[tokio::test]
async fn the_log_and_the_sealed_evidence_keep_what_was_shown() {
    let world = World::new().await;
    decide(&world, &[("entry", &CENSUS.to_string())]).await;
    let lines = world.store.audit_of_incident(world.incident("north", "N/1/26")).await.unwrap();
    let decided = lines.iter().find(|line| line.action == "child.decided").unwrap();
    assert_eq!(decided.detail, "1 told, 2 settings shown; 1 of 3 entries shown");
    let newest = child(&world).await.decisions.pop().unwrap();
    let sealed: serde_json::Value = serde_json::from_slice(&newest.evidence).unwrap();
    assert_eq!(sealed["who"]["candidates"].as_array().unwrap().len(), 3);
    assert_eq!(sealed["who"]["entries"][0], CENSUS.to_string());
}

#[tokio::test]
async fn the_force_is_asked_once_and_the_answer_closes_the_question() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let (path, bea) = (path(&world), world.sign_in("bea").await);
        let ask = format!("{path}/ask");
        let empty = world.send(&cookie, &path, &ask, &[("asked", " ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = world.get(&bea, &path).await.body;
        let asked = world.send(&cookie, &path, &ask, &[("asked", "Which school, says the mother?")]).await;
        assert_eq!(asked.location, format!("{path}?done=asked"), "{}", asked.body);
        let list = world.get(&cookie, "/held").await.body;
        assert!(list.contains("Asked the force at 09:00"), "{list}");
        let token = page.split(&format!("action=\"{ask}\"")).nth(1).unwrap();
        let token = token.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        let second = world.post(&bea, &ask, &[("form_token", token), ("asked", "Me too")]).await;
        assert_eq!(second.status, StatusCode::CONFLICT, "one question at a time");
        let page = world.get(&bea, &path).await.body;
        assert!(page.contains("The force was asked at Tue 3 Mar 2026, 09:00 and has not answered."));
        assert!(page.contains("Which school, says the mother? (ada"));
        let answer = format!("{path}/answer");
        let noted = world.send(&bea, &path, &answer, &[("asked", "Quillbrook, year 4.")]).await;
        assert_eq!(noted.location, format!("{path}?done=answered"));
        let page = world.get(&cookie, &path).await.body;
        assert!(page.contains("Quillbrook, year 4. (bea") && !page.contains("has not answered"));
        assert!(!world.get(&cookie, "/held").await.body.contains("Asked the force"));
        let incident = world.incident("north", "N/1/26");
        assert_eq!(world.logged(incident, "force.asked").await, 1);
        assert_eq!(world.logged(incident, "force.answered").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_else_looks_at_a_child_is_said_and_the_next_child_is_one_step_away() {
    on_both(async |world: World| {
        let (ada, bea) = (world.sign_in("ada").await, world.sign_in("bea").await);
        let path = path(&world);
        assert!(!world.get(&ada, &path).await.body.contains("is looking at this child"));
        let page = world.get(&bea, &path).await.body;
        assert!(page.contains("ada is looking at this child, since Tue 3 Mar 2026, 09:00."), "{page}");
        let first = world.get(&ada, "/held/next").await.location;
        assert!(first.starts_with("/children/"), "{first}");
        let task = world.store.tasks(&SERVICE, 0).await.unwrap().rows;
        let task =
            task.iter().find(|task| format!("/children/{}", task.child.unwrap_or(world.southern)) == first);
        let task = format!("/tasks/{}", task.unwrap().id);
        assert_eq!(
            world.send(&bea, &task, &format!("{task}/claim"), &[]).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(world.get(&ada, &first).await.body.contains("bea took this child at"));
        assert_ne!(world.get(&ada, "/held/next").await.location, first, "what somebody took is not the next");
        assert_eq!(world.get(&bea, "/held/next").await.location, first, "who took it goes on with it");
    })
    .await;
}
