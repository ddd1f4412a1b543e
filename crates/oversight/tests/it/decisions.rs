//! What the desk decides about children, and how calls and tasks are settled.

use axum::http::StatusCode;
use encompass_core::state::{ChildState, NotificationState, Reason, TaskState};
use encompass_store::desk::CaseChild;
use encompass_store::{Scope, Store};

use crate::world::{World, on_both};

async fn child(store: &Store, id: encompass_core::id::ChildId) -> CaseChild {
    let (mut case, place) = store.open_child(&Scope::service("test"), id).await.unwrap();
    case.children.swap_remove(place)
}

#[tokio::test]
async fn a_setting_found_by_search_is_told() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/children/{}", world.held_elsewhere);
        let search = [("search", "quillbrook"), ("do", "search"), ("why", "Kept while searching.")];
        let found = world.send(&cookie, &path, &format!("{path}/decide"), &search).await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(
            found.body.contains("Quillbrook Primary School") && found.body.contains("Kept while searching.")
        );
        let school = world.schools[0].to_string();
        let answer = world
            .send(
                &cookie,
                &path,
                &format!("{path}/decide"),
                &[("setting", &school), ("why", "The mother said so.")],
            )
            .await;
        assert_eq!(answer.location, format!("{path}?done=decided"), "{}", answer.body);
        let child = child(&world.store, world.held_elsewhere).await;
        assert_eq!(child.child.state, ChildState::Notified);
        assert_eq!(child.told[0].setting, world.schools[0]);
        let page = world.get(&cookie, &path).await.body;
        assert!(page.contains("The mother said so."), "the reason stands beside the decision");
        assert_eq!(world.logged(child.child.incident, "child.decided").await, 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_told_without_a_tick() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/children/{}", world.held);
        let answer = world.send(&cookie, &path, &format!("{path}/decide"), &[]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("Tick at least one setting"));
        assert_eq!(child(&world.store, world.held).await.child.state, ChildState::Held);
    })
    .await;
}

#[tokio::test]
async fn closing_as_unsafe_or_other_needs_the_persons_own_words() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/children/{}", world.held);
        let close = format!("{path}/decide");
        for reason in ["unsafe", "other"] {
            let answer = world.send(&cookie, &path, &close, &[("reason", reason), ("why", " ")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
            assert!(answer.body.contains("Write the reason in your own words"));
        }
        for reason in ["nonsense", "withdrawn", "exercise"] {
            let answer = world.send(&cookie, &path, &close, &[("reason", reason), ("why", "because")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason} is no reason for a person");
        }
        let answer = world
            .send(&cookie, &path, &close, &[("reason", "unsafe"), ("why", "A governor is the suspect.")])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let child = child(&world.store, world.held).await;
        assert_eq!((child.child.state, child.child.reason), (ChildState::Closed, Some(Reason::Unsafe)));
        assert_eq!(child.closed_by.as_deref(), Some("staff:ada"));
    })
    .await;
}

