//! What a score changes, and what it does not.

use encompass_core::state::{Hold, SettingKind};
use encompass_matching::{Confirmation, Entry, Facts, Grounds, Homes, Officer, Verdict, decide, points};
use serde_json::json;

use crate::{address, case, entry, facts, places, scored, setting};

const EXACT: (&str, &str) = ("Araminta", "Copplestone");
const ALIKE: (&str, &str) = ("Minty", "Copplestone");

fn with(entry: Entry, score: f64, is_earned: bool) -> Entry {
    Entry { scored: scored(score, is_earned), ..entry }
}

fn araminta() -> Facts {
    facts(json!({
        "names": [{ "given": "Araminta", "family": "Copplestone" }],
        "birth_date": crate::BORN.to_string(),
        "addresses": [{ "postcode": "ZZ1 4AB" }],
    }))
}

fn check(table: &[(&str, Vec<Entry>, Verdict)]) {
    let facts = araminta();
    for (what, entries, expected) in table {
        let (verdict, evidence) = decide(&case(&facts, entries));
        assert_eq!(verdict, *expected, "{what}");
        let fits = evidence.candidates.iter().map(|candidate| candidate.fits);
        assert!(fits.is_sorted_by(|a, b| a >= b), "{what}: those that fit stand first");
    }
}

#[test]
fn a_score_is_sent_where_it_is_earned_and_only_if_nothing_else_asks_for_a_person() {
    let held = |hold| Verdict::Hold(hold);
    let told = || Verdict::Matched(vec![setting(1)]);
    let alike = |score, is_earned| with(entry(1, 1, ALIKE, 1), score, is_earned);
    let table = [
        ("earned", vec![alike(9.0, true)], told()),
        ("not earned, yet likely", vec![alike(9.0, false)], held(Hold::Unsure)),
        ("not likely", vec![alike(-2.0, false)], held(Hold::NoMatch)),
        (
            "earned, and the entry is for named people",
            vec![Entry { is_restricted: true, ..alike(9.0, true) }],
            held(Hold::Restricted),
        ),
        (
            "earned, and the register is old",
            vec![Entry { is_stale: true, ..alike(9.0, true) }],
            held(Hold::RegisterStale),
        ),
        (
            "exact, and a named person has switched the register off",
            vec![Entry { is_switched_off: true, ..entry(1, 1, EXACT, 1) }],
            held(Hold::SwitchedOff),
        ),
    ];
    check(&table);
}

#[test]
fn entries_that_contradict_each_other_are_for_a_person() {
    let held = |hold| Verdict::Hold(hold);
    let told = || Verdict::Matched(vec![setting(1)]);
    let alike = |score, is_earned| with(entry(1, 1, ALIKE, 1), score, is_earned);
    let table = [
        (
            "exact, and somebody else on the register is likelier",
            vec![with(entry(1, 1, EXACT, 1), 1.0, false), with(entry(2, 1, ALIKE, 1), 3.0, false)],
            held(Hold::SeveralMatches),
        ),
        (
            "exact, and somebody else is less likely",
            vec![with(entry(1, 1, EXACT, 1), 9.0, false), with(entry(2, 1, ALIKE, 2), -9.0, false)],
            told(),
        ),
        (
            "exact on one register, likelier on another",
            vec![with(entry(1, 1, EXACT, 1), 1.0, false), with(entry(2, 2, ALIKE, 1), 3.0, false)],
            told(),
        ),
        (
            "exact on one register, earned at another school on the other",
            vec![with(entry(1, 1, EXACT, 1), 9.0, false), with(entry(2, 2, ALIKE, 2), 9.0, true)],
            held(Hold::SettingsDisagree),
        ),
        (
            "twice on one register, though judged to be one child: twins get each other's numbers",
            vec![alike(9.0, true), Entry { id: entry(2, 1, ALIKE, 1).id, ..alike(8.0, true) }],
            held(Hold::SeveralMatches),
        ),
        (
            "exact, and not likely all the same",
            vec![with(entry(1, 1, EXACT, 1), -1.0, false)],
            held(Hold::Unsure),
        ),
        (
            "earned, and somebody else on the register is likely as well",
            vec![alike(9.0, true), with(entry(2, 1, ALIKE, 1), 0.5, false)],
            held(Hold::SeveralMatches),
        ),
        (
            "exact, and a restricted entry of another register is likely the child",
            vec![
                with(entry(1, 1, EXACT, 1), 9.0, false),
                Entry { is_restricted: true, ..with(entry(2, 2, ALIKE, 1), 2.0, false) },
            ],
            held(Hold::Restricted),
        ),
        (
            "exact on one register, and on another, under another spelling, the entry that is judged to be the same child",
            vec![
                with(entry(1, 1, EXACT, 1), 9.0, false),
                Entry { identity: entry(1, 1, EXACT, 1).id, ..with(entry(2, 2, ALIKE, 2), -1.0, false) },
            ],
            held(Hold::SettingsDisagree),
        ),
        (
            "earned twice on one register",
            vec![alike(9.0, true), with(entry(2, 1, ALIKE, 1), 8.0, true)],
            held(Hold::SeveralMatches),
        ),
    ];
    check(&table);
}

