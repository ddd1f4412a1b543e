//! A child of a file as the store has it.

use encompass_core::routing::LastDay;
use encompass_directory::register::{Address as Lived, At, Child};
use encompass_resolver::register_keys;
use encompass_store::register::{Address, Details, Enrolment, Entry, Person};

use super::settle::Place;

/// The child with the settings that the directory knows.
pub(super) fn entry(child: Child, known: Vec<(At, Place)>) -> Entry {
    let (restricted, doubtful) = (child.restricted, child.is_doubtful);
    let enrolments = known.into_iter().map(|(at, place)| Enrolment {
        setting: place.id,
        kind: at.kind.as_str().into(),
        starts_on: at.from,
        ends_on: at.to,
        last_day: LastDay::Stated,
        attendance: at.attendance.map(|attendance| attendance.to_string()),
    });
    let enrolments = enrolments.collect();
    let person = person(child);
    Entry { keys: register_keys(&person), person, restricted, doubtful, enrolments }
}

fn person(child: Child) -> Person {
    let (address, postcode, address_from) =
        child.address.map(|here| (here.text, here.postcode, here.from)).unwrap_or_default();
    let details = Details {
        known_as_family: child.known_as_family_name.clone(),
        former_given: child.former_given_names,
        household: child.household,
        practice: child.practice,
        address_from,
        previous: child.previous.into_iter().map(lived).collect(),
        restriction: child.restriction.map(|restriction| restriction.as_str().to_owned()),
    };
    // Who goes by another family name is looked for under it too.
    let mut former_family = child.former_family_names;
    former_family.extend(child.known_as_family_name);
    Person {
        child: child.number,
        given: child.given_names,
        family: child.family_name,
        known_as: child.known_as,
        former_family,
        birth_date: child.birth_date,
        sex: child.sex.map(|sex| sex.as_str().to_owned()),
        address,
        postcode,
        upn: child.upn,
        nhs_number: child.nhs_number,
        details,
    }
}

fn lived(there: Lived) -> Address {
    Address { text: there.text, postcode: there.postcode, from: there.from, to: there.to }
}