#[tokio::test]
async fn handing_over_needs_who_accepted_the_child() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/children/{}", world.held);
        let action = format!("{path}/hand-over");
        let answer = world.send(&cookie, &path, &action, &[("accepted", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let words = ("accepted", "Southshire desk, 09:05");
        for to in ["", "nowhere"] {
            let answer = world.send(&cookie, &path, &action, &[words, ("to", to)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
            assert!(answer.body.contains("Southshire desk, 09:05"), "what was written is kept");
        }
        let southern = world.sign_in("southern").await;
        assert_eq!(world.get(&southern, &path).await.status, StatusCode::NOT_FOUND);
        let answer = world.send(&cookie, &path, &action, &[words, ("to", "south")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(child(&world.store, world.held).await.child.state, ChildState::HandedOver);
        assert_eq!(world.get(&southern, &path).await.status, StatusCode::OK);
        let lists = world.get(&southern, "/held").await.body;
        assert!(!lists.contains("N/1/26"), "it is not theirs to decide");
    })
    .await;
}

/// Records a call with this result, and says where its task and notification stand then.
async fn call(fields: &[(&str, &str)]) -> (StatusCode, TaskState, NotificationState, World) {
    let world = World::new().await;
    let cookie = world.sign_in("ada").await;
    let path = format!("/tasks/{}/call", world.call);
    let answer = world.send(&cookie, &path, &path, fields).await;
    let task = world.store.task(&Scope::service("test"), world.call).await.unwrap();
    let told = child(&world.store, task.child.unwrap()).await.told.remove(0);
    (answer.status, task.state, told.state, world)
}

#[tokio::test]
async fn a_call_that_was_answered_acknowledges_with_name_and_role() {
    let answered = [("result", "acknowledged"), ("who", "Orla Fennimore"), ("role", "lead")];
    let (status, task, notification, world) = call(&answered).await;
    assert_eq!(
        (status, task, notification),
        (StatusCode::SEE_OTHER, TaskState::Settled, NotificationState::Acknowledged)
    );
    let cookie = world.sign_in("ada").await;
    let incident = world.incident("north", "N/5/26");
    let page = world.get(&cookie, &format!("/incidents/{incident}")).await.body;
    assert!(page.contains("Orla Fennimore, lead"), "who said it stands in the timeline");
}

#[tokio::test]
async fn a_call_needs_the_name_and_role_of_who_acknowledged() {
    for fields in [&[][..], &[("result", "acknowledged")], &[("result", "acknowledged"), ("who", "Orla")]] {
        let (status, task, notification, _) = call(fields).await;
        let expected = (StatusCode::UNPROCESSABLE_ENTITY, TaskState::Open, NotificationState::Waiting);
        assert_eq!((status, task, notification), expected, "{fields:?}");
    }
}

#[tokio::test]
async fn a_call_without_an_answer_leaves_the_task_open_and_is_logged() {
    for result in ["no_answer", "wrong_number"] {
        let (status, task, notification, world) = call(&[("result", result)]).await;
        assert_eq!(
            (status, task, notification),
            (StatusCode::SEE_OTHER, TaskState::Open, NotificationState::Waiting)
        );
        assert_eq!(world.logged(world.incident("north", "N/5/26"), "call.tried").await, 1);
    }
}

#[tokio::test]
async fn not_with_us_by_telephone_holds_the_child_again() {
    let (status, task, notification, world) = call(&[("result", "not_here")]).await;
    assert_eq!(
        (status, task, notification),
        (StatusCode::SEE_OTHER, TaskState::Settled, NotificationState::Closed)
    );
    let id = world.store.identity().child(world.incident("north", "N/5/26"), "c1");
    let child = child(&world.store, id).await;
    assert_eq!(child.child.state, ChildState::Held);
    assert_eq!(child.excluded[0].0, world.schools[0]);
}

#[tokio::test]
async fn a_task_is_settled_with_how_and_a_note_that_is_sealed() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/tasks/{}", world.corrected);
        let settle = format!("{path}/settle");
        for fields in [&[][..], &[("how", "setting_told")], &[("how", "nonsense"), ("note", "x")]] {
            assert_eq!(
                world.send(&cookie, &path, &settle, fields).await.status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        let fields = [("how", "setting_told"), ("note", "Spoke to Orla Fennimore.")];
        assert_eq!(world.send(&cookie, &path, &settle, &fields).await.status, StatusCode::SEE_OTHER);
        let opened = world.store.open_task(&Scope::service("test"), world.corrected).await.unwrap();
        assert_eq!(opened.task.settled_how.as_deref(), Some("setting_told"));
        assert_eq!(opened.task.settled_by.as_deref(), Some("staff:ada"));
        assert_eq!(opened.note.unwrap().as_str(), "Spoke to Orla Fennimore.");
    })
    .await;
}
