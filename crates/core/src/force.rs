//! The forces that an installation serves, as its configuration names them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One force and its desk.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Force {
    /// The name that settings know it by.
    pub name: String,
    /// The desk's telephone, given in every notice.
    pub telephone: String,
    /// Where tasks are mailed at once.
    pub duty_address: String,
    /// Where they are mailed while nobody claims them.
    pub second_address: String,
}

/// The forces by their id: the word by which events, topics and accounts name them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Forces(BTreeMap<String, Force>);

impl Forces {
    /// The force of this id, if it is configured.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Force> {
        self.0.get(id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Force)> {
        self.0.iter().map(|(id, force)| (id.as_str(), force))
    }

    /// Whether none is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Force)> for Forces {
    fn from_iter<T: IntoIterator<Item = (String, Force)>>(forces: T) -> Self {
        Self(forces.into_iter().collect())
    }
}
