//! Which fields are shown to whom, as a force states it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Field;
use crate::state::SettingKind;

const DEFAULT: &str = include_str!("../../../../config/disclosure/default.toml");
const HANDLING_CHARS_MAX: usize = 2_000;

/// A force's profiles.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    /// Kept with every view.
    pub version: String,
    /// For every kind of setting that has none of its own.
    default: Profile,
    /// For some kinds, instead of the default.
    #[serde(default)]
    kinds: BTreeMap<SettingKind, Profile>,
}

/// What one kind of setting may see.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The fields, in the order in which they are shown.
    pub fields: Vec<Field>,
    /// Whether fields of free text may be among them.
    pub free_text: bool,
    /// Whether a setting's own system may fetch what is shown; left out: no.
    #[serde(default)]
    pub pull: bool,
    /// The handling instruction.
    pub handling: String,
}

impl Profiles {
    /// Reads a force's file.
    ///
    /// # Errors
    /// When the text is no TOML, or something in it is missing or unknown. Ask [`Profiles::check`] besides.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The profile for a kind of setting.
    #[must_use]
    pub fn of(&self, kind: SettingKind) -> &Profile {
        self.kinds.get(&kind).unwrap_or(&self.default)
    }

    /// What is nonsense about these profiles, a sentence each; empty when nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let version =
            self.version.trim().is_empty().then(|| "version is empty: views are kept with it".to_owned());
        let default = self.default.check().into_iter().map(|fault| format!("default: {fault}"));
        let kinds = self.kinds.iter().flat_map(|(kind, profile)| {
            profile.check().into_iter().map(move |fault| format!("kinds.{kind}: {fault}"))
        });
        version.into_iter().chain(default).chain(kinds).collect()
    }
}

impl Default for Profiles {
    fn default() -> Self {
        Self::parse(DEFAULT).expect("the compiled-in default is tested to read")
    }
}

impl Profile {
    /// What is nonsense about this profile, a sentence each; empty when nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (place, field) in self.fields.iter().enumerate() {
            if field.is_never_shown() {
                faults.push(format!("{field} is never shown to a setting"));
            }
            if field.is_free_text() && !self.free_text {
                faults.push(format!("{field} is free text: say free_text = true to show it"));
            }
            if self.fields[..place].contains(field) {
                faults.push(format!("{field} is listed twice"));
            }
        }
        let needed = [Field::PoliceReference, Field::ChildName, Field::Handling, Field::DeskTelephone];
        let missing = needed.into_iter().filter(|field| !self.fields.contains(field));
        faults.extend(missing.map(|field| format!("{field} is missing: a setting cannot act without it")));
        let handling = self.handling.trim().chars().count();
        if !(1..=HANDLING_CHARS_MAX).contains(&handling) {
            faults.push(format!("handling must be 1 to {HANDLING_CHARS_MAX} characters"));
        }
        faults
    }

    /// Whether the field is shown: listed, and allowed to be listed, even where nobody asked [`Profile::check`].
    #[must_use]
    pub fn shows(&self, field: Field) -> bool {
        self.fields.contains(&field) && !field.is_never_shown() && (self.free_text || !field.is_free_text())
    }
}
