//! One person on a register, and what they are found by.

use encompass_core::id::{EntryId, IdentityKey, LoadId, RegisterId, SettingId};
use encompass_core::routing::{Attendance, LastDay};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// Who somebody is, as the register says. Stored sealed only, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The register's own number for the person.
    pub child: String,
    /// Given names, in their order.
    pub given: String,
    /// Family name.
    pub family: String,
    /// The given name that the person goes by, where it differs.
    pub known_as: Option<String>,
    /// Earlier family names.
    pub former_family: Vec<String>,
    /// Birth date.
    pub birth_date: Date,
    /// Sex as registered: `f` or `m`.
    pub sex: Option<String>,
    /// Address without its postcode.
    pub address: Option<String>,
    /// Postcode of the address.
    pub postcode: Option<String>,
    /// Unique pupil number.
    pub upn: Option<String>,
    /// NHS number.
    pub nhs_number: Option<String>,
    /// What only some registers know.
    #[serde(default)]
    pub details: Details,
}

impl Drop for Person {
    fn drop(&mut self) {
        let Self {
            child,
            given,
            family,
            known_as,
            former_family,
            sex,
            address,
            postcode,
            upn,
            nhs_number,
            birth_date: _,
            details: _,
        } = self;
        [child, given, family].into_iter().for_each(Zeroize::zeroize);
        former_family.iter_mut().for_each(Zeroize::zeroize);
        [known_as, sex, address, postcode, upn, nhs_number].into_iter().for_each(Zeroize::zeroize);
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(personal data)")
    }
}

/// What only some registers know of a person. Stored sealed only, wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The family name that the person goes by, where it differs.
    pub known_as_family: Option<String>,
    /// Earlier given names.
    pub former_given: Vec<String>,
    /// The register's own number for those who live together.
    pub household: Option<String>,
    /// The general practice, by organisation code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<String>,
    /// First day at the address, where known.
    pub address_from: Option<Date>,
    /// Where the person lived before.
    pub previous: Vec<Address>,
    /// Why only named people may see a case, such as `protected_address`.
    pub restriction: Option<String>,
}

/// Where a person lived.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Without its postcode.
    pub text: Option<String>,
    /// Its postcode.
    pub postcode: Option<String>,
    /// First day there, where known.
    pub from: Option<Date>,
    /// Last day there, where known.
    pub to: Option<Date>,
}

impl Drop for Details {
    fn drop(&mut self) {
        let Self {
            known_as_family,
            former_given,
            household,
            practice,
            previous,
            restriction,
            address_from: _,
        } = self;
        [known_as_family, household, practice, restriction].into_iter().for_each(Zeroize::zeroize);
        former_given.iter_mut().for_each(Zeroize::zeroize);
        for Address { text, postcode, .. } in previous {
            [text, postcode].into_iter().for_each(Zeroize::zeroize);
        }
    }
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Details(personal data)")
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(personal data)")
    }
}

/// Belonging to a setting.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Enrolment {
    /// The setting.
    pub setting: SettingId,
    /// In which way, such as `main`, `subsidiary` or `home_educated`.
    pub kind: String,
    /// First day, where known.
    pub starts_on: Option<Date>,
    /// Last day; `None` while it goes on.
    pub ends_on: Option<Date>,
    /// How the last day is known.
    #[serde(default, skip_serializing_if = "LastDay::is_stated")]
    pub last_day: LastDay,
    /// When in the week: `full_time`, `part_time`, or half-days such as `mon tue_am`.
    pub attendance: Option<String>,
}

impl Enrolment {
    /// In which way, as the routing table asks it; a word that it does not have is a main registration.
    pub fn how(&self) -> Attendance {
        self.kind.parse().unwrap_or(Attendance::Main)
    }
}

/// What is hashed in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// Normalised given name and birth date.
    GivenBirth,
    /// Unique pupil number.
    Upn,
    /// NHS number.
    Nhs,
}

impl KeyKind {
    const fn label(self) -> &'static str {
        match self {
            Self::GivenBirth => "register forename_dob",
            Self::Upn => "register upn",
            Self::Nhs => "register nhs",
        }
    }
}

/// What joins an entry to those of other registers: parts that the caller has normalised, always in the same way.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What the parts are.
    pub kind: KeyKind,
    /// The parts.
    pub parts: Vec<String>,
}

impl Key {
    /// A key.
    pub fn new<const N: usize>(kind: KeyKind, parts: [&str; N]) -> Self {
        Self { kind, parts: parts.map(str::to_owned).to_vec() }
    }

    pub(super) fn hash(&self, key: &IdentityKey, source: &str) -> [u8; 32] {
        let parts: Vec<&[u8]> =
            std::iter::once(source.as_bytes()).chain(self.parts.iter().map(String::as_bytes)).collect();
        key.hash(self.kind.label(), &parts)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// One person on a register, to be loaded.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who.
    pub person: Person,
    /// Whether only named people may see a case of theirs.
    pub restricted: bool,
    /// Whether something that the file says of them could not be read: they decide nothing by themselves then.
    pub doubtful: bool,
    /// What joins them to entries of other registers.
    pub keys: Vec<Key>,
    /// Where they are on roll.
    pub enrolments: Vec<Enrolment>,
}

impl Entry {
    /// The last day on roll of somebody who is on roll nowhere on `day` and will not be.
    pub(super) fn left_on(&self, day: Date) -> Option<Date> {
        let last: Option<Vec<Date>> = self.enrolments.iter().map(|enrolment| enrolment.ends_on).collect();
        last?.into_iter().max().filter(|last| *last < day)
    }
}

/// The id of a register's person, the same in every version.
pub fn entry_id(key: &IdentityKey, source: &str, child: &str) -> EntryId {
    let hash = key.hash("register entry", &[source.as_bytes(), child.as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    EntryId::new(uuid::Uuid::new_v8(bytes))
}

/// Somebody on a register, with all that it says of them.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The entry.
    pub entry: EntryId,
    /// The first of the entries found that are judged to be one person with this one; the entry itself where none is.
    pub identity: EntryId,
    /// The register.
    pub register: RegisterId,
    /// Its version.
    pub load: LoadId,
    /// When that version was true.
    pub as_of: Timestamp,
    /// How old it may be, in days.
    pub max_age_days: i64,
    /// Whether only named people may see a case of theirs.
    pub restricted: bool,
    /// Whether something that a file said of them could not be read.
    pub doubtful: bool,
    /// The last day on which the register had them on roll; `None` while it has.
    pub left_on: Option<Date>,
    /// Who.
    pub person: Person,
    /// Where they are or were on roll.
    pub enrolments: Vec<Enrolment>,
}

impl Candidate {
    /// Whether they decide nothing by themselves at `now`: the register is past its stated age, or something that
    /// a file said of them could not be read.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.doubtful || is_stale(self.as_of, self.max_age_days, now)
    }
}

/// Whether what was true at `as_of` is past its stated age, so that it decides nothing by itself.
pub fn is_stale(as_of: Timestamp, max_age_days: i64, now: Timestamp) -> bool {
    now.duration_since(as_of).as_hours() >= max_age_days.saturating_mul(24)
}
