//! How what is loaded is compared: the keys of entries, settings and contacts. Whoever loads takes them from here, so that
//! both sides are normalised alike.

use encompass_core::id::{EntryId, LoadId, RegisterId};
use encompass_matching::{Address, Entry, Homes, Name, Written, key, normalise};
use encompass_store::register::{Candidate, Key, KeyKind, Person};
use uuid::Uuid;

/// Every key that joins a person on a register to entries of other registers.
pub fn register_keys(person: &Person) -> Vec<Key> {
    key::of_entry(&written(person)).into_iter().map(stored).collect()
}

/// The name under which a setting is kept.
pub fn setting_name_key(name: &str) -> String {
    normalise::setting_name(name)
}

/// The name under which a contact is kept.
pub fn adult_name_key(name: &str) -> String {
    normalise::adult_name(name)
}

/// A key as the store hashes it.
fn stored(key: key::Key) -> Key {
    let kind = match key.kind {
        key::Kind::GivenBirth => KeyKind::GivenBirth,
        key::Kind::Upn => KeyKind::Upn,
        key::Kind::Nhs => KeyKind::Nhs,
    };
    Key { kind, parts: key.parts }
}

/// A candidate as it is compared, on a register that may be used and with no score yet.
pub(crate) fn candidate(found: &Candidate) -> Entry {
    let enrolments = found.enrolments.iter().map(|enrolment| encompass_matching::Enrolment {
        setting: enrolment.setting,
        how: enrolment.how(),
        starts_on: enrolment.starts_on,
        ends_on: enrolment.ends_on,
        last_day: enrolment.last_day,
    });
    Entry {
        id: found.entry,
        identity: found.identity,
        register: found.register,
        load: found.load,
        is_restricted: found.restricted,
        enrolments: enrolments.collect(),
        ..written(&found.person)
    }
}

/// A person as a register writes them, who is no entry of one yet.
fn written(person: &Person) -> Entry {
    Entry {
        id: EntryId::new(Uuid::nil()),
        identity: EntryId::new(Uuid::nil()),
        register: RegisterId::new(Uuid::nil()),
        load: LoadId::new(Uuid::nil()),
        is_stale: false,
        is_restricted: false,
        is_switched_off: false,
        scored: None,
        names: names(person),
        born: person.birth_date,
        postcode: person.postcode.as_deref().map(postcode),
        homes: homes(person),
        household: person.details.household.clone(),
        upn: person.upn.clone(),
        nhs_number: person.nhs_number.clone(),
        enrolments: Vec::new(),
        written: Written {
            given: person.given.clone(),
            family: person.family.clone(),
            born: person.birth_date,
            address: person.address.clone(),
            postcode: person.postcode.clone(),
        },
    }
}

/// Every name of a person: registered and known-as given names, with the family name and each former one.
fn names(person: &Person) -> Vec<Name> {
    let given = std::iter::once(&person.given).chain(&person.known_as);
    let families = || std::iter::once(&person.family).chain(&person.former_family);
    let mut names: Vec<Name> =
        given.flat_map(|given| families().filter_map(move |family| Name::new(given, family))).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn homes(person: &Person) -> Homes {
    let read = |text: &Option<String>, postcode: &Option<String>| {
        Address::new(text.as_deref().into_iter(), postcode.as_deref().unwrap_or_default())
    };
    let before = person.details.previous.iter().filter_map(|there| read(&there.text, &there.postcode));
    Homes { now: read(&person.address, &person.postcode).into_iter().collect(), before: before.collect() }
}

/// A register's postcode in the one written form; left as it is where it is none.
fn postcode(text: &str) -> String {
    encompass_core::incident::Postcode::parse(text)
        .map_or_else(|| text.to_owned(), |postcode| postcode.to_string())
}
