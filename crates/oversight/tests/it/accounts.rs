//! Accounts and sessions.

use axum::http::StatusCode;
use encompass_core::state::Role;
use encompass_store::Actor;
use encompass_store::account::{Life, Password, Refused, Terms};
use jiff::SignedDuration;

use crate::world::{PASSWORD, World, now};

fn by() -> Actor {
    Actor::Command("tester".into())
}

fn terms(roles: &[Role], forces: &[&str]) -> Terms {
    Terms {
        display_name: "Somebody".into(),
        roles: roles.to_vec(),
        forces: forces.iter().map(|force| (*force).to_owned()).collect(),
        areas: Vec::new(),
        sees_restricted: false,
    }
}

#[tokio::test]
async fn wrong_logins_and_wrong_passwords_get_the_same_answer() {
    let world = World::new().await;
    let answer = async |login: &str, password: &str| {
        let answer = world.post("", "/sign-in", &[("login", login), ("password", password)]).await;
        (answer.status, answer.body.replace(login, "LOGIN"))
    };
    let wrong_password = answer("ada", "not the password").await;
    assert_eq!(wrong_password.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong_password, answer("nobody", "not the password").await);
    assert_eq!(wrong_password, answer("zzz", PASSWORD).await);
}

#[tokio::test]
async fn tries_are_limited_for_each_login_whoever_tries() {
    let world = World::new().await;
    let mut last = StatusCode::OK;
    for _ in 0..6 {
        last = world.post("", "/sign-in", &[("login", "ada"), ("password", "wrong")]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let right = world.post("", "/sign-in", &[("login", "ada"), ("password", PASSWORD)]).await.status;
    assert_eq!(right, StatusCode::TOO_MANY_REQUESTS, "the right password is not heard either");
    world.sign_in("bea").await;
}

#[tokio::test]
async fn a_session_ends_when_the_account_is_disabled_changed_or_given_another_password() {
    let world = World::new().await;
    for change in ["disabled", "changed", "password"] {
        let cookie = world.sign_in("ada").await;
        assert_eq!(world.get(&cookie, "/held").await.status, StatusCode::OK);
        let mut tx = world.store.begin().await.unwrap();
        match change {
            "disabled" => {
                tx.set_account_active("ada", false, by(), now()).await.unwrap();
                tx.set_account_active("ada", true, by(), now()).await.unwrap();
            }
            "changed" => {
                tx.change_account("ada", &terms(&[Role::Desk], &["north"]), by(), now()).await.unwrap()
            }
            _ => tx.set_password("ada", &Password::new(PASSWORD).unwrap(), by(), now()).await.unwrap(),
        }
        tx.commit().await.unwrap();
        assert_eq!(world.get(&cookie, "/held").await.status, StatusCode::SEE_OTHER, "{change}");
    }
}

#[tokio::test]
async fn a_disabled_account_does_not_sign_in() {
    let world = World::new().await;
    let mut tx = world.store.begin().await.unwrap();
    tx.set_account_active("ada", false, by(), now()).await.unwrap();
    tx.commit().await.unwrap();
    let answer = world.post("", "/sign-in", &[("login", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_session_ends_idle_or_whole() {
    let world = World::new().await;
    let life = Life { idle: SignedDuration::from_mins(30), whole: SignedDuration::from_hours(12) };
    let account =
        world.store.accounts().await.unwrap().into_iter().find(|account| account.login == "ada").unwrap();
    let is_in = async |token: &[u8; 32], minutes: i64| {
        let machine = now() + SignedDuration::from_mins(minutes);
        world.store.session(token, life, machine).await.unwrap().is_some()
    };
    world.store.begin_session(&account, &[1; 32], life, now()).await.unwrap();
    assert!(is_in(&[1; 32], 29).await);
    assert!(is_in(&[1; 32], 58).await, "the request before counts as activity");
    assert!(!is_in(&[1; 32], 58 + 31).await, "idle for half an hour");
    world.store.begin_session(&account, &[2; 32], life, now()).await.unwrap();
    for minutes in (20..720).step_by(20) {
        assert!(is_in(&[2; 32], minutes).await, "after {minutes} minutes");
    }
    assert!(!is_in(&[2; 32], 720).await, "twelve hours are the most");
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let world = World::new().await;
    let cookie = world.sign_in("ada").await;
    let answer = world.send(&cookie, "/held", "/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(world.get(&cookie, "/held").await.status, StatusCode::SEE_OTHER);
}

#[test]
fn terms_that_make_no_sense_are_refused() {
    let desk = terms(&[Role::Desk], &["north"]);
    for (login, terms, refused) in [
        ("ada.b-2", desk.clone(), None),
        ("Ada", desk.clone(), Some(Refused::Login)),
        ("a", desk.clone(), Some(Refused::Login)),
        ("ada lovelace", desk.clone(), Some(Refused::Login)),
        ("ada", Terms { display_name: " ".into(), ..desk.clone() }, Some(Refused::DisplayName)),
        ("ada", Terms { roles: Vec::new(), ..desk }, Some(Refused::Roles)),
        ("ada", terms(&[Role::Leader], &[]), Some(Refused::Forces)),
        ("ada", terms(&[Role::Operator], &[]), None),
    ] {
        assert_eq!(terms.check(login).err(), refused, "{login} {terms:?}");
    }
}

#[tokio::test]
async fn every_sign_in_and_change_of_an_account_is_in_the_audit_log() {
    let world = World::new().await;
    world.sign_in("ada").await;
    let verdict = world.store.check_audit_chain("").await.unwrap();
    let encompass_store::audit_log::Verdict::Whole { rows } = verdict else { panic!("{verdict:?}") };
    assert!(rows > 11, "eleven accounts made and one sign-in, at least");
}
