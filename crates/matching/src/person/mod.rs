//! A child as a register writes it, and a child as police write it.

mod born;
mod home;
mod postcode;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use born::Born;
pub use home::house_and_street;
pub(crate) use home::{House, house};
pub(crate) use postcode::{Postcode, outward, postcode};

/// Sex as recorded; anything else is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl Sex {
    /// `F`, `M`, `female`, `male`, in any case; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "f" | "female" | "girl" => Some(Self::Female),
            "m" | "male" | "boy" => Some(Self::Male),
            _ => None,
        }
    }
}

/// A child on a register, as the register writes it. Empty text is "not known".
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Child {
    /// The register's own reference, by which the child is named in answers.
    pub id: String,
    /// First name.
    pub forename: String,
    /// Middle names.
    pub middle_names: String,
    /// Family name.
    pub surname: String,
    /// The name that the child goes by.
    pub preferred_forename: String,
    /// Birth date.
    pub born: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// House and street.
    pub address: String,
    /// Postcode in any country's form.
    pub postcode: String,
    /// Unique pupil number.
    pub upn: String,
    /// NHS number.
    pub nhs_number: String,
}

/// A child that is looked for, as police write it. Empty text is "not known".
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// First name, or names, as typed.
    pub forename: String,
    /// Family name as typed.
    pub surname: String,
    /// What is known of the birth date.
    pub born: Born,
    /// Stated age in whole years.
    pub age: Option<u16>,
    /// The day of the incident, for the age.
    pub on: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// House and street.
    pub address: String,
    /// Postcode, or its outward part.
    pub postcode: String,
    /// Unique pupil number.
    pub upn: String,
    /// NHS number.
    pub nhs_number: String,
}

impl std::fmt::Debug for Child {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Child(…)")
    }
}

impl std::fmt::Debug for Sought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sought(…)")
    }
}
