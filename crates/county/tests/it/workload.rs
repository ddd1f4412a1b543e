use crate::ON;
use encompass_core::event::{Content, EVENT_BYTES_MAX, Record, from_kafka};
use encompass_county::{EVENT_BYTES, Workload};
use encompass_directory::text::Limits;
use encompass_directory::{contact, register, setting::gias};
use std::collections::HashSet;
use std::io::Cursor;

const WORKLOAD: Workload = Workload { children: 100_000, on: ON };

#[test]
fn no_two_of_a_hundred_thousand_children_share_names_and_birth_date() {
    let rows = register::read(Cursor::new(WORKLOAD.register()), &Limits::default()).unwrap();
    let seen: HashSet<_> = rows
        .map(|row| {
            let child = row.unwrap().value;
            assert!(child.upn.is_some() && child.postcode.is_some());
            (child.given_names, child.family_name, child.birth_date)
        })
        .collect();
    assert_eq!(seen.len(), WORKLOAD.children);
}

#[test]
fn every_incident_names_one_child_as_the_register_has_it() {
    let small = Workload { children: 500, on: ON };
    let entries: Vec<_> = register::read(Cursor::new(small.register()), &Limits::default())
        .unwrap()
        .map(|row| row.unwrap().value)
        .collect();
    let at = "2026-03-16T01:00:00Z".parse().unwrap();
    for number in 0..1000 {
        let (key, bytes) = small.event(number, at);
        assert_eq!(bytes.len(), EVENT_BYTES);
        let inbound = from_kafka(Record { headers: &[], value: Some(&bytes) }, EVENT_BYTES_MAX).unwrap();
        let Content::Incident(incident) = inbound.content(at).unwrap() else { panic!("not an incident") };
        assert!(incident.marks.is_empty());
        assert_eq!(*incident.reference, *key);
        let [child] = incident.children() else { panic!("not one child") };
        let (name, entry) = (&child.names.items()[0], &entries[number % 500]);
        assert_eq!(name.given.known().map(|it| &**it), Some(entry.given_names.as_str()));
        assert_eq!(name.family.known().map(|it| &**it), Some(entry.family_name.as_str()));
        assert_eq!(child.birth_date.known().map(|it| it.0.to_string()), Some(entry.birth_date.to_string()));
    }
}

#[test]
fn the_school_and_its_lead_are_read() {
    let school =
        gias::read(Cursor::new(WORKLOAD.gias()), &Limits::default()).unwrap().next().unwrap().unwrap().value;
    assert_eq!(school.identifier.value, Workload::SCHOOL);
    let lead = contact::read(Cursor::new(WORKLOAD.contacts()), &Limits::default())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .value;
    assert_eq!(lead.channel.address(), Workload::LEAD);
}
