//! Accounts of staff: who signs in, with which roles, for which forces and areas.
//!
//! They are made and changed by a command on the machine. An account holds a login and a display name and
//! nothing else about the person. A change of roles, forces or areas, a new password and disabling end every
//! session of the account, so that nobody goes on under what was taken away.

mod change;
mod password;
mod read;
mod session;

pub use password::{Password, TooWeak};
pub use session::{Life, SignedIn};

use encompass_core::id::AccountId;
use encompass_core::state::Role;

use crate::Scope;

/// A member of staff who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What the person signs in by: small letters, digits, dots and hyphens.
    pub login: String,
    /// What colleagues see beside what the person did.
    pub display_name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
    /// For which forces.
    pub forces: Vec<String>,
    /// In which areas (authorities); none: every area of the forces.
    pub areas: Vec<String>,
    /// Whether restricted cases are shown.
    pub sees_restricted: bool,
    /// Whether it may sign in.
    pub is_active: bool,
}

impl Account {
    /// What the account may see.
    pub fn scope(&self) -> Scope {
        Scope::staff(self.login.clone(), self.forces.clone(), self.areas.clone(), self.sees_restricted)
    }

    /// Whether it has one of these roles.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}

/// What an account may do and see, as a command states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What colleagues see beside what the person did.
    pub display_name: String,
    /// What the person may do; at least one.
    pub roles: Vec<Role>,
    /// For which forces.
    pub forces: Vec<String>,
    /// In which areas (authorities); none: every area of the forces.
    pub areas: Vec<String>,
    /// Whether restricted cases are shown.
    pub sees_restricted: bool,
}

/// Why an account can't be made like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The login has other characters, or is too short or too long.
    #[error("a login has 2 to 40 small letters, digits, dots and hyphens, beginning with a letter")]
    Login,
    /// The display name is empty or too long.
    #[error("a display name has 1 to 80 characters")]
    DisplayName,
    /// No role was given.
    #[error("give at least one role: desk, reviewer, leader or operator")]
    Roles,
    /// No force was given to a role that works on cases.
    #[error("name at least one force: the roles desk, reviewer and leader see what belongs to a force")]
    Forces,
}

impl Terms {
    /// Whether an account with this login can be made so.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self, login: &str) -> Result<(), Refused> {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
        if !(2..=40).contains(&login.len())
            || !login.starts_with(|c: char| c.is_ascii_lowercase())
            || !login.chars().all(letters)
        {
            return Err(Refused::Login);
        }
        if !(1..=80).contains(&self.display_name.trim().chars().count()) {
            return Err(Refused::DisplayName);
        }
        if self.roles.is_empty() {
            return Err(Refused::Roles);
        }
        let of_a_force = self.roles.iter().any(|role| *role != Role::Operator);
        if of_a_force && self.forces.is_empty() {
            return Err(Refused::Forces);
        }
        Ok(())
    }
}
