//! What entries and children are looked up by, before they are compared.

use crate::entry::Entry;
use crate::facts::Facts;
use crate::name::Name;

/// What the parts of a key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Given name, family name and birth date.
    NameBirth,
    /// Family name and birth date.
    FamilyBirth,
    /// Given name and birth date.
    GivenBirth,
    /// Birth date and postcode.
    BirthPostcode,
    /// Unique pupil number.
    Upn,
    /// NHS number.
    Nhs,
}

/// One key: the same for a child and an entry that agree on its parts.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What the parts are.
    pub kind: Kind,
    /// The parts, normalised.
    pub parts: Vec<String>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// All keys under which an entry is kept.
pub fn of_entry(entry: &Entry) -> Vec<Key> {
    let born = entry.born.to_string();
    let mut keys = names(&entry.names, &born);
    for name in &entry.names {
        keys.push(key(Kind::FamilyBirth, [name.family(), &born]));
        keys.extend(name.given_keys().iter().map(|given| key(Kind::GivenBirth, [given, &born])));
    }
    keys.extend(entry.postcode.iter().map(|postcode| key(Kind::BirthPostcode, [&born, postcode])));
    keys.extend(numbers(entry.upn.as_deref(), entry.nhs_number.as_deref()));
    unique(keys)
}

/// The keys by which an entry that fits exactly is found.
pub fn exact(child: &Facts) -> Vec<Key> {
    let mut keys = numbers(child.upn.as_deref(), child.nhs_number.as_deref());
    if let Some(born) = child.born {
        keys.extend(names(&child.names, &born.to_string()));
    }
    unique(keys)
}

/// The keys by which entries are found that a person should be shown when none fits exactly.
pub fn near(child: &Facts) -> Vec<Key> {
    let Some(born) = child.born.map(|born| born.to_string()) else { return Vec::new() };
    let families = child.names.iter().map(Name::family).chain(child.lone_family.iter().map(String::as_str));
    let mut keys: Vec<Key> = families.map(|family| key(Kind::FamilyBirth, [family, &born])).collect();
    let given = child.names.iter().flat_map(Name::given_keys).chain(child.lone_given.iter().cloned());
    keys.extend(given.map(|given| key(Kind::GivenBirth, [&given, &born])));
    keys.extend(child.postcodes.iter().map(|postcode| key(Kind::BirthPostcode, [&born, postcode])));
    unique(keys)
}

fn names(names: &[Name], born: &str) -> Vec<Key> {
    let of = |name: &Name| {
        let family = name.family().to_owned();
        name.given_keys().into_iter().map(move |given| (given, family.clone()))
    };
    names.iter().flat_map(of).map(|(given, family)| key(Kind::NameBirth, [&given, &family, born])).collect()
}

fn numbers(upn: Option<&str>, nhs_number: Option<&str>) -> Vec<Key> {
    let upn = upn.map(|upn| key(Kind::Upn, [upn]));
    upn.into_iter().chain(nhs_number.map(|number| key(Kind::Nhs, [number]))).collect()
}

fn key<const N: usize>(kind: Kind, parts: [&str; N]) -> Key {
    Key { kind, parts: parts.map(str::to_owned).to_vec() }
}

fn unique(mut keys: Vec<Key>) -> Vec<Key> {
    keys.sort_unstable();
    keys.dedup();
    keys
}
