//! One child in several writings: under former names, at former addresses.

use encompass_matching::person::{Child, Sought};
use encompass_matching::population::{Builder, Population};
use encompass_matching::weigh::{Explanation, Parameters, answer, explain};

use crate::{child, population, sought};

/// A child who was called otherwise and lived elsewhere before.
fn writings() -> Vec<Child> {
    let now = child("minty", "Araminta", "Copplestone", "2016-02-03");
    vec![
        now.clone(),
        Child { surname: "Marchbanks".into(), ..now.clone() },
        Child { forename: "Araminta Rose".into(), ..now.clone() },
        Child { address: "3 Old Road".into(), postcode: "ZZ9 9ZZ".into(), ..now.clone() },
        now,
    ]
}

fn others() -> [Child; 2] {
    [child("leo", "Leo", "Copplestone", "2014-09-12"), child("rose", "Rose", "Marchbanks", "2015-06-01")]
}

/// The same children, of whom one is held in all its writings or in one.
fn with(writings: &[Child]) -> Population {
    let mut population = population(&others());
    population.put_writings(writings);
    population
}

fn why(population: &Population, asked: &Sought) -> Explanation {
    explain(std::slice::from_ref(asked), population, &Parameters::default(), 0.0).remove(0)
}

#[test]
fn a_child_counts_once_however_many_writings_it_has() {
    let (one, all) = (with(&writings()[..1]), with(&writings()));
    assert_eq!((all.len(), all.version().children), (one.len(), one.version().children));
    assert_ne!(all.version().digest, one.version().digest);
    let mut built = Builder::new();
    built.add_writings(&writings());
    built.add_writings(&writings());
    let mut put = Population::new();
    put.put_writings(&writings());
    let built = built.finish();
    assert_eq!((built.version(), built.len()), (put.version(), 1), "of a reference that comes twice too");
}

#[test]
fn names_and_places_count_once_for_each_child_that_has_them() {
    let (one, all) = (with(&writings()[..1]), with(&writings()));
    let leo = sought("Leo", "Copplestone", "2014-09-12");
    let [before, after] = [&one, &all].map(|population| why(population, &leo).candidates.remove(0));
    assert_eq!(before.fields, after.fields, "no name, date or address of a brother is more frequent");
    let rose = sought("Rose", "Marchbanks", "2015-06-01");
    let [before, after] = [&one, &all].map(|population| why(population, &rose).candidates.remove(0));
    let family = |reason: &encompass_matching::weigh::Reason| reason.fields[1].weight;
    assert!(family(&after) < family(&before), "two children have that name, one of them formerly");
}

#[test]
fn nothing_is_left_of_a_child_that_is_taken_out() {
    let (mut one, mut all) = (with(&writings()[..1]), with(&writings()));
    assert_eq!(one.remove("minty"), all.remove("minty"));
    for asked in [sought("Leo", "Copplestone", "2014-09-12"), sought("Rose", "Marchbanks", "2015-06-01")] {
        let [before, after] = [&one, &all].map(|population| why(population, &asked));
        assert_eq!(before, after);
    }
    let mut again = with(&writings());
    again.put(&writings()[0]);
    assert_eq!(again.version(), with(&writings()[..1]).version());
    let formerly = sought("Araminta", "Marchbanks", "2016-02-03");
    assert_ne!(
        why(&again, &formerly).candidates[0].fields[1].level,
        "exact",
        "replaced with all its writings"
    );
}

#[test]
fn a_child_is_one_candidate_by_the_writing_that_fits_best() {
    let namesakes: Vec<Child> = (0..6)
        .map(|number| child(&format!("n{number}"), "Araminta", "Copplestone", &format!("2016-03-1{number}")))
        .collect();
    let mut population = population(&namesakes);
    population.put_writings(&writings());
    for asked in [
        sought("Araminta", "Copplestone", "2016-02-03"),
        sought("Araminta", "Marchbanks", "2016-02-03"),
        Sought {
            address: "3 Old Road".into(),
            postcode: "ZZ9 9ZZ".into(),
            ..sought("Araminta", "Copplestone", "2016-02-03")
        },
    ] {
        // At the old address nobody else is looked for.
        let is_moved = asked.postcode == "ZZ9 9ZZ";
        let answer = answer(std::slice::from_ref(&asked), &population, &Parameters::default()).remove(0);
        let ids: Vec<&str> = answer.candidates.iter().map(|one| population.id(one.number)).collect();
        assert_eq!((ids.len() > 1 || is_moved, ids[0]), (true, "minty"), "{ids:?}");
        assert_eq!(ids.iter().filter(|id| **id == "minty").count(), 1, "{ids:?}");
        let best = why(&population, &asked).candidates.remove(0);
        assert_eq!((best.fields[0].level.as_str(), best.fields[1].level.as_str()), ("exact", "exact"));
        assert!(best.fields.iter().any(|field| field.level == "postcode exact, house same"));
        assert!(best.score > 7.0, "no writing stands beside another as a rival: {}", best.score);
    }
}

#[test]
fn a_child_in_two_writings_is_not_two_children_of_one_event() {
    let population = with(&writings());
    let event =
        [sought("Araminta", "Copplestone", "2016-02-03"), sought("Araminta", "Marchbanks", "2016-02-03")];
    let answers = answer(&event, &population, &Parameters::default());
    let is_minty = |place: usize| {
        let candidates = answers[place].candidates.iter();
        let mut of_her = candidates.filter(|one| population.id(one.number) == "minty");
        of_her.next().map_or(0.0, |one| one.probability)
    };
    assert!(is_minty(0) + is_minty(1) < 1.01, "{} {}", is_minty(0), is_minty(1));
}
