//! A setting as the directory describes it.

use encompass_core::id::SettingId;
use encompass_core::state::SettingKind;
use serde::{Deserialize, Serialize};

/// Under which other name a setting is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasKind {
    /// Its own name of before, or the name of a closed setting whose place it took.
    Former,
    /// A site of it.
    Site,
}

/// Another name of a setting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Alias {
    /// What kind of name.
    pub kind: AliasKind,
    /// The name.
    pub name: String,
}

/// An open setting that an officer may mean.
#[derive(Clone, Debug)]
pub struct Described {
    /// The setting.
    pub setting: SettingId,
    /// What it is.
    pub kind: SettingKind,
    /// Its name.
    pub name: String,
    /// Its other names.
    pub also: Vec<Alias>,
    /// Street.
    pub street: Option<String>,
    /// Town, with the locality where one is given.
    pub town: Option<String>,
    /// Postcode, capitals with one space.
    pub postcode: Option<String>,
    /// Ages in years that it takes, first and last, where known.
    pub ages: (Option<u8>, Option<u8>),
    /// Easting and northing on the national grid, in metres.
    pub point: Option<(i32, i32)>,
}
