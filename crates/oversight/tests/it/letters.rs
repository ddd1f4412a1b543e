//! Dead letters.

use axum::http::StatusCode;
use encompass_core::state::RefusedState;
use encompass_store::Scope;

use crate::world::{World, on_both};

#[tokio::test]
async fn the_list_shows_what_is_wrong_and_nothing_of_the_message() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let body = world.get(&cookie, "/dead-letters").await.body;
        assert!(body.contains("Unreadable") && body.contains(&world.letter.to_string()));
        assert!(!body.contains("N/9/26"));
        assert!(!body.contains(&world.southern_letter.to_string()));
    })
    .await;
}

#[tokio::test]
async fn a_message_is_put_back_mended_and_refused_again_while_it_is_not() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/dead-letters/{}", world.letter);
        let action = format!("{path}/put-back");
        let send = async |mended: &str, note: &str| {
            world.send(&cookie, &path, &action, &[("mended", mended), ("note", note)]).await
        };
        assert_eq!(send("{}", "").await.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
        let again = send("{\"force\":", "still wrong").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("Refused again: It is not JSON."));
        let unchanged = world.get(&cookie, &path).await.body;
        assert!(unchanged.contains("N/9/26"), "the message is shown");
        assert_eq!(send("{\"force\": \"north\"}", "closed the brace").await.status, StatusCode::SEE_OTHER);
        let scope = Scope::service("test");
        let left = world.store.refused(&scope, RefusedState::Open, 10).await.unwrap();
        assert!(left.iter().all(|letter| letter.id != world.letter));
    })
    .await;
}

#[tokio::test]
async fn closing_a_message_needs_a_reason() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/dead-letters/{}", world.letter);
        let close = format!("{path}/close");
        let answer = world.send(&cookie, &path, &close, &[("why", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = world.send(&cookie, &path, &close, &[("why", "Sent again as N/10/26.")]).await;
        assert_eq!(answer.location, "/dead-letters?done=letter-closed");
    })
    .await;
}
