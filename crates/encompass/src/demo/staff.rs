//! Accounts of the made-up staff.

use encompass_core::state::Role;
use encompass_county::{FORCE, NEIGHBOUR};
use encompass_store::account::{Password, Terms};
use encompass_store::{Actor, Scope, Store};
use jiff::Timestamp;

/// The login of the one who works the desk.
pub(super) const DESK: &str = "desk";

/// How somebody signs in, to be told once.
pub struct SignIn {
    /// The login.
    pub login: &'static str,
    /// The password.
    pub password: String,
    /// What the account is for.
    pub sees: &'static str,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("login", &self.login).finish_non_exhaustive()
    }
}

const ACCOUNTS: [(&str, &str, Role, &str); 4] = [
    (DESK, "Desk officer", Role::Desk, "held children, tasks, dead letters, contacts"),
    ("reviewer", "Reviewer", Role::Reviewer, "the sample for quality review"),
    ("leader", "Leader", Role::Leader, "figures"),
    ("operator", "Operator", Role::Operator, "the service itself"),
];

/// Makes the accounts with drawn passwords.
pub(super) async fn accounts(store: &Store, now: Timestamp) -> anyhow::Result<Vec<SignIn>> {
    let mut made = Vec::new();
    let mut tx = store.begin().await?;
    for (login, name, role, sees) in ACCOUNTS {
        let terms = Terms {
            display_name: name.to_owned(),
            roles: vec![role],
            // A leader sees one force's figures, as most do.
            forces: if role == Role::Leader { vec![FORCE.to_owned()] } else { forces() },
            areas: Vec::new(),
            sees_restricted: role == Role::Desk,
        };
        terms.check(login)?;
        let (password, text) = Password::draw();
        tx.create_account(login, &terms, &password, Actor::Command("demo".into()), now).await?;
        made.push(SignIn { login, password: text.to_string(), sees });
    }
    tx.commit().await?;
    Ok(made)
}

/// What the simulated desk may see.
pub(super) fn desk() -> Scope {
    Scope::staff(DESK.into(), forces(), Vec::new(), true)
}

fn forces() -> Vec<String> {
    vec![FORCE.to_owned(), NEIGHBOUR.to_owned()]
}
