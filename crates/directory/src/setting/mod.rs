//! Settings from the public registers.

pub mod early_years;
pub mod gias;
mod kind;
pub mod link;
pub mod reduced;

use jiff::civil::Date;
use serde::Serialize;

pub use encompass_core::state::SettingKind as Kind;
pub use kind::{Establishment, Phase};

use crate::value::Identifier;

/// Whether children are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Open.
    Open,
    /// Open, but proposed to close: told like any open setting.
    Closing,
    /// Closed.
    Closed,
    /// Proposed to open, not open yet.
    Proposed,
}

impl Status {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Closed => "closed",
            Self::Proposed => "proposed",
        }
    }

    /// Whether the setting can be told today.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Closing)
    }
}

/// One setting as a public register describes it. Names of people on the register are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The number in the register that the row comes from.
    pub identifier: Identifier,
    /// Further numbers of the same setting.
    pub also: Vec<Identifier>,
    /// Its name; `None` where it would name a person who works at home, or the register withholds it.
    pub name: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Whether it is open.
    pub status: Status,
    /// First day, where known.
    pub opened: Option<Date>,
    /// Last day, where known; may lie ahead.
    pub closed: Option<Date>,
    /// Number of the local authority it lies in, three digits.
    pub authority_code: Option<String>,
    /// Name of the local authority it lies in.
    pub authority_name: Option<String>,
    /// Number within the authority, four digits.
    pub establishment_number: Option<String>,
    /// The register's code for the type of establishment.
    pub type_code: Option<u16>,
    /// Whether the authority sets its term dates (Education Act 2002, section 32).
    pub follows_authority_calendar: bool,
    /// Youngest statutory age, in years.
    pub age_low: Option<u8>,
    /// Oldest statutory age, in years.
    pub age_high: Option<u8>,
    /// Phase of education.
    pub phase: Option<Phase>,
    /// Whether it has nursery classes.
    pub nursery: Option<bool>,
    /// Whether children board there.
    pub boarders: Option<bool>,
    /// Street.
    pub street: Option<String>,
    /// Part of the town, or village.
    pub locality: Option<String>,
    /// Town.
    pub town: Option<String>,
    /// Postcode in its one form; `None` where the register withholds it.
    pub postcode: Option<String>,
    /// Telephone in its one form.
    pub telephone: Option<String>,
    /// Address of its website as the register has it; nothing is sent there.
    pub website: Option<String>,
    /// Easting and northing on the national grid, in metres.
    pub point: Option<(i32, i32)>,
    /// Name of the site, where it has one of its own.
    pub site: Option<String>,
}

impl Setting {
    /// A setting of which nothing but number, kind and status is known yet.
    fn bare(identifier: Identifier, kind: Kind, status: Status) -> Self {
        Self {
            identifier,
            also: Vec::new(),
            name: None,
            kind,
            status,
            opened: None,
            closed: None,
            authority_code: None,
            authority_name: None,
            establishment_number: None,
            type_code: None,
            follows_authority_calendar: false,
            age_low: None,
            age_high: None,
            phase: None,
            nursery: None,
            boarders: None,
            street: None,
            locality: None,
            town: None,
            postcode: None,
            telephone: None,
            website: None,
            point: None,
            site: None,
        }
    }

    /// What a person at the desk reads: the name, or kind and number where the name is withheld.
    pub fn display_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("{} {}", kind::words(self.kind), self.identifier.value))
    }

    fn key(&self) -> String {
        self.identifier.value.clone()
    }
}
