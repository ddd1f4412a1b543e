//! The rules from the outside: what police said against what registers have.

#![expect(clippy::unwrap_used, reason = "a test ends where its own preparation fails")]

mod changes;
mod decisions;
mod families;
mod files;
mod floor;
mod households;
mod levels;
mod likeness;
mod namesakes;
mod officers;
mod properties;
mod real;
mod scores;
mod traditions;
mod writings;

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::{EntryId, LoadId, RegisterId, SettingId};
use encompass_core::incident::Incident;
use encompass_core::routing::{Ages, Attendance, LastDay};
use encompass_core::state::SettingKind;
use encompass_matching::adult::Tie;
use encompass_matching::person::{Born, Child, Sought};
use encompass_matching::population::{Builder, Population};
use encompass_matching::setting::Wording;
use encompass_matching::{
    Address, Confirmation, Enrolment, Entry, Evidence, Facts, Flags, Grounds, Homes, Name, Officer, Place,
    Registers, Scored, Verdict, Written, decide,
};
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use uuid::Uuid;

/// The birth date of everybody here.
pub(crate) const BORN: Date = date(2017, 3, 14);
/// The day of every due time.
pub(crate) const DUE_ON: Date = date(2026, 3, 2);

pub(crate) fn setting(number: u128) -> SettingId {
    SettingId::new(Uuid::from_u128(number))
}

/// The facts of a child in an incident.
pub(crate) fn facts(child: Value) -> Facts {
    let data = json!({ "force": "north", "reference": "R/1", "children": [child] });
    let incident = Incident::parse(&data, "2026-03-02T03:00:00Z".parse().unwrap()).unwrap();
    Facts::of(&incident.children()[0])
}

/// An entry of a register, on roll at one setting.
pub(crate) fn entry(number: u128, register: u128, name: (&str, &str), at: u128) -> Entry {
    let enrolment = Enrolment {
        setting: setting(at),
        how: Attendance::Main,
        starts_on: None,
        ends_on: None,
        last_day: LastDay::Stated,
    };
    Entry {
        id: EntryId::new(Uuid::from_u128(number)),
        identity: EntryId::new(Uuid::from_u128(number)),
        register: RegisterId::new(Uuid::from_u128(register)),
        load: LoadId::new(Uuid::from_u128(register)),
        is_stale: false,
        is_restricted: false,
        is_switched_off: false,
        names: Name::new(name.0, name.1).into_iter().collect(),
        born: BORN,
        postcode: Some("ZZ1 4AB".into()),
        homes: Homes { now: address("", "ZZ1 4AB"), before: Vec::new() },
        household: None,
        upn: None,
        nhs_number: None,
        enrolments: vec![enrolment],
        written: Written {
            given: name.0.into(),
            family: name.1.into(),
            born: BORN,
            address: None,
            postcode: Some("ZZ1 4AB".into()),
        },
        scored: None,
    }
}

/// An address; none where both are empty.
pub(crate) fn address(line: &str, postcode: &str) -> Vec<Address> {
    Address::new(std::iter::once(line), postcode).into_iter().collect()
}

/// What a search made of an entry.
pub(crate) fn scored(score: f64, is_earned: bool) -> Option<Scored> {
    let probability = 1.0 / (1.0 + (-score).exp());
    Some(Scored { score, probability, is_earned, found_by: Vec::new(), fields: Vec::new() })
}

/// Schools 1 to 4, open, with nobody of the incident among their contacts.
pub(crate) fn places() -> BTreeMap<SettingId, Place> {
    let place = |number| Place {
        kind: SettingKind::School,
        is_open: true,
        due_on: DUE_ON,
        ages: Ages::default(),
        is_between: false,
        wording: Wording::of(&format!("school{number}"), None),
        tie: Tie::None,
    };
    (1..=4).map(|number| (setting(number), place(number))).collect()
}

/// Decides with nothing said by the officer and no setting excluded.
pub(crate) fn ask(facts: &Facts, entries: &[Entry]) -> (Verdict, Evidence) {
    decide(&case(facts, entries))
}

pub(crate) fn case<'a>(facts: &'a Facts, entries: &'a [Entry]) -> Grounds<'a> {
    Grounds {
        facts,
        flags: Flags::default(),
        officer: Officer::default(),
        entries,
        places: places(),
        excluded: BTreeSet::new(),
        registers: Registers::Usable,
        searched: Vec::new(),
        confirmation: Confirmation::Postcode,
        relatives: Vec::new(),
    }
}

/// A child of a register at the address of everybody here.
pub(crate) fn child(id: &str, forename: &str, surname: &str, born: &str) -> Child {
    Child {
        id: id.into(),
        forename: forename.into(),
        surname: surname.into(),
        born: Some(born.parse().unwrap()),
        address: "12 Mill Lane".into(),
        postcode: "ZZ1 4AB".into(),
        ..Child::default()
    }
}

/// A child as police type it, at the same address.
pub(crate) fn sought(forename: &str, surname: &str, born: &str) -> Sought {
    Sought {
        forename: forename.into(),
        surname: surname.into(),
        born: Born::parse(born).unwrap(),
        address: "12 Mill Lane".into(),
        postcode: "ZZ1 4AB".into(),
        ..Sought::default()
    }
}

/// A register of these children and of some hundred others, all elsewhere, without whom no name is rare.
pub(crate) fn population(children: &[Child]) -> Population {
    let mut builder = Builder::new();
    for (number, other) in others().enumerate() {
        builder.add(&Child { id: format!("other {number}"), ..other });
    }
    children.iter().for_each(|child| builder.add(child));
    builder.finish()
}

fn others() -> impl Iterator<Item = Child> {
    let given =
        ["Oliver", "Amelia", "Muhammad", "Zofia", "Harjit", "Tomos", "Ifeoma", "Minh", "Lucía", "Aoife"];
    let families =
        ["Smith", "Khan", "Kowalska", "Nguyen", "Okafor", "Garcia Lopez", "Kaur", "O'Neill", "Evans"];
    let pairs =
        given.into_iter().flat_map(move |given| families.into_iter().map(move |family| (given, family)));
    pairs.enumerate().map(|(number, (given, family))| {
        let day = i8::try_from(number % 28 + 1).unwrap();
        let year = 2009 + i16::try_from(number % 15).unwrap();
        Child {
            forename: given.into(),
            surname: family.into(),
            born: Some(date(year, 5, day)),
            address: format!("{} High Street", number + 20),
            postcode: format!("ZY{} {}QX", number % 9 + 1, number % 10),
            ..Child::default()
        }
    })
}
