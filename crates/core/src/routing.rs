//! On which legal basis each kind of setting is told. `config/routing/default.toml` is the documentation.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::state::SettingKind;

const DEFAULT: &str = include_str!("../../../config/routing/default.toml");

/// The word for the duty of section 49A of the Domestic Abuse Act 2021.
pub const S49A: &str = "s49a";

/// A routing table, as a file states it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// Kept with every decision.
    pub version: String,
    /// The basis for each kind.
    legal_basis: BTreeMap<SettingKind, String>,
}

impl Routing {
    /// Reads a table's file.
    ///
    /// # Errors
    /// When the text is no TOML, a field is missing or unknown. Ask [`Routing::check`] besides.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Why a setting of this kind may be told; `None`: it may not, and a person has to find another way.
    #[must_use]
    pub fn legal_basis(&self, kind: SettingKind) -> Option<&str> {
        self.legal_basis.get(&kind).map(String::as_str)
    }

    /// What is nonsense about the table, a sentence each; empty when nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.version.trim().is_empty() {
            faults.push("routing: version is empty: decisions are kept with it".to_owned());
        }
        for kind in SettingKind::ALL {
            match self.legal_basis(*kind) {
                None if kind.is_relevant_establishment() => {
                    faults.push(format!("routing: {kind} has no legal basis, but section 49A is one"));
                }
                Some(S49A) if !kind.is_relevant_establishment() => {
                    faults.push(format!("routing: section 49A does not cover {kind}: name an arrangement"));
                }
                Some(basis) if basis.trim().is_empty() => {
                    faults.push(format!("routing: {kind} has an empty basis"))
                }
                _ => {}
            }
        }
        faults
    }
}

impl Default for Routing {
    fn default() -> Self {
        Self::parse(DEFAULT).expect("the compiled-in default is tested to read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_covers_every_kind_and_is_sound() {
        let routing = Routing::default();
        assert_eq!(routing.check(), Vec::<String>::new());
        assert!(SettingKind::ALL.iter().all(|kind| routing.legal_basis(*kind).is_some()));
        assert_eq!(routing.legal_basis(SettingKind::School), Some(S49A));
    }

    #[test]
    fn a_table_that_stretches_the_duty_or_leaves_a_school_out_is_nonsense() {
        let text =
            "version = \"1\"\n[legal_basis]\nschool = \"s49a\"\nearly_years = \"s49a\"\nmaternity = \" \"\n";
        let faults = Routing::parse(text).unwrap().check();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(Routing::parse("version = \"1\"\n[legal_basis]\nuniversity = \"s49a\"\n").is_err());
    }
}
