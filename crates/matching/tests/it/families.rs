//! Events that name more than one family, and more children than any family has.

use encompass_matching::person::{Child, Sought};
use encompass_matching::population::Population;
use encompass_matching::weigh::{Answer, Parameters, answer, learn};

use crate::{child, population, sought};

fn answers(population: &Population, event: &[Sought]) -> Vec<Answer> {
    answer(event, population, &Parameters::default())
}

fn best<'a>(population: &'a Population, answer: &Answer) -> (&'a str, f64) {
    let best = answer.candidates.first().expect("a candidate");
    (population.id(best.number), best.score)
}

/// Two families at two homes.
fn register() -> Vec<Child> {
    let at = |address: &str, postcode: &str, child: Child| Child {
        address: address.into(),
        postcode: postcode.into(),
        ..child
    };
    vec![
        child("ada", "Ada", "Vale", "2016-02-03"),
        child("leo", "Leonard", "Vale", "2018-09-12"),
        at("3 Long Row", "ZX9 9ZZ", child("ivy", "Ivy", "Marchbanks", "2014-05-06")),
        at("3 Long Row", "ZX9 9ZZ", child("ned", "Edward", "Marchbanks", "2012-07-08")),
    ]
}

fn other(forename: &str, born: &str) -> Sought {
    let (address, postcode) = ("3 Long Row".into(), "ZX9 9ZZ".into());
    Sought { address, postcode, ..sought(forename, "Marchbanks", born) }
}

#[test]
fn two_families_of_one_event_do_not_speak_against_each_other() {
    let population = population(&register());
    let vales = [sought("Ada", "Vale", "2016-02-03"), sought("Len", "Vale", "2018")];
    let others = [other("Ivy", "2014-05-06"), other("Ned", "2012")];
    let apart = [answers(&population, &vales), answers(&population, &others)].concat();
    let both: Vec<Sought> = vales.into_iter().chain(others).collect();
    let together = answers(&population, &both);
    for ((expected, apart), together) in ["ada", "leo", "ivy", "ned"].iter().zip(&apart).zip(&together) {
        assert_eq!(best(&population, together).0, *expected);
        assert_eq!(best(&population, apart), best(&population, together));
    }
}

#[test]
fn a_child_who_is_hard_to_find_is_looked_for_in_the_family_of_the_others() {
    let population = population(&register());
    let elsewhere = Sought {
        address: "77 Nowhere Street".into(),
        postcode: "ZZ8 8ZZ".into(),
        ..sought("Len", "Smith-Nobody", "2018-09-12")
    };
    let alone = answers(&population, std::slice::from_ref(&elsewhere));
    let together = answers(&population, &[sought("Ada", "Vale", "2016-02-03"), elsewhere]);
    let score = |answer: &Answer| {
        let is_leo =
            |candidate: &&encompass_matching::weigh::Candidate| population.id(candidate.number) == "leo";
        answer.candidates.iter().find(is_leo).map_or(f64::NEG_INFINITY, |leo| leo.score)
    };
    assert!(score(&together[1]) > score(&alone[0]) + 1.0);
}

#[test]
fn an_event_of_very_many_children_is_answered_and_learnt_from_like_any_other() {
    let mut register = register();
    let born = |number: i8| format!("20{:02}-{:02}-{:02}", 8 + number % 14, number % 12 + 1, number % 28 + 1);
    let upn = |number: i8| format!("A{number:012}");
    let many = (0..120).map(|number| Child {
        upn: upn(number),
        ..child(&format!("m{number}"), "Ada", "Vale", &born(number))
    });
    register.extend(many);
    let population = population(&register);
    let asked = |number| Sought { upn: upn(number), ..sought("Ada", "Vale", &born(number)) };
    let event: Vec<Sought> = (0..120).map(asked).collect();
    let found = answers(&population, &event);
    for (number, answer) in found.iter().enumerate() {
        assert_eq!(best(&population, answer).0, format!("m{number}"));
        assert!(answer.none.is_finite() && (0.0..=1.0).contains(&answer.none), "{}", answer.none);
        assert!(answer.candidates.iter().all(|candidate| candidate.probability.is_finite()));
    }
    let learnt =
        learn(&[event, vec![sought("Ivy", "Marchbanks", "2014")]], &[], &population, &Parameters::default());
    let prior = learnt.parameters.prior;
    assert!(prior.registered_family.is_finite() && prior.unregistered_child.is_finite());
    let written = serde_json::to_string(&learnt.parameters).unwrap();
    assert!(serde_json::from_str::<Parameters>(&written).is_ok(), "they can be read again");
}
