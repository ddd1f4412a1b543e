//! Every route of the table, as every wrong person, force and area.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use encompass_core::state::Role;
use encompass_oversight::route::{Route, TABLE, Verb};

use encompass_web::form::csrf;
use encompass_web::session::Token;

use crate::world::{World, on_both};

/// Everybody who signs in, with the one role that each has.
const PEOPLE: &[(&str, Role)] =
    &[("ada", Role::Desk), ("rex", Role::Reviewer), ("leader", Role::Leader), ("operator", Role::Operator)];

/// A route's path with the ids of what `World` has in the force `north`, outside area 920.
fn filled(world: &World, route: &Route) -> String {
    let pairs = [
        ("{child}", if route.path.starts_with("/matches") { world.matched } else { world.held }.to_string()),
        ("{force}", "north".to_owned()),
        ("{register}", world.registers[0].to_string()),
        ("{task}", if route.path.contains("/call") { world.call } else { world.bad_contact }.to_string()),
        ("{refused}", world.letter.to_string()),
        ("{incident}", world.incident("north", "N/1/26").to_string()),
        ("{setting}", world.schools[0].to_string()),
        ("{contact}", world.contact.to_string()),
        ("{sample}", world.sampled.0.to_string()),
    ];
    let path = if route.path.starts_with("/service/tasks") {
        route.path.replace("{task}", &world.installation.to_string())
    } else {
        route.path.to_owned()
    };
    pairs.iter().fold(path, |path, (name, id)| path.replace(name, id))
}

async fn status(world: &World, cookie: &str, route: &Route) -> StatusCode {
    let path = filled(world, route);
    match route.verb {
        Verb::Get => world.get(cookie, &path).await.status,
        Verb::Post => world.post(cookie, &path, &[]).await.status,
    }
}

fn guarded() -> impl Iterator<Item = &'static Route> {
    TABLE.iter().filter(|route| !route.roles.is_empty())
}

