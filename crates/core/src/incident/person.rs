//! Names, addresses, and the adults of an incident.

use super::date::{BirthDate, PartialDate};
use super::fields::Condition;
use super::number::Postcode;
use super::record::record;
use super::text::{Key, Line, Prose};
use super::words::{AddressKind, AdultRole, NameKind};

record! {
    /// One name of a person, in parts or, where the parts are not known apart, in full.
    Name as "name" {
        /// Given names.
        stated given: Line,
        /// Family name.
        stated family: Line,
        /// The whole name as written, when its parts are not known apart.
        stated full: Line,
        /// What sort of name it is; recorded when absent.
        stated kind: NameKind,
    }
    any_of [Condition::Has("given"), Condition::Has("family"), Condition::Has("full")]
}

impl Name {
    /// Whether there is anything to look up by.
    pub fn has_a_part(&self) -> bool {
        self.given.is_known() || self.family.is_known() || self.full.is_known()
    }
}

record! {
    /// A place.
    Address as "address" {
        /// The lines of the address, without the postcode.
        stated lines: Vec<Line>,
        /// The whole postcode.
        stated postcode: Postcode,
        /// Unique property reference number.
        stated uprn: Key,
        /// What the person has to do with it; home when absent.
        stated kind: AddressKind,
        /// From when.
        stated from: PartialDate,
        /// Until when.
        stated to: PartialDate,
    }
}

impl Address {
    /// Whether the person lives or stays there; not where they used to.
    pub fn is_home(&self) -> bool {
        !matches!(self.kind.known(), Some(AddressKind::Former | AddressKind::Other)) && !self.to.is_known()
    }
}

record! {
    /// One adult in the incident.
    Adult as "adult" {
        /// The adult's reference within this incident, for `relationships`.
        stated adult_ref: Key,
        /// The part that the adult had.
        stated role: AdultRole,
        /// The adult's names. They are compared with the contacts of the setting before it is told.
        stated names: Vec<Name>,
        /// Birth date.
        stated birth_date: BirthDate,
        /// Where the adult lives.
        stated address: Address,
        /// Whether the adult is pregnant.
        stated pregnant: bool,
        /// When the baby is due.
        stated due_date: PartialDate,
        /// A tie with a school or another setting, as in "works in the kitchen at St Mary's": then a person decides
        /// who there may be told.
        stated connected_setting: Prose,
        /// Whether the adult works for the police or a partner body: then a person decides who may be told.
        stated police_or_partner_staff: bool,
    }
}

impl Adult {
    /// Whether the adult is known to expect a child.
    pub fn is_pregnant(&self) -> bool {
        self.pregnant.is_yes() || (self.due_date.is_known() && !self.pregnant.is_known())
    }
}
