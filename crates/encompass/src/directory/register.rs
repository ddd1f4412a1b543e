//! Registers of children.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use encompass_core::id::SettingId;
use encompass_directory::register as files;
use encompass_resolver::register_keys;
use encompass_store::Store;
use encompass_store::register::{Enrolment, Entry, New, Person, RegisterLoad};
use jiff::Timestamp;

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
    let keys = register_keys(&person);
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