#[test]
fn one_restricted_entry_restricts_a_child_under_whatever_name_another_register_has_it() {
    const OTHER: (&str, &str) = ("Alice", "Jonesby");
    let judged = |entry: Entry, whom: u128| Entry { identity: self::entry(whom, 1, EXACT, 1).id, ..entry };
    let restricted = |entry: Entry| Entry { is_restricted: true, ..entry };
    let exact = || with(entry(1, 1, EXACT, 1), 9.0, false);
    let other = |register| entry(2, register, OTHER, 1);
    let told = || Verdict::Matched(vec![setting(1)]);
    let held = || Verdict::Hold(Hold::Restricted);
    let table = [
        ("exact itself", vec![restricted(exact())], held()),
        ("earned itself", vec![restricted(with(entry(1, 1, ALIKE, 1), 9.0, true))], held()),
        ("the same child on another register", vec![exact(), restricted(judged(other(2), 1))], held()),
        (
            "the same child, weighed and found unlikely",
            vec![exact(), restricted(judged(with(other(2), -9.0, false), 1))],
            held(),
        ),
        ("the same child on the same register", vec![exact(), restricted(judged(other(1), 1))], held()),
        (
            "the same child as one that is only likely",
            vec![exact(), with(entry(3, 3, ALIKE, 1), 1.0, false), restricted(judged(other(2), 3))],
            held(),
        ),
        ("somebody else", vec![exact(), restricted(other(2))], told()),
        (
            "the same child as somebody else",
            vec![exact(), entry(3, 3, OTHER, 1), restricted(judged(other(2), 3))],
            told(),
        ),
    ];
    check(&table);
}

#[test]
fn a_number_that_differs_is_never_outweighed_and_one_that_agrees_may_be_beside_another_spelling() {
    let numbered = |upn: &str| {
        facts(json!({
            "names": [{ "given": "Araminta", "family": "Copplestone" }],
            "birth_date": crate::BORN.to_string(),
            "addresses": [{ "postcode": "ZZ1 4AB" }],
            "upn": upn,
        }))
    };
    let known = |name, is_earned| {
        let entry = Entry { upn: Some("H801200001001".into()), ..entry(1, 1, name, 1) };
        [with(entry, 9.0, is_earned)]
    };
    let told = Verdict::Matched(vec![setting(1)]);
    for (what, facts, entries, expected) in [
        ("agrees, other spelling, earned", numbered("H801200001001"), known(ALIKE, true), told),
        (
            "agrees, other spelling",
            numbered("H801200001001"),
            known(ALIKE, false),
            Verdict::Hold(Hold::Unconfirmed),
        ),
        (
            "differs, exact, earned",
            numbered("X801200001002"),
            known(EXACT, true),
            Verdict::Hold(Hold::Unconfirmed),
        ),
    ] {
        assert_eq!(decide(&case(&facts, &entries)).0, expected, "{what}");
    }
}

