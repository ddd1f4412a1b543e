//! One person on a register, and what they are found by.

use encompass_core::id::{EntryId, IdentityKey, LoadId, RegisterId, SettingId};
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
            ..
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
}

/// What is hashed in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// Normalised full name and birth date.
    NameBirth,
    /// Normalised family name and birth date.
    FamilyBirth,
    /// Normalised given name and birth date.
    GivenBirth,
    /// Birth date and postcode.
    BirthPostcode,
    /// Unique pupil number.
    Upn,
    /// NHS number.
    Nhs,
}

impl KeyKind {
    const fn label(self) -> &'static str {
        match self {
            Self::NameBirth => "register name_dob",
            Self::FamilyBirth => "register surname_dob",
            Self::GivenBirth => "register forename_dob",
            Self::BirthPostcode => "register dob_postcode",
            Self::Upn => "register upn",
            Self::Nhs => "register nhs",
        }
    }
}

/// What an entry is found by: parts that the caller has normalised, always in the same way.
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
    /// What they are found by.
    pub keys: Vec<Key>,
    /// Where they are on roll.
    pub enrolments: Vec<Enrolment>,
}

/// The id of a register's person, the same in every version.
pub fn entry_id(key: &IdentityKey, source: &str, child: &str) -> EntryId {
    let hash = key.hash("register entry", &[source.as_bytes(), child.as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    EntryId::new(uuid::Uuid::new_v8(bytes))
}

/// Somebody on a register who answers to a key.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Which of the keys asked for they answer to, by place.
    pub found_by: Vec<usize>,
    /// The entry.
    pub entry: EntryId,
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
    /// Who.
    pub person: Person,
    /// Where they are on roll.
    pub enrolments: Vec<Enrolment>,
}

impl Candidate {
    /// Whether the register is past its stated age at `now`.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        is_stale(self.as_of, self.max_age_days, now)
    }
}

pub(super) fn is_stale(as_of: Timestamp, max_age_days: i64, now: Timestamp) -> bool {
    now.duration_since(as_of).as_hours() >= max_age_days.saturating_mul(24)
}
