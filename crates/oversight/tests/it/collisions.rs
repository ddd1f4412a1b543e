//! Two people at once.

use axum::http::StatusCode;

use crate::world::{World, on_both};

#[tokio::test]
async fn the_second_to_take_a_task_is_told_who_was_first_and_when() {
    on_both(async |world: World| {
        let (ada, bea) = (world.sign_in("ada").await, world.sign_in("bea").await);
        let path = format!("/tasks/{}", world.bad_contact);
        let claim = format!("{path}/claim");
        let page = world.get(&bea, &path).await.body;
        assert_eq!(world.send(&ada, &path, &claim, &[]).await.status, StatusCode::SEE_OTHER);
        let token = token_of(&page, &claim);
        let answer = world.post(&bea, &claim, &[("form_token", &token)]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.body.contains("ada took this task at Tue 3 Mar 2026, 09:00"), "{}", answer.body);
    })
    .await;
}

#[tokio::test]
async fn the_second_to_decide_is_told_and_changes_nothing() {
    on_both(async |world: World| {
        let (ada, bea) = (world.sign_in("ada").await, world.sign_in("bea").await);
        let path = format!("/children/{}", world.held);
        let page = world.get(&bea, &path).await.body;
        let decide = format!("{path}/decide");
        let school = world.schools[0].to_string();
        assert_eq!(
            world.send(&ada, &path, &decide, &[("setting", &school)]).await.status,
            StatusCode::SEE_OTHER
        );
        let token = token_of(&page, &decide);
        let resolution =
            page.split("name=\"resolution\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let fields = [
            ("form_token", token.as_str()),
            ("version", "1"),
            ("resolution", resolution),
            ("reason", "duplicate"),
        ];
        let answer = world.post(&bea, &decide, &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.body.contains("ada decided at"), "{}", answer.body);
    })
    .await;
}

#[tokio::test]
async fn a_task_that_somebody_took_is_not_settled_or_given_back_by_another() {
    on_both(async |world: World| {
        let (ada, bea) = (world.sign_in("ada").await, world.sign_in("bea").await);
        let path = format!("/tasks/{}", world.bad_contact);
        let page = world.get(&bea, &path).await.body;
        world.send(&ada, &path, &format!("{path}/claim"), &[]).await;
        let settle = format!("{path}/settle");
        let token = token_of(&page, &settle);
        let fields = [("form_token", token.as_str()), ("how", "contact_found"), ("note", "found")];
        assert_eq!(world.post(&bea, &settle, &fields).await.status, StatusCode::CONFLICT);
        assert_eq!(
            world.send(&ada, &path, &format!("{path}/release"), &[]).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(world.post(&bea, &settle, &fields).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn the_second_to_close_a_dead_letter_is_told_who_dealt_with_it() {
    on_both(async |world: World| {
        let (ada, bea) = (world.sign_in("ada").await, world.sign_in("bea").await);
        let path = format!("/dead-letters/{}", world.letter);
        let close = format!("{path}/close");
        let token = token_of(&world.get(&bea, &path).await.body, &close);
        assert_eq!(
            world.send(&ada, &path, &close, &[("why", "A test message.")]).await.status,
            StatusCode::SEE_OTHER
        );
        let answer = world.post(&bea, &close, &[("form_token", &token), ("why", "Me too.")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.body.contains("ada dealt with this message"), "{}", answer.body);
    })
    .await;
}

pub fn token_of(page: &str, action: &str) -> String {
    let form = page.split(&format!("action=\"{action}\"")).nth(1).unwrap();
    form.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