#[test]
fn ten_points_are_ten_times_the_odds() {
    for (odds, expected) in
        [(1.0, 0), (10.0, 10), (1_000.0, 30), (0.01, -20), (f64::INFINITY, 999), (0.0, -999)]
    {
        assert_eq!(points(f64::ln(odds)), expected, "{odds}");
    }
}

#[test]
fn exact_agreement_takes_the_officers_setting_or_a_number_or_where_a_force_takes_it_the_postcode() {
    let written = |postcode: &str, upn: Option<&str>| {
        facts(json!({
            "names": [{ "given": "Araminta", "family": "Copplestone" }],
            "birth_date": crate::BORN.to_string(),
            "addresses": [{ "postcode": postcode }],
            "upn": upn,
        }))
    };
    let entries = [Entry { upn: Some("H801200001001".into()), ..entry(1, 1, EXACT, 1) }];
    let (told, held) = (Verdict::Matched(vec![setting(1)]), Verdict::Hold(Hold::Unconfirmed));
    let named = Officer::new("school1", vec![setting(1)]);
    let (silent, number) = (Officer::default(), Some("H801200001001"));
    for (what, postcode, upn, officer, by_setting, by_postcode) in [
        ("nothing besides", "ZZ9 9ZZ", None, &silent, &held, &held),
        ("the postcode alone", "ZZ1 4AB", None, &silent, &held, &told),
        ("the officer's setting", "ZZ9 9ZZ", None, &named, &told, &told),
        ("a number", "ZZ9 9ZZ", number, &silent, &told, &told),
    ] {
        let facts = written(postcode, upn);
        for (confirmation, expected) in
            [(Confirmation::Setting, by_setting), (Confirmation::Postcode, by_postcode)]
        {
            let case = Grounds { confirmation, officer: officer.clone(), ..case(&facts, &entries) };
            assert_eq!(decide(&case).0, *expected, "{what}, {confirmation:?}");
        }
    }
}

#[test]
fn what_confirms_an_entry_confirms_those_that_are_judged_to_be_the_same_child() {
    let facts = facts(json!({
        "names": [{ "given": "Araminta", "family": "Copplestone" }],
        "birth_date": crate::BORN.to_string(),
        "addresses": [{ "lines": ["4 Mill Lane"], "postcode": "ZZ1 4AB" }],
    }));
    let mut places = places();
    places.get_mut(&setting(1)).unwrap().kind = SettingKind::EarlyYears;
    places.get_mut(&setting(2)).unwrap().kind = SettingKind::HealthVisiting;
    let named = Officer::new("school1", vec![setting(1)]);
    let both = Verdict::Matched(vec![setting(1), setting(2)]);
    let moved = Homes { now: address("9 High Street", "ZZ2 2BB"), before: Vec::new() };
    for (what, identity, officer, homes, is_earned, expected) in [
        ("the same child", 1, &named, None, false, both.clone()),
        ("somebody else, perhaps", 2, &named, None, false, Verdict::Hold(Hold::Unconfirmed)),
        (
            "the same child, and no word",
            1,
            &Officer::default(),
            None,
            false,
            Verdict::Hold(Hold::Unconfirmed),
        ),
        ("the same child, before it moved", 1, &named, Some(moved.clone()), true, both),
        ("a namesake, perhaps", 2, &named, Some(moved), true, Verdict::Hold(Hold::Namesake)),
    ] {
        let visited = with(entry(2, 2, EXACT, 2), 9.0, is_earned);
        let homes = homes.unwrap_or_else(|| visited.homes.clone());
        let visited = Entry { identity: entry(identity, 1, EXACT, 1).id, homes, ..visited };
        let entries = [with(entry(1, 1, EXACT, 1), 9.0, false), visited];
        let places = places.clone();
        let (confirmation, officer) = (Confirmation::Setting, officer.clone());
        let case = Grounds { confirmation, officer, places, ..case(&facts, &entries) };
        assert_eq!(decide(&case).0, expected, "{what}");
    }
}
