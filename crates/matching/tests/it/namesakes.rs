//! Somebody else of the same names and birth date, who lives elsewhere.

use encompass_core::state::Hold;
use encompass_matching::setting::Wording;
use encompass_matching::{
    Confirmation, Entry, Facts, Flags, Grounds, Homes, Name, Officer, Place, Relative, Verdict, decide,
};
use proptest::prelude::*;

use crate::{BORN, address, case, entry, scored, setting};

const ARAMINTA: (&str, &str) = ("Araminta", "Copplestone");
const BARNABY: (&str, &str) = ("Barnaby", "Copplestone");
const MILL: (&str, &str) = ("12 Mill Lane", "ZZ1 4AB");
const HIGH: (&str, &str) = ("7 High Street", "ZZ9 9ZZ");
const OAK: (&str, &str) = ("3 Oak Road", "ZZ5 5ZZ");
const NONE: (&str, &str) = ("", "");
const UPN: &str = "H801200001001";

type Home = (&'static str, &'static str);

fn homes(now: Home, before: Home) -> Homes {
    Homes { now: address(now.0, now.1), before: address(before.0, before.1) }
}

fn child(name: (&str, &str), homes: Homes) -> Facts {
    Facts {
        names: Name::new(name.0, name.1).into_iter().collect(),
        born: Some(BORN),
        homes,
        ..Facts::default()
    }
}

/// An entry whose score is earned, without a postcode that could confirm it by itself.
fn earned(number: u128, name: (&str, &str), homes: Homes) -> Entry {
    Entry { homes, postcode: None, scored: scored(9.0, true), ..entry(number, 1, name, 1) }
}

fn held() -> Verdict {
    Verdict::Hold(Hold::Namesake)
}

fn told() -> Verdict {
    Verdict::Matched(vec![setting(1)])
}

/// What is decided where nothing but the score speaks for the child.
fn alone(facts: &Facts, entries: &[Entry]) -> Verdict {
    decide(&Grounds { confirmation: Confirmation::Setting, ..case(facts, entries) }).0
}

#[test]
fn an_earned_score_is_sent_unless_every_home_contradicts() {
    for (what, police, register, expected) in [
        ("the same home", (MILL, NONE), (MILL, NONE), told()),
        ("the same postcode, another house", (("9 Mill Lane", "ZZ1 4AB"), NONE), (MILL, NONE), told()),
        ("the same house, another postcode", (("12 Mill Lane", "ZZ1 4AD"), NONE), (MILL, NONE), told()),
        ("another home", (HIGH, NONE), (MILL, NONE), held()),
        ("another postcode, no house said", (("", "ZZ9 9ZZ"), NONE), (MILL, NONE), held()),
        ("another house, no postcode said", (("7 High Street", ""), NONE), (MILL, NONE), held()),
        ("the same district, no more said", (("", "ZZ1"), NONE), (MILL, NONE), told()),
        ("the register's former home", (HIGH, NONE), (MILL, HIGH), told()),
        ("the register's home is where police say it lived", (HIGH, MILL), (MILL, NONE), told()),
        ("a third home", (OAK, NONE), (MILL, HIGH), held()),
        ("police name no home", (NONE, NONE), (MILL, HIGH), told()),
        ("police name only a former one", (NONE, HIGH), (MILL, NONE), told()),
        ("the register has no home", (HIGH, NONE), (NONE, NONE), told()),
        ("the register has only a former one, another", (HIGH, NONE), (NONE, MILL), held()),
    ] {
        let facts = child(ARAMINTA, homes(police.0, police.1));
        let entries = [earned(1, ARAMINTA, homes(register.0, register.1))];
        assert_eq!(alone(&facts, &entries), expected, "{what}");
        let misspelt = [earned(1, ("Aramynta", "Copplestone"), homes(register.0, register.1))];
        assert_eq!(alone(&facts, &misspelt), expected, "{what}, another spelling");
    }
}

#[test]
fn of_several_homes_one_that_agrees_is_enough() {
    let second = |also: Home| {
        let now = [address(HIGH.0, HIGH.1), address(also.0, also.1)].concat();
        child(ARAMINTA, Homes { now, before: Vec::new() })
    };
    let entries = [earned(1, ARAMINTA, homes(MILL, NONE))];
    assert_eq!(alone(&second(MILL), &entries), told());
    assert_eq!(alone(&second(OAK), &entries), held());
}

