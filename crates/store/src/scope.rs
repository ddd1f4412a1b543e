//! Who asks. Every read and every decision names a scope; what is outside it is not found.

use encompass_core::id::ContactId;

/// Who acts: named in the audit log, never with personal data beyond a staff login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A service of this installation.
    Service(&'static str),
    /// A member of staff, by login.
    Staff(String),
    /// A contact at a setting, by id.
    Contact(ContactId),
    /// A force's or a setting's system, by its key's label.
    System(String),
    /// A person at the command line of the machine.
    Command(String),
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Service(name) => write!(f, "service:{name}"),
            Self::Staff(login) => write!(f, "staff:{login}"),
            Self::Contact(id) => write!(f, "contact:{id}"),
            Self::System(label) => write!(f, "system:{label}"),
            Self::Command(user) => write!(f, "command:{user}"),
        }
    }
}

/// What an actor may see.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Who asks.
    pub actor: Actor,
    forces: Option<Vec<String>>,
    areas: Option<Vec<String>>,
    sees_restricted: bool,
}

impl Scope {
    /// A service that works for every force.
    pub const fn service(name: &'static str) -> Self {
        Self { actor: Actor::Service(name), forces: None, areas: None, sees_restricted: true }
    }

    /// A member of staff: these forces, these areas (authorities; none: every area of the forces).
    pub fn staff(login: String, forces: Vec<String>, areas: Vec<String>, sees_restricted: bool) -> Self {
        let areas = (!areas.is_empty()).then_some(areas);
        Self { actor: Actor::Staff(login), forces: Some(forces), areas, sees_restricted }
    }

    /// A person at the machine's command line: every force's cases, where the command shows no child.
    pub const fn command(actor: Actor) -> Self {
        Self { actor, forces: None, areas: None, sees_restricted: false }
    }

    /// A force's own system.
    pub fn force(label: String, force: String) -> Self {
        Self { actor: Actor::System(label), forces: Some(vec![force]), areas: None, sees_restricted: false }
    }

    /// Somebody who sees no case at all, such as a command or a setting's system outside its own notices.
    pub const fn no_case(actor: Actor) -> Self {
        Self { actor, forces: Some(Vec::new()), areas: None, sees_restricted: false }
    }

    /// Whether cases of `force` are in scope.
    pub fn sees_force(&self, force: &str) -> bool {
        self.forces.as_ref().is_none_or(|forces| forces.iter().any(|f| f == force))
    }

    /// Whether no area is left out.
    pub fn sees_every_area(&self) -> bool {
        self.areas.is_none()
    }

    /// Whether a setting or home in `area` is in scope. An unknown area is seen by staff without areas only.
    pub fn sees_area(&self, area: Option<&str>) -> bool {
        match (&self.areas, area) {
            (None, _) => true,
            (Some(areas), Some(area)) => areas.iter().any(|a| a == area),
            (Some(_), None) => false,
        }
    }

    /// Whether restricted cases are in scope.
    pub const fn sees_restricted(&self) -> bool {
        self.sees_restricted
    }

    /// The same forces and areas, seen by somebody who may see restricted cases.
    pub(crate) fn of_named_people(&self) -> Self {
        Self { sees_restricted: true, ..self.clone() }
    }

    /// The forces in scope; `None`: all.
    pub fn forces(&self) -> Option<&[String]> {
        self.forces.as_deref()
    }

    /// The areas in scope; `None`: all of the forces.
    pub fn areas(&self) -> Option<&[String]> {
        self.areas.as_deref()
    }
}
