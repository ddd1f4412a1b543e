//! What a register has of a person, and what is known of the settings there.

use encompass_core::id::{EntryId, LoadId, RegisterId, SettingId};
use encompass_core::routing::{Ages, Attendance, LastDay};
use encompass_core::state::SettingKind;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::address::Homes;
use crate::adult::Tie;
use crate::evidence::Scored;
use crate::name::Name;
use crate::setting::Wording;

/// One person on one register.
#[derive(Clone)]
pub struct Entry {
    /// The entry.
    pub id: EntryId,
    /// Whom it is judged to be: the same for entries that are one person.
    pub identity: EntryId,
    /// Its register.
    pub register: RegisterId,
    /// The version of the register.
    pub load: LoadId,
    /// Whether the register is past its stated age.
    pub is_stale: bool,
    /// Whether only named people may see a case of theirs.
    pub is_restricted: bool,
    /// Whether a named person has switched off that anything on the register is sent without one.
    pub is_switched_off: bool,
    /// Every name that they go or went by.
    pub names: Vec<Name>,
    /// Birth date.
    pub born: Date,
    /// Postcode of the home.
    pub postcode: Option<String>,
    /// Where they live and have lived.
    pub homes: Homes,
    /// The register's own number for those who live together.
    pub household: Option<String>,
    /// Unique pupil number.
    pub upn: Option<String>,
    /// NHS number.
    pub nhs_number: Option<String>,
    /// Where they are on roll.
    pub enrolments: Vec<Enrolment>,
    /// The same as a person reads it.
    pub written: Written,
    /// What the search among everybody on the register made of it.
    pub scored: Option<Scored>,
}

impl Entry {
    /// Whether its score may be sent by itself.
    pub(crate) fn is_earned(&self) -> bool {
        self.scored.as_ref().is_some_and(|scored| scored.is_earned)
    }

    /// Whether both live together: by their register's own number where it has one for both, else by the address.
    pub(crate) fn lives_with(&self, other: &Self) -> bool {
        let households = self.household.as_ref().zip(other.household.as_ref());
        match households.filter(|_| self.register == other.register) {
            Some((own, others)) => own == others,
            None => self.homes.is_shared(&other.homes),
        }
    }

    /// Its score; the lowest without one.
    pub(crate) fn score(&self) -> f64 {
        self.scored.as_ref().map_or(f64::NEG_INFINITY, |scored| scored.score)
    }
}

/// A person as the register writes them: shown to whoever decides, kept sealed only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Given names.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Birth date.
    pub born: Date,
    /// Address without postcode.
    pub address: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Written(…)")
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Belonging to a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The setting.
    pub setting: SettingId,
    /// In which way.
    pub how: Attendance,
    /// First day, where known.
    pub starts_on: Option<Date>,
    /// Last day; `None` while it goes on.
    pub ends_on: Option<Date>,
    /// How the last day is known.
    pub last_day: LastDay,
}

impl Enrolment {
    /// Whether as a guest, who stays registered elsewhere.
    pub(crate) fn is_guest(&self) -> bool {
        self.how == Attendance::Guest
    }

    /// Whether it says nothing about where the child is, such as a place on the virtual school's list: it neither
    /// confirms nor contradicts what other registers say.
    pub(crate) fn is_besides(&self) -> bool {
        self.how == Attendance::LookedAfter
    }
}

/// What is known of a setting when one child is looked at.
#[derive(Clone, Debug)]
pub struct Place {
    /// What it is.
    pub kind: SettingKind,
    /// Whether it can be told today.
    pub is_open: bool,
    /// The day on which it would have to have been told, in London.
    pub due_on: Date,
    /// The ages that it has.
    pub ages: Ages,
    /// Whether children are between two schools on that day.
    pub is_between: bool,
    /// What it is called.
    pub wording: Wording,
    /// Whether an adult of the incident is a contact there.
    pub tie: Tie,
}
