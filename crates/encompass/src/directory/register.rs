//! Registers of children.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use encompass_core::id::{EntryId, LoadId, RegisterId, SettingId};
use encompass_directory::register as files;
use encompass_matching::{self as matching, Name, key};
use encompass_store::Store;
use encompass_store::register::{Enrolment, Entry, Key, KeyKind, New, Person, RegisterLoad};
use jiff::Timestamp;
use uuid::Uuid;

use super::{BATCH, Options, Report, read, set_aside, with_settings};

pub(super) async fn register(
    store: &Store,
    file: impl Read + Seek,
    terms: New,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let (rows, mut report) = read(files::read(file, &options.limits)?)?;
    let known = with_settings(store, rows, |entry| &entry.setting, &mut report, now).await?;
    report.check_set_aside(options.set_aside_share)?;
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for (row, setting) in known {
        add(&mut entries, row.value, setting.id);
    }
    let source = terms.source.clone();
    let mut tx = store.begin().await?;
    tx.put_register(terms, options.by.clone(), now).await?;
    tx.commit().await?;
    let mut load = RegisterLoad::begin(store, &source, true, options.as_of, options.by.clone(), now).await?;
    let mut entries = entries.into_values();
    loop {
        let batch: Vec<Entry> = entries.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        load.add(batch).await?;
    }
    let outcome = load.finish(options.brake, set_aside(&report), now).await?;
    Ok(Report { file: report, outcome: Some(outcome), contacts: None })
}

/// A child at two settings stands on two rows; one restricted row restricts the child.
fn add(entries: &mut BTreeMap<String, Entry>, row: files::Entry, setting: SettingId) {
    let enrolment = Enrolment {
        setting,
        kind: row.enrolment.as_str().into(),
        starts_on: row.enrolled_from,
        ends_on: row.enrolled_to,
    };
    let restricted = row.restricted;
    let person = person(row);
    let keys = keys(&person);
    let entry = entries.entry(person.child.clone()).or_insert_with(|| Entry {
        person,
        restricted: false,
        keys: Vec::new(),
        enrolments: Vec::new(),
    });
    entry.restricted |= restricted;
    entry.keys.extend(keys);
    entry.enrolments.push(enrolment);
}

fn person(row: files::Entry) -> Person {
    Person {
        child: row.child,
        given: row.given_names,
        family: row.family_name,
        known_as: row.known_as,
        former_family: row.former_family_names,
        birth_date: row.birth_date,
        sex: row.sex.map(|sex| sex.as_str().to_owned()),
        address: row.address,
        postcode: row.postcode,
        upn: row.upn,
        nhs_number: row.nhs_number,
    }
}

/// The keys that matching looks an entry up by.
fn keys(person: &Person) -> Vec<Key> {
    let entry = matching::Entry {
        id: EntryId::new(Uuid::nil()),
        register: RegisterId::new(Uuid::nil()),
        load: LoadId::new(Uuid::nil()),
        is_stale: false,
        is_restricted: false,
        names: names(person),
        born: person.birth_date,
        postcode: person.postcode.clone(),
        upn: person.upn.clone(),
        nhs_number: person.nhs_number.clone(),
        enrolments: Vec::new(),
        written: matching::Written {
            given: person.given.clone(),
            family: person.family.clone(),
            born: person.birth_date,
            address: None,
            postcode: None,
        },
    };
    key::of_entry(&entry).into_iter().map(|key| Key { kind: kind(key.kind), parts: key.parts }).collect()
}

/// Every name that a person goes or went by.
fn names(person: &Person) -> Vec<Name> {
    let given = std::iter::once(&person.given).chain(&person.known_as);
    let of = |given: &String| -> Vec<Name> {
        let families = std::iter::once(&person.family).chain(&person.former_family);
        families.filter_map(|family| Name::new(given, family)).collect()
    };
    given.flat_map(of).collect()
}

const fn kind(kind: key::Kind) -> KeyKind {
    match kind {
        key::Kind::NameBirth => KeyKind::NameBirth,
        key::Kind::FamilyBirth => KeyKind::FamilyBirth,
        key::Kind::GivenBirth => KeyKind::GivenBirth,
        key::Kind::BirthPostcode => KeyKind::BirthPostcode,
        key::Kind::Upn => KeyKind::Upn,
        key::Kind::Nhs => KeyKind::Nhs,
    }
}