/// What may say who a child is whose home contradicts: the officer's word, a number, brothers and sisters.
#[derive(Clone, Copy, Debug)]
struct Said {
    officer: Option<&'static [u128]>,
    is_number_said: bool,
    is_number_known: bool,
    sister: Sister,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sister {
    Unnamed,
    NotFound,
    InTheHouse,
    InTheHouseByNumber,
    Elsewhere,
    OfAnotherBirthDate,
    OfAnotherSpelling,
    OfAnotherNumber,
    TheSameEntry,
}

const SISTERS: [Sister; 9] = [
    Sister::Unnamed,
    Sister::NotFound,
    Sister::InTheHouse,
    Sister::InTheHouseByNumber,
    Sister::Elsewhere,
    Sister::OfAnotherBirthDate,
    Sister::OfAnotherSpelling,
    Sister::OfAnotherNumber,
    Sister::TheSameEntry,
];

/// The officer's settings: nothing said, the entry's, one of two, another.
const OFFICERS: [Option<&[u128]>; 4] = [None, Some(&[1]), Some(&[1, 2]), Some(&[2])];

fn sister(kind: Sister) -> (Facts, Vec<Entry>) {
    let facts = child(BARNABY, homes(HIGH, NONE));
    let there = || earned(2, BARNABY, homes(MILL, NONE));
    let numbered = |upn: &str| Facts { upn: Some(upn.into()), ..facts.clone() };
    let born = jiff::civil::date(2015, 6, 7);
    match kind {
        Sister::Unnamed | Sister::NotFound => (facts, Vec::new()),
        Sister::InTheHouse => (facts, vec![there()]),
        Sister::InTheHouseByNumber => {
            let homes = homes(OAK, NONE);
            (facts, vec![Entry { homes, household: Some("h1".into()), ..there() }])
        }
        Sister::Elsewhere => (facts, vec![earned(2, BARNABY, homes(OAK, NONE))]),
        Sister::OfAnotherBirthDate => (facts, vec![Entry { born, ..there() }]),
        Sister::OfAnotherSpelling => (facts, vec![earned(2, ("Barney", "Copplestone"), homes(MILL, NONE))]),
        Sister::OfAnotherNumber => {
            (numbered("X801200001002"), vec![Entry { upn: Some(UPN.into()), ..there() }])
        }
        Sister::TheSameEntry => {
            (child(ARAMINTA, homes(HIGH, NONE)), vec![earned(1, ARAMINTA, homes(MILL, NONE))])
        }
    }
}

fn verdict(said: Said) -> Verdict {
    let number = |is_there: bool| is_there.then(|| UPN.to_owned());
    let facts = Facts { upn: number(said.is_number_said), ..child(ARAMINTA, homes(HIGH, NONE)) };
    let household = (said.sister == Sister::InTheHouseByNumber).then(|| "h1".to_owned());
    let upn = number(said.is_number_known);
    let entries = [Entry { upn, household, ..earned(1, ARAMINTA, homes(MILL, NONE)) }];
    let (sister_facts, sister_entries) = sister(said.sister);
    let relative = Relative { facts: &sister_facts, entries: &sister_entries };
    let relatives = if said.sister == Sister::Unnamed { Vec::new() } else { vec![relative] };
    let officer = said.officer.map_or_else(Officer::default, |settings| {
        Officer::new("school", settings.iter().map(|number| setting(*number)).collect())
    });
    decide(&Grounds { relatives, officer, confirmation: Confirmation::Setting, ..case(&facts, &entries) }).0
}

#[test]
fn where_the_home_contradicts_only_what_a_namesake_has_not_got_lets_it_be_sent() {
    let mut sent = 0;
    for officer in OFFICERS {
        for (is_number_said, is_number_known) in [(false, false), (true, false), (false, true), (true, true)]
        {
            for sister in SISTERS {
                let said = Said { officer, is_number_said, is_number_known, sister };
                let is_confirmed = officer == Some(&[1])
                    || (is_number_said && is_number_known)
                    || matches!(sister, Sister::InTheHouse | Sister::InTheHouseByNumber);
                let expected = match officer {
                    _ if !is_confirmed => held(),
                    Some([2]) => Verdict::Hold(Hold::SettingsDisagree),
                    _ => told(),
                };
                assert_eq!(verdict(said), expected, "{said:?}");
                sent += usize::from(expected == told());
            }
        }
    }
    // The officer's one setting always; of nothing or two, with a number or a sister in the house.
    assert_eq!(sent, 36 + 2 * (9 + 3 * 2));
}

#[test]
fn a_namesake_on_no_roll_is_for_a_person_before_anybody_asks_for_its_roll() {
    let facts = child(ARAMINTA, homes(HIGH, NONE));
    for enrolments in [0, 1] {
        let mut one = earned(1, ARAMINTA, homes(MILL, NONE));
        one.enrolments.truncate(enrolments);
        one.enrolments
            .iter_mut()
            .for_each(|enrolment| enrolment.ends_on = Some(jiff::civil::date(2025, 7, 1)));
        assert_eq!(alone(&facts, &[one]), held(), "{enrolments} enrolments");
    }
}

#[test]
fn each_register_is_looked_at_by_itself() {
    let facts = child(ARAMINTA, homes(HIGH, NONE));
    let other = |homes| Entry { register: entry(1, 2, ARAMINTA, 1).register, ..earned(2, ARAMINTA, homes) };
    let namesake = || earned(1, ARAMINTA, homes(MILL, NONE));
    assert_eq!(alone(&facts, &[namesake(), other(homes(HIGH, NONE))]), held(), "the child and a namesake");
    assert_eq!(alone(&facts, &[other(homes(HIGH, NONE))]), told());
}

#[test]
fn the_evidence_says_it_in_words() {
    let facts = child(ARAMINTA, homes(HIGH, NONE));
    let entries = [earned(1, ARAMINTA, homes(MILL, NONE))];
    let evidence = decide(&case(&facts, &entries)).1;
    assert_eq!(evidence.reasons, [Hold::Namesake]);
    let sentences = evidence.sentences().join(" ");
    assert!(sentences.contains("home differs") && sentences.contains("it may be a namesake"), "{sentences}");
    assert!(!sentences.contains("Mill") && !sentences.contains("Araminta"));
}

const HOMES: [Home; 5] = [NONE, MILL, HIGH, OAK, ("12 Mill Lane", "")];

prop_compose! {
    fn places()(now in 0..HOMES.len(), before in 0..HOMES.len()) -> Homes {
        homes(HOMES[now], HOMES[before])
    }
}

proptest! {
    #[test]
    fn a_home_that_contradicts_is_never_sent_by_a_score_alone(
        police in places(), register in places(), is_switched_off: bool, is_closed: bool, is_flagged: bool
    ) {
        let facts = child(ARAMINTA, police.clone());
        let entries = [Entry { is_switched_off, ..earned(1, ARAMINTA, register.clone()) }];
        let mut question = Grounds { confirmation: Confirmation::Setting, ..case(&facts, &entries) };
        question.flags = Flags { is_restricted: is_flagged, ..Flags::default() };
        let place = Place { is_open: !is_closed, wording: Wording::default(), ..crate::places()[&setting(1)].clone() };
        question.places.insert(setting(1), place);
        let is_sent = matches!(decide(&question).0, Verdict::Matched(_));
        let contradicts = police.compare(&register) == encompass_matching::Compared::Differs;
        prop_assert!(!(is_sent && contradicts));
        if !is_switched_off && !is_closed && !is_flagged {
            prop_assert_eq!(is_sent, !contradicts, "nothing else is held for it");
        }
    }

    #[test]
    fn one_more_home_that_police_name_never_turns_agreement_into_a_contradiction(
        police in places(), register in places(), more in 0..HOMES.len()
    ) {
        let with = Homes {
            now: [police.now.clone(), address(HOMES[more].0, HOMES[more].1)].concat(),
            ..police.clone()
        };
        if police.compare(&register) == encompass_matching::Compared::Agrees {
            prop_assert_eq!(with.compare(&register), encompass_matching::Compared::Agrees);
        }
    }
}