#[tokio::test]
async fn nobody_gets_anywhere_without_signing_in() {
    on_both(async |world: World| {
        for route in guarded() {
            let expected =
                if route.verb == Verb::Get { StatusCode::SEE_OTHER } else { StatusCode::UNAUTHORIZED };
            for cookie in ["", "encompass-desk=AAAAAAAAAAAAAAAAAAAAAA"] {
                assert_eq!(status(&world, cookie, route).await, expected, "{:?} {}", route.verb, route.path);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_route_refuses_the_wrong_role_and_lets_the_right_one_read() {
    on_both(async |world: World| {
        for (login, role) in PEOPLE {
            let cookie = world.sign_in(login).await;
            for route in guarded().filter(|route| route.path != "/sign-out") {
                let status = status(&world, &cookie, route).await;
                let what = format!("{login} {:?} {}", route.verb, route.path);
                match (route.roles.contains(role), route.verb) {
                    (false, _) => assert_eq!(status, StatusCode::FORBIDDEN, "{what}"),
                    (true, Verb::Get) if ["/", "/held/next"].contains(&route.path) => {
                        assert_eq!(status, StatusCode::SEE_OTHER, "{what}")
                    }
                    (true, Verb::Get) => assert_eq!(status, StatusCode::OK, "{what}"),
                    // The right person, but no form of ours.
                    (true, Verb::Post) => assert_eq!(status, StatusCode::FORBIDDEN, "{what}"),
                }
            }
        }
    })
    .await;
}

/// Sends a form whose token is right for this session and address.
async fn forged_well(world: &World, cookie: &str, route: &Route) -> StatusCode {
    let path = filled(world, route);
    let token: Token = cookie.split_once('=').unwrap().1.parse().unwrap();
    let token = csrf::token(token.secret(), &path);
    world.post(cookie, &path, &[(csrf::FIELD, &token)]).await.status
}

/// Asks for everything with an id as somebody of the right role from outside: nothing is found, and nothing is logged.
/// Settings are common to all forces, and the installation's tasks to all operators: `common` says which routes are left
/// out for that.
async fn finds_nothing(login: &str, role: Role, common: &str) -> BTreeSet<&'static str> {
    let world = World::new().await;
    let cookie = world.sign_in(login).await;
    let is_common = |route: &Route| !common.is_empty() && route.path.starts_with(common);
    let with_id =
        |route: &&Route| route.path.contains('{') && route.roles.contains(&role) && !is_common(route);
    let mut walked = BTreeSet::new();
    for route in guarded().filter(with_id) {
        let status = match route.verb {
            Verb::Get => status(&world, &cookie, route).await,
            Verb::Post => forged_well(&world, &cookie, route).await,
        };
        assert_eq!(status, StatusCode::NOT_FOUND, "{login} {:?} {}", route.verb, route.path);
        walked.insert(route.path);
    }
    let incident = world.incident("north", "N/1/26");
    for action in ["child.viewed", "incident.viewed", "task.viewed"] {
        assert_eq!(world.logged(incident, action).await, 0, "{action}");
    }
    walked
}

/// A person of each role from another force, who has what is common to all left out.
const STRANGERS: &[(&str, Role, &str)] = &[
    ("southern", Role::Desk, "/settings"),
    ("southern-reviewer", Role::Reviewer, ""),
    ("southern-leader", Role::Leader, ""),
    ("southern-operator", Role::Operator, "/service/tasks"),
];

#[tokio::test]
async fn another_force_finds_nothing_by_any_route_with_an_id() {
    let mut walked = BTreeSet::new();
    for (login, role, common) in STRANGERS {
        walked.extend(finds_nothing(login, *role, common).await);
    }
    let all: BTreeSet<&str> = guarded().map(|route| route.path).filter(|path| path.contains('{')).collect();
    let left: Vec<&str> = all.difference(&walked).copied().collect();
    let common = ["/service/tasks/{task}/settle", "/settings/{setting}", "/settings/{setting}/contacts"];
    assert_eq!(left, common, "what is common to all forces");
}

#[tokio::test]
async fn an_operator_settles_the_installations_own_tasks_and_no_forces() {
    on_both(async |world: World| {
        for login in ["operator", "southern-operator"] {
            let cookie = world.sign_in(login).await;
            let path = format!("/service/tasks/{}/settle", world.bad_contact);
            let token: Token = cookie.split_once('=').unwrap().1.parse().unwrap();
            let token = csrf::token(token.secret(), &path);
            let answer = world.post(&cookie, &path, &[(csrf::FIELD, &token), ("note", "Not ours.")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{login}: {}", answer.body);
        }
    })
    .await;
}

#[tokio::test]
async fn a_setting_shows_another_force_none_of_its_contacts() {
    on_both(async |world: World| {
        let path = format!("/settings/{}", world.schools[0]);
        for (login, is_shown) in [("ada", true), ("southern", false)] {
            let cookie = world.sign_in(login).await;
            let body = world.get(&cookie, &path).await.body;
            assert!(body.contains("Quillbrook"));
            assert_eq!(body.contains("Orla Fennimore"), is_shown, "{login}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_desk_of_another_area_finds_nothing() {
    finds_nothing("area", Role::Desk, "").await;
}

#[tokio::test]
async fn forms_of_another_session_or_another_address_change_nothing() {
    on_both(async |world: World| {
        let ada = world.sign_in("ada").await;
        let bea = world.sign_in("bea").await;
        let page = world.get(&bea, &format!("/tasks/{}", world.bad_contact)).await.body;
        let token = page.split("name=\"form_token\" value=\"").nth(2).unwrap().split('"').next().unwrap();
        let claim = format!("/tasks/{}/claim", world.bad_contact);
        let other = format!("/tasks/{}/claim", world.corrected);
        assert_eq!(world.post(&ada, &claim, &[("form_token", token)]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.post(&bea, &other, &[("form_token", token)]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.post(&bea, &claim, &[("form_token", token)]).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn lists_hold_what_is_in_scope_and_no_name() {
    on_both(async |world: World| {
        for (login, references) in [
            ("ada", &["N/1/26", "N/2/26"][..]),
            ("named", &["N/1/26", "N/2/26", "N/3/26", "N/6/26"]),
            ("area", &["N/2/26"]),
            ("southern", &["S/1/26"]),
        ] {
            let cookie = world.sign_in(login).await;
            let page = world.get(&cookie, "/held").await.body;
            for reference in ["N/1/26", "N/2/26", "N/3/26", "N/6/26", "S/1/26"] {
                assert_eq!(page.contains(reference), references.contains(&reference), "{login} {reference}");
            }
            for name in ["Tobin", "Oskansen", "2016"] {
                assert!(!page.contains(name), "{login} sees {name} in the list");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_restricted_case_is_for_named_people_only() {
    on_both(async |world: World| {
        let path = format!("/children/{}", world.restricted);
        let (ada, named) = (world.sign_in("ada").await, world.sign_in("named").await);
        assert_eq!(world.get(&ada, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.get(&named, &path).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_child_whom_a_register_keeps_for_named_people_is_for_them_only_whatever_it_is_held_for() {
    on_both(async |world: World| {
        let (ada, named) = (world.sign_in("ada").await, world.sign_in("named").await);
        let of_child = |route: &&Route| {
            ["{child}", "{incident}"].iter().any(|id| route.path.contains(id))
                && route.roles.contains(&Role::Desk)
                && !route.path.starts_with("/matches")
        };
        let (incident, kept) = (world.incident("north", "N/6/26"), world.kept.to_string());
        let mut walked = 0;
        for route in guarded().filter(of_child) {
            let path = route.path.replace("{child}", &kept).replace("{incident}", &incident.to_string());
            let token: Token = ada.split_once('=').unwrap().1.parse().unwrap();
            let token = csrf::token(token.secret(), &path);
            let status = match route.verb {
                Verb::Get => world.get(&ada, &path).await.status,
                Verb::Post => world.post(&ada, &path, &[(csrf::FIELD, &token)]).await.status,
            };
            assert_eq!(status, StatusCode::NOT_FOUND, "{:?} {path}", route.verb);
            if route.verb == Verb::Get {
                assert_eq!(world.get(&named, &path).await.status, StatusCode::OK, "{path}");
            }
            walked += 1;
        }
        assert!(walked >= 6, "{walked} routes");
        let held = world.get(&ada, "/held").await.body;
        assert!(!held.contains("N/6/26"));
        assert!(
            held.contains("2 more children wait and are for named people only. Give it to desk of north.")
        );
        assert!(!world.get(&ada, "/tasks").await.body.contains("N/6/26"));
        let held = world.get(&named, "/held").await.body;
        assert!(held.contains("N/6/26") && !held.contains("are for named people only"));
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "something personal stands in the target")]
async fn whatever_is_asked_for_is_searched_for_names() {
    let world = World::new().await;
    world.get("", "/settings?q=oskansen").await;
}
