//! Samples and reviews.

use axum::http::StatusCode;
use encompass_oversight::step;
use encompass_store::Actor;

use crate::world::{World, now, on_both};

fn answers() -> Vec<(&'static str, &'static str)> {
    let keys = ["voice", "seen", "earlier", "language", "setting", "time", "action"];
    let mut fields: Vec<_> = keys.into_iter().map(|key| (key, "requires_improvement")).collect();
    fields.push(("note", "No earlier incidents are told."));
    fields
}

fn path(world: &World) -> String {
    format!("/reviews/{}/{}", world.sampled.0, world.sampled.1)
}

#[tokio::test]
async fn drawing_again_draws_nothing() {
    on_both(async |world: World| {
        let period = ("2026-03-03T00:00:00Z".parse().unwrap(), "2026-03-04T00:00:00Z".parse().unwrap());
        let by = Actor::Command("tester".into());
        let again =
            encompass_oversight::draw_sample(&world.store, "north", period, 1.0, 8, by, now()).await.unwrap();
        assert_eq!(again, 0);
    })
    .await;
}

#[tokio::test]
async fn the_day_before_is_drawn_once_held_and_told_children_alike() {
    on_both(async |world: World| {
        assert_eq!(step(&world.state, 1).await.unwrap(), 0, "nobody was due yesterday");
        world.clock.step("2026-03-04T00:10:00Z".parse().unwrap());
        let drawn = step(&world.state, 2).await.unwrap();
        // Yesterday of `north` was drawn by the world; `south` has one child, and each stratum gives at least one.
        assert_eq!(drawn, 1);
        assert_eq!(step(&world.state, 3).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_queue_counts_and_hides_restricted_cases() {
    on_both(async |world: World| {
        let cookie = world.sign_in("rex").await;
        let body = world.get(&cookie, "/reviews").await.body;
        assert!(body.contains("4 without a review, 0 with one, 0 with both"), "{body}");
        for (reference, is_shown) in
            [("N/1/26", true), ("N/4/26", true), ("N/3/26", false), ("S/1/26", false)]
        {
            assert_eq!(body.contains(reference), is_shown, "{reference}");
        }
        assert!(body.contains("Held, pending") && body.contains("Notified, in time"), "{body}");
    })
    .await;
}

#[tokio::test]
async fn a_reviewer_sees_only_the_own_answers_until_both_are_done() {
    on_both(async |world: World| {
        let (rex, rita) = (world.sign_in("rex").await, world.sign_in("rita").await);
        let path = path(&world);
        assert_eq!(world.send(&rex, &path, &path, &answers()).await.location, "/reviews?done=reviewed");
        let own = world.get(&rex, &path).await.body;
        assert!(own.contains("No earlier incidents are told.") && own.contains("You have answered."));
        let other = world.get(&rita, &path).await.body;
        assert!(!other.contains("No earlier incidents are told.") && other.contains("Your answers"));
        assert_eq!(world.send(&rita, &path, &path, &answers()).await.status, StatusCode::SEE_OTHER);
        for cookie in [&rex, &rita] {
            let both = world.get(cookie, &path).await.body;
            assert!(both.contains("rex, ") && both.contains("rita, "), "both are shown once both are done");
        }
        assert!(world.get(&rex, "/reviews/done").await.body.contains("N/1/26"));
    })
    .await;
}

#[tokio::test]
async fn one_review_for_each_reviewer_and_two_for_each_child() {
    on_both(async |world: World| {
        let path = path(&world);
        let ron = world.sign_in("ron").await;
        let page = world.get(&ron, &path).await.body;
        let token = page.split(&format!("action=\"{path}\"")).nth(1).unwrap();
        let token = token.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        for login in ["rex", "rita"] {
            let cookie = world.sign_in(login).await;
            assert_eq!(world.send(&cookie, &path, &path, &answers()).await.status, StatusCode::SEE_OTHER);
        }
        let mut third = answers();
        third.push(("form_token", &token));
        assert_eq!(world.post(&ron, &path, &third).await.status, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn every_question_wants_an_answer() {
    on_both(async |world: World| {
        let cookie = world.sign_in("rex").await;
        let path = path(&world);
        let answer = world.send(&cookie, &path, &path, &answers()[1..]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("href=\"#voice\""));
        assert!(!answer.body.contains("href=\"#seen\""));
    })
    .await;
}

#[tokio::test]
async fn a_child_that_was_not_sampled_is_not_found() {
    on_both(async |world: World| {
        let cookie = world.sign_in("rex").await;
        let other = format!("/reviews/{}/{}", world.sampled.0, world.southern);
        assert_eq!(world.get(&cookie, &other).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
