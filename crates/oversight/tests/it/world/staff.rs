//! Staff's accounts.

use encompass_core::state::Role;
use encompass_store::Store;
use encompass_store::account::{Password, Terms};

use super::{by, now};

pub const PASSWORD: &str = "a long enough one";

/// One account for each role, and the wrong people for each page.
pub async fn staff(store: &Store) {
    let terms = |role: Role, force: &str, areas: &[&str], sees_restricted: bool| Terms {
        display_name: format!("{role} of {force}"),
        roles: vec![role],
        forces: vec![force.to_owned()],
        areas: areas.iter().map(|area| (*area).to_owned()).collect(),
        sees_restricted,
    };
    let accounts = [
        ("ada", terms(Role::Desk, "north", &[], false)),
        ("bea", terms(Role::Desk, "north", &[], false)),
        ("named", terms(Role::Desk, "north", &[], true)),
        ("area", terms(Role::Desk, "north", &["920"], false)),
        ("southern", terms(Role::Desk, "south", &[], true)),
        ("rex", terms(Role::Reviewer, "north", &[], false)),
        ("rita", terms(Role::Reviewer, "north", &[], false)),
        ("ron", terms(Role::Reviewer, "north", &[], false)),
        ("southern-reviewer", terms(Role::Reviewer, "south", &[], true)),
        ("leader", terms(Role::Leader, "north", &[], false)),
        ("operator", terms(Role::Operator, "north", &[], false)),
        ("southern-leader", terms(Role::Leader, "south", &[], true)),
        ("southern-operator", terms(Role::Operator, "south", &[], true)),
    ];
    let mut tx = store.begin().await.unwrap();
    let password = Password::new(PASSWORD).unwrap();
    for (login, terms) in accounts {
        terms.check(login).unwrap();
        tx.create_account(login, &terms, &password, by(), now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}
