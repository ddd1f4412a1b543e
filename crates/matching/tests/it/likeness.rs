//! What holds for every spelling.

use encompass_matching::normalise::fold;
use encompass_matching::person::{Born, Child, Sought};
use encompass_matching::population::Builder;
use encompass_matching::spelling::{distance, sound};
use encompass_matching::weigh::{Parameters, answer, explain};
use proptest::prelude::*;

#[test]
fn spellings_by_ear_sound_the_same() {
    for (a, b) in [
        ("ameera", "ammeeraer"),
        ("grace", "grerce"),
        ("philip", "filip"),
        ("stephen", "steven"),
        ("thakrar", "therkrar"),
        ("mohammed", "muhamed"),
        ("catherine", "katherine"),
        ("knight", "night"),
        ("sean", "seen"),
        ("nowak", "novak"),
    ] {
        let is_same = sound(a) == sound(b);
        assert_eq!(is_same, a != "nowak", "{a} {b}");
    }
}

#[test]
fn slips_are_near_and_other_names_far() {
    for (a, b, least, most) in [
        ("oliver", "oliver", 0.0, 0.0),
        ("anne marie", "annemarie", 0.0, 0.0),
        ("oliver", "olivr", 0.01, 0.12),
        ("philippa", "phillipa", 0.01, 0.12),
        ("smith", "smyth", 0.01, 0.12),
        ("wilson", "wislon", 0.05, 0.22),
        ("sultan", "cultan", 0.01, 0.12),
        ("sebastian", "sebastizn", 0.05, 0.12),
        ("oliver", "barnaby", 0.4, 1.0),
        ("ada", "leo", 0.4, 1.0),
        ("", "", 0.0, 0.0),
        ("a", "", 1.0, 1.0),
    ] {
        let apart = distance(a, b);
        assert!((least..=most).contains(&apart), "{a} {b}: {apart}");
    }
}

fn wild() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,24}",
        "[a-zA-Z' -]{0,60}",
        "[\\u{400}-\\u{4ff}\\u{600}-\\u{6ff}\\u{900}-\\u{97f}\\u{4e00}-\\u{4eff}]{0,12}",
        any::<String>(),
    ]
}

prop_compose! {
    fn asked()(names in (wild(), wild()), born in "(|[0-9]{4}|20[01][0-9]-0[1-9]|20[01][0-9]-0[1-9]-[12][0-9])",
        age in proptest::option::of(any::<u16>()), home in (wild(), wild()), upn in wild()) -> Sought {
        Sought {
            forename: names.0,
            surname: names.1,
            born: Born::parse(&born).unwrap_or_default(),
            age,
            on: Some(jiff::civil::date(2026, 1, 5)),
            sex: None,
            address: home.0,
            postcode: home.1,
            upn,
            nhs_number: String::new(),
        }
    }
}

prop_compose! {
    fn known()(names in (wild(), wild(), wild(), wild()), home in (wild(), wild()), year in -9998..9998_i16, month in 1..13_i8) -> Child {
        Child {
            id: format!("{year} {month}"),
            forename: names.0,
            middle_names: names.1,
            surname: names.2,
            preferred_forename: names.3,
            born: jiff::civil::Date::new(year, month, 1).ok(),
            address: home.0,
            postcode: home.1,
            ..Child::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn distance_is_the_same_both_ways_and_nothing_for_the_same(a in wild(), b in wild()) {
        let (a, b) = (fold(&a), fold(&b));
        let apart = distance(&a, &b);
        prop_assert!((apart - distance(&b, &a)).abs() < 1e-5);
        prop_assert!((0.0..=1.0).contains(&apart));
        prop_assert!(distance(&a, &a).abs() < 1e-6);
    }

    #[test]
    fn no_text_whatever_is_too_much(children in proptest::collection::vec(known(), 0..6), asked in proptest::collection::vec(asked(), 0..4)) {
        let mut builder = Builder::new();
        children.iter().for_each(|child| builder.add(child));
        let mut population = builder.finish();
        children.iter().rev().for_each(|child| { population.put(child); });
        let answers = answer(&asked, &population, &Parameters::default());
        prop_assert_eq!(answers.len(), asked.len());
        for answer in &answers {
            let total = answer.none + answer.candidates.iter().map(|candidate| candidate.probability).sum::<f64>();
            prop_assert!(total <= 1.0 + 1e-9, "{}", total);
            prop_assert!(answer.candidates.is_sorted_by(|a, b| a.probability >= b.probability));
            prop_assert!(answer.candidates.iter().all(|candidate| !candidate.score.is_nan()));
        }
        let explained = explain(&asked, &population, &Parameters::default(), 5.0);
        prop_assert!(explained.iter().all(|explanation| !explanation.to_string().is_empty()));
    }

    #[test]
    fn a_child_is_found_by_what_the_register_has_of_it(children in proptest::collection::vec(known(), 1..6), which in any::<prop::sample::Index>()) {
        let child = which.get(&children).clone();
        prop_assume!(!fold(&child.forename).is_empty() && !fold(&child.surname).is_empty() && child.born.is_some());
        let mut builder = Builder::new();
        children.iter().for_each(|child| builder.add(child));
        let population = builder.finish();
        // Of a reference that came twice, the later stands there.
        let last = children.iter().rev().find(|other| other.id == child.id);
        prop_assume!(last == Some(&child));
        let asked = Sought {
            forename: child.forename.clone(),
            surname: child.surname.clone(),
            born: child.born.map_or(Born::Unknown, Born::Day),
            address: child.address.clone(),
            postcode: child.postcode.clone(),
            ..Sought::default()
        };
        let answers = answer(&[asked], &population, &Parameters::default());
        prop_assert!(answers[0].candidates.iter().any(|candidate| population.id(candidate.number) == child.id));
    }
}
