//! Matches that were sent without a person: drawn, reviewed, counted, and how far they are sent.

use axum::http::StatusCode;
use encompass_core::state::TaskKind;
use encompass_store::Scope;
use encompass_store::matched::Mode;

use crate::evidence::{BROTHER, CENSUS, PARAMETERS};
use crate::world::{World, now, on_both};

const SERVICE: Scope = Scope::service("test");

fn path(world: &World) -> String {
    format!("/matches/{}", world.matched)
}

#[tokio::test]
async fn a_reviewer_sees_the_evidence_of_the_match_and_says_whether_it_is_right() {
    on_both(async |world: World| {
        let cookie = world.sign_in("rex").await;
        let path = path(&world);
        assert!(world.get(&cookie, "/matches").await.body.contains(&path));
        let page = world.get(&cookie, &path).await.body;
        for text in [
            "1. Tobin Oskansen",
            "37 points:",
            "matched to candidates 1 and 2 without a person",
            "Told or to be told: Quillbrook Primary School",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("This is the child"), "a reviewer decides nothing about the child");
        let none = world.send(&cookie, &path, &path, &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = world.send(&cookie, &path, &path, &[("verdict", "right")]).await;
        assert_eq!(answer.location, "/matches?done=match-reviewed", "{}", answer.body);
        assert!(!world.get(&cookie, "/matches").await.body.contains(&path));
        let case = world.store.decided_cases(&SERVICE, "north", world.registers[0], PARAMETERS, 10).await;
        let case = case.unwrap().remove(0);
        assert_eq!((case.is_right, case.right, case.is_review), (true, Some(CENSUS), true));
        let reviewed = world.store.matches_reviewed(&SERVICE).await.unwrap().remove(0);
        assert_eq!((reviewed.drawn, reviewed.judged, reviewed.right), (2, 1, 1));
        assert!(world.get(&cookie, &path).await.body.contains("This match has been reviewed."));
        assert_eq!(world.logged(world.incident("north", "N/5/26"), "match.reviewed").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_match_asks_the_desk_within_the_hour_to_put_it_right() {
    on_both(async |world: World| {
        let cookie = world.sign_in("rex").await;
        let path = path(&world);
        let answer = world.send(&cookie, &path, &path, &[("verdict", "wrong")]).await;
        assert_eq!(answer.location, "/matches?done=match-wrong");
        let tasks = world.store.tasks(&SERVICE, 0).await.unwrap().rows;
        let asked: Vec<_> = tasks.iter().filter(|task| task.kind == TaskKind::WrongSetting).collect();
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].child, asked[0].setting), (Some(world.matched), Some(world.schools[0])));
        assert_eq!(asked[0].due_at.duration_since(now()).as_hours(), 1);
        for register in world.registers {
            let cases = world.store.decided_cases(&SERVICE, "north", register, PARAMETERS, 10).await.unwrap();
            assert_eq!(cases.iter().map(|case| case.is_right).collect::<Vec<_>>(), [false]);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_says_that_a_match_is_wrong_says_who_it_is_where_they_can_tell() {
    let asked = async |verdict: &str| {
        let world = World::new().await;
        let cookie = world.sign_in("rex").await;
        let path = path(&world);
        let answer = world.send(&cookie, &path, &path, &[("verdict", verdict)]).await;
        let known = world.store.identified_children(&SERVICE, "north", world.registers[0]).await.unwrap();
        let judged = world.store.matches_reviewed(&SERVICE).await.unwrap()[0].judged;
        (answer.location, judged, known.get(&world.matched).copied())
    };
    let wrong = "/matches?done=match-wrong".to_owned();
    assert_eq!(asked("wrong").await, (wrong.clone(), 1, None), "it does not say who it is");
    assert_eq!(asked("nobody").await, (wrong.clone(), 1, Some(None)));
    assert_eq!(asked("candidate-3").await, (wrong, 1, Some(Some(BROTHER))));
    assert_eq!(asked("right").await.2, Some(Some(CENSUS)));
    for matched_to_or_not_there in ["candidate-2", "candidate-0", "candidate-99", "candidate-x"] {
        assert_eq!(asked(matched_to_or_not_there).await, (String::new(), 0, None));
    }
}

#[tokio::test]
async fn what_cannot_be_said_counts_neither_way() {
    let world = World::new().await;
    let cookie = world.sign_in("rex").await;
    let path = path(&world);
    world.send(&cookie, &path, &path, &[("verdict", "cannot_say")]).await;
    let cases = world.store.decided_cases(&SERVICE, "north", world.registers[0], PARAMETERS, 10).await;
    assert!(cases.unwrap().is_empty());
    assert_eq!(world.store.matches_reviewed(&SERVICE).await.unwrap()[0].judged, 0);
}

#[tokio::test]
async fn the_second_reviewer_of_a_match_is_told_and_changes_nothing() {
    on_both(async |world: World| {
        let (rex, rita) = (world.sign_in("rex").await, world.sign_in("rita").await);
        let path = path(&world);
        let page = world.get(&rita, &path).await.body;
        let token = page.split(&format!("action=\"{path}\"")).nth(1).unwrap();
        let token = token.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        world.send(&rex, &path, &path, &[("verdict", "right")]).await;
        let second = world.post(&rita, &path, &[("form_token", token), ("verdict", "wrong")]).await;
        assert_eq!(second.status, StatusCode::CONFLICT);
        let tasks = world.store.tasks(&SERVICE, 0).await.unwrap().rows;
        assert!(tasks.iter().all(|task| task.kind != TaskKind::WrongSetting));
    })
    .await;
}

#[tokio::test]
async fn held_children_are_not_drawn_and_drawing_again_draws_nothing() {
    on_both(async |world: World| {
        let again = world.store.draw_match_reviews(1_000_000, jiff::Timestamp::MIN, now()).await.unwrap();
        assert_eq!(again, 0);
        let queue = world.store.match_reviews(&SERVICE, 0).await.unwrap().rows;
        assert_eq!(queue.len(), 2, "the two that were matched, not the four that are held");
        assert_eq!(world.store.draw_match_reviews(0, jiff::Timestamp::MIN, now()).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_page_shows_what_is_sent_and_a_leader_sets_it_by_hand_for_a_reason() {
    on_both(async |world: World| {
        let (ada, leader) = (world.sign_in("ada").await, world.sign_in("leader").await);
        let desk = world.get(&ada, "/matching").await.body;
        assert!(desk.contains("Northshire Police, School census") && desk.contains("Exact agreement only"));
        let path = format!("/matching/north/{}", world.registers[0]);
        assert!(!desk.contains(&path), "the desk sets nothing");
        assert!(world.get(&leader, "/matching").await.body.contains(&path));
        let by_hand = ("mode", "by_hand");
        let table: [(&[(&str, &str)], &str); 3] = [
            (&[("reason", "x")], "Choose what is sent"),
            (&[by_hand, ("points", "45")], "Write why"),
            (&[by_hand, ("points", "0"), ("reason", "x")], "Write a whole number of points"),
        ];
        for (fields, said) in table {
            let answer = world.send(&leader, &path, &path, fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
            assert!(answer.body.contains(said), "{said}");
        }
        assert!(world.store.automatic(&SERVICE).await.unwrap().is_empty());
        let fields = [by_hand, ("points", "45"), ("reason", "A trial over the summer.")];
        let set = world.send(&leader, &path, &path, &fields).await;
        assert_eq!(set.location, "/matching?done=automatic-set");
        let standing = world.store.automatic(&SERVICE).await.unwrap().remove(0);
        assert_eq!(standing.automatic.mode, Mode::ByHand);
        assert_eq!(standing.automatic.threshold.map(encompass_matching::points), Some(45));
        let desk = world.get(&ada, "/matching").await.body;
        assert!(desk.contains("Exact agreement, and 45 points or more"));
        assert!(desk.contains("Set by leader") && desk.contains("A trial over the summer."), "{desk}");
    })
    .await;
}

#[tokio::test]
async fn a_register_of_another_force_is_not_found() {
    let world = World::new().await;
    let leader = world.sign_in("leader").await;
    for force in ["south", "nowhere"] {
        let path = format!("/matching/{force}/{}", world.registers[0]);
        assert_eq!(world.get(&leader, &path).await.status, StatusCode::NOT_FOUND, "{force}");
    }
}

#[tokio::test]
async fn the_figures_stand_in_metrics_by_force() {
    let world = World::new().await;
    let cookie = world.sign_in("rex").await;
    let other = world.store.identity().child(world.told, "c1");
    for (child, verdict) in [(world.matched, "right"), (other, "wrong")] {
        let path = format!("/matches/{child}");
        world.send(&cookie, &path, &path, &[("verdict", verdict)]).await;
    }
    encompass_oversight::step(&world.state, 1).await.unwrap();
    let families = world.registry.gather();
    let value = |name: &str| {
        let family = families.iter().find(|family| family.name() == name).unwrap();
        family.get_metric()[0].get_gauge().get_value()
    };
    assert_eq!((value("encompass_match_reviewed"), value("encompass_match_right")), (2.0, 1.0));
    let low = value("encompass_match_precision_low");
    assert!((low - 0.025_32).abs() < 1e-4, "one of two shows no more: {low}");
}
