//! What the pages show.

use axum::http::StatusCode;

use crate::world::{World, on_both};

async fn page(login: &str, path: impl Fn(&World) -> String) -> String {
    let world = World::new().await;
    let cookie = world.sign_in(login).await;
    let answer = world.get(&cookie, &path(&world)).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.body
}

fn has(body: &str, texts: &[&str]) {
    for text in texts {
        assert!(body.contains(text), "{text} is shown in {body}");
    }
}

#[tokio::test]
async fn a_held_child_shows_who_it_is_why_it_waits_and_what_was_compared() {
    let body = page("ada", |world| format!("/children/{}", world.held)).await;
    has(
        &body,
        &[
            "Tobin Oskansen",
            "4 May 2016",
            "Register and officer name different settings",
            "The register is too old to be trusted",
            "45 minutes left",
            "Setting that the officer named",
            "Quillbrook Primary School, Marlow Cross",
            "Tansy Hill Academy, Marlow Cross",
            "The directory has one setting of the name that the officer wrote.",
            "ZZ1 – postcode agrees",
            "On the register School census",
            "37 points:",
            "about 1 chance in 5,000 that it is somebody else",
            "same day and month, another year",
            "nearly the same spelling",
            "the household of another candidate",
            "104,211 children in memory",
            "Setting 1 that the officer may mean",
            "87 of 100 points",
            "fits – 45 of 45 points, by a former name",
            "does not fit – 12 of 20 points, about 14 km from the home",
            "Tue 3 Mar opens 09:45",
        ],
    );
}

#[tokio::test]
async fn candidates_show_no_number_no_address_and_no_whole_postcode_of_a_register() {
    let body = page("ada", |world| format!("/children/{}", world.held)).await;
    for text in ["9QX", "4 Invented Lane", "style="] {
        assert!(!body.contains(text), "{text} is not needed to compare");
    }
}

#[tokio::test]
async fn an_entry_without_scores_is_a_candidate_as_well() {
    let world = World::new().await;
    let path = format!("/children/{}", world.held_elsewhere);
    let body = world.get(&world.sign_in("ada").await, &path).await.body;
    has(&body, &["1. Tobin Oskansen", "This is the child"]);
    assert!(!body.contains("points:"));
}

#[tokio::test]
async fn opening_a_child_is_logged_once_with_who_opened_it() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        world.get(&cookie, &format!("/children/{}", world.held)).await;
        let lines = world.store.audit_of_incident(world.incident("north", "N/1/26")).await.unwrap();
        let viewed: Vec<_> = lines.iter().filter(|line| line.action == "child.viewed").collect();
        assert_eq!(viewed.len(), 1);
        assert_eq!(viewed[0].actor, "staff:ada");
    })
    .await;
}

#[tokio::test]
async fn an_incident_shows_everything_that_happened_and_what_a_correction_changed() {
    let body = page("ada", |world| format!("/incidents/{}", world.told)).await;
    has(
        &body,
        &[
            "N/4/26",
            "Version 1 (reported)",
            "Version 2 (corrected)",
            "Differs",
            "Children 1, seen",
            "/children/0/upn",
            "Quillbrook Primary School",
            "Notification made",
            "Opened",
            "Queued by email",
            "Look at a correction that came after telling",
            "Logged: Incident accepted",
            "opens 09:45",
        ],
    );
}

#[tokio::test]
async fn a_correction_task_shows_both_versions() {
    let body = page("ada", |world| format!("/tasks/{}", world.corrected)).await;
    has(
        &body,
        &["Versions side by side", "Version 1 (reported)", "Version 2 (corrected)", "Settle the task"],
    );
}

#[tokio::test]
async fn a_call_sheet_shows_numbers_names_and_nothing_beyond_the_profile() {
    let body = page("ada", |world| format!("/tasks/{}/call", world.call)).await;
    has(&body, &["01632960001", "Orla Fennimore", "01632960002", "Tobin Oskansen", "01632 960100"]);
    for text in ["Mirela", "A door was broken", "I was scared", "lead@quillbrook.example"] {
        assert!(!body.contains(text), "{text} is not to be said");
    }
}

#[tokio::test]
async fn leaders_see_figures_without_small_numbers_and_no_child() {
    on_both(async |world: World| {
        world.clock.step("2026-03-10T09:00:00Z".parse().unwrap());
        let cookie = world.sign_in("leader").await;
        let body = world.get(&cookie, "/figures?week=2026-03-02").await.body;
        has(
            &body,
            &["Northshire Police", "Children due", "Told in time", "Acknowledged in time", "Mon 2 Mar 2026"],
        );
        has(&body, &["Held back"]);
        for text in ["Tobin", "N/1/26", "Southshire"] {
            assert!(!body.contains(text), "{text} is no figure");
        }
    })
    .await;
}

#[tokio::test]
async fn operators_see_loads_and_waiting_work_and_settle_the_installations_own_tasks() {
    on_both(async |world: World| {
        let cookie = world.sign_in("operator").await;
        let body = world.get(&cookie, "/service").await.body;
        has(&body, &["gias", "Children held", "Dead letters open", "police.incidents.v1/0"]);
        assert!(!body.contains("N/1/26"));
        let action = format!("/service/tasks/{}/settle", world.installation);
        let answer =
            world.send(&cookie, "/service", &action, &[("how", "mended"), ("note", "Topic restored.")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(!world.get(&cookie, "/service").await.body.contains("police.incidents.v1/0"));
        let of_force = format!("/service/tasks/{}/settle", world.bad_contact);
        assert_eq!(world.post(&cookie, &of_force, &[]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn an_incident_is_found_by_force_and_reference() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let find = async |reference: &str| {
            world
                .send(&cookie, "/incidents", "/incidents", &[("force", "north"), ("reference", reference)])
                .await
        };
        let found = find("N/1/26").await;
        assert_eq!(found.location, format!("/incidents/{}", world.incident("north", "N/1/26")));
        assert_eq!(find("N/3/26").await.status, StatusCode::UNPROCESSABLE_ENTITY, "restricted");
        assert_eq!(find("X").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}
