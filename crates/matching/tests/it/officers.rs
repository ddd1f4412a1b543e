//! The officer's words in the whole rule: who is said to have left a setting is not sent to it by anything else.

use encompass_core::routing::Attendance;
use encompass_core::state::{Hold, SettingKind};
use encompass_matching::setting::{Asked, Described, Index, Wording};
use encompass_matching::{Confirmation, Entry, Facts, Grounds, Officer, Verdict, decide};
use serde_json::json;

use crate::{BORN, case, entry, facts, places, scored, setting};

const EXACT: (&str, &str) = ("Araminta", "Copplestone");
const UPN: &str = "H801200001001";

/// The child's school, another one, and an authority that keeps lists.
const NAMES: [(u128, &str, SettingKind); 3] = [
    (1, "Larkfield Primary School", SettingKind::School),
    (2, "Hartfield Primary School", SettingKind::School),
    (3, "Anyshire Council", SettingKind::Authority),
];

fn child(upn: Option<&str>, postcode: &str) -> Facts {
    facts(json!({
        "names": [{ "given": EXACT.0, "family": EXACT.1 }],
        "birth_date": BORN.to_string(),
        "addresses": [{ "postcode": postcode }],
        "upn": upn,
    }))
}

/// The officer's words, held against the schools.
fn officer(text: &str) -> Officer {
    let schools = NAMES.iter().filter(|(_, _, kind)| *kind == SettingKind::School);
    let index = Index::build(schools.map(|(number, name, kind)| Described {
        setting: setting(*number),
        kind: *kind,
        name: (*name).into(),
        also: Vec::new(),
        street: None,
        town: None,
        postcode: None,
        ages: (None, None),
        point: None,
    }));
    let found = index.find(&Asked { words: text, ages: None, homes: &[] });
    Officer::of(text, Vec::new(), &found, &[setting(1)])
}

fn verdict(text: &str, facts: &Facts, entries: &[Entry], confirmation: Confirmation) -> Verdict {
    let mut places = places();
    for (number, name, kind) in NAMES {
        let place = places.get_mut(&setting(number)).unwrap();
        (place.kind, place.wording) = (kind, Wording::of(name, None));
    }
    decide(&Grounds { officer: officer(text), places, confirmation, ..case(facts, entries) }).0
}

#[test]
fn whoever_is_said_not_to_be_there_is_held_whatever_else_says_who_the_child_is() {
    let on_roll = Entry { upn: Some(UPN.into()), ..entry(1, 1, EXACT, 1) };
    let earned = Entry { scored: scored(20.0, true), ..on_roll.clone() };
    let disagree = Verdict::Hold(Hold::SettingsDisagree);
    for (text, is_sent) in [
        ("", true),
        ("not known", true),
        ("mum refused to say", true),
        ("Year 3", true),
        ("Larkfield Primary", true),
        ("Larkfield?", true),
        ("not home educated", true),
        ("No school - home educated", false),
        ("not in school, EHE", false),
        ("doesn't attend, home schooled", false),
        ("home educated", false),
        ("no longer at Larkfield, home educated", false),
        ("No longer at Larkfield", false),
        ("not at Larkfield", false),
        ("was at Larkfield, now at the academy", false),
        ("did attend Larkfield", false),
        ("left Larkfield", false),
        ("excluded from Larkfield", false),
        ("refused by Larkfield", false),
        ("excluded", false),
        ("not in school", false),
        ("Hartfield Primary", false),
        ("Home from Home", false),
    ] {
        let expected = if is_sent { Verdict::Matched(vec![setting(1)]) } else { disagree.clone() };
        for (what, facts, entry, confirmation) in [
            ("a number", child(Some(UPN), "ZZ9 9ZZ"), &on_roll, Confirmation::Setting),
            ("an earned score", child(None, "ZZ1 4AB"), &earned, Confirmation::Setting),
            ("the postcode", child(None, "ZZ1 4AB"), &on_roll, Confirmation::Postcode),
        ] {
            let entries = std::slice::from_ref(entry);
            assert_eq!(verdict(text, &facts, entries, confirmation), expected, "{text}, {what}");
        }
    }
}

#[test]
fn what_is_doubted_confirms_nothing() {
    let (facts, entries) = (child(None, "ZZ1 4AB"), [entry(1, 1, EXACT, 1)]);
    let sent = verdict("Larkfield", &facts, &entries, Confirmation::Setting);
    assert_eq!(sent, Verdict::Matched(vec![setting(1)]));
    for text in
        ["Larkfield?", "maybe Larkfield", "near Larkfield", "mum did say Larkfield", "Larkfield, not sure"]
    {
        let held = verdict(text, &facts, &entries, Confirmation::Setting);
        assert_eq!(held, Verdict::Hold(Hold::Unconfirmed), "{text}");
    }
}

#[test]
fn a_sister_on_the_list_of_those_taught_at_home_says_nothing_of_the_child() {
    let on_list = |number, name, born, how| {
        let mut entry = Entry { born, ..entry(number, 1, name, 3) };
        entry.enrolments[0].how = how;
        entry
    };
    let facts = child(None, "ZZ1 4AB");
    let sister = on_list(2, ("Ottoline", "Copplestone"), BORN.yesterday().unwrap(), Attendance::HomeEducated);
    for (how, expected) in [
        (Attendance::HomeEducated, Verdict::Matched(vec![setting(3)])),
        (Attendance::MissingEducation, Verdict::Hold(Hold::Unconfirmed)),
    ] {
        let entries = [on_list(1, EXACT, BORN, how), sister.clone()];
        assert_eq!(verdict("home educated", &facts, &entries, Confirmation::Setting), expected, "{how:?}");
    }
}
