//! A population that changes.

use encompass_matching::person::{Child, Sought};
use encompass_matching::population::{Builder, Population, Shared};
use encompass_matching::weigh::{Parameters, answer};
use proptest::prelude::*;

use crate::{child, population, sought};

fn best(population: &Population, asked: &Sought) -> Option<String> {
    let answers = answer(std::slice::from_ref(asked), population, &Parameters::default());
    answers[0]
        .candidates
        .first()
        .filter(|best| best.score > 3.0)
        .map(|best| population.id(best.number).to_owned())
}

#[test]
fn a_change_is_seen_by_the_next_search() {
    let shared = Shared::new(population(&[child("leo", "Leo", "Vale", "2018-09-12")]));
    let asked = sought("Araminta", "Copplestone", "2016-02-03");
    let now = |asked: &Sought| shared.read(|population| best(population, asked));
    assert_eq!(now(&asked), None);
    let with = shared.put(&child("minty", "Araminta", "Copplestone", "2016-02-03"));
    assert_eq!(now(&asked).as_deref(), Some("minty"));
    shared.put(&child("minty", "Araminta", "Marchbanks", "2016-02-03"));
    assert_eq!(now(&sought("Araminta", "Marchbanks", "2016-02-03")).as_deref(), Some("minty"));
    shared.put(&child("minty", "Araminta", "Copplestone", "2016-02-03"));
    assert_eq!(shared.read(Population::version), with, "the same children are the same version");
    shared.remove("minty");
    assert_eq!(now(&asked), None);
    assert_eq!(now(&sought("Leo", "Vale", "2018-09-12")).as_deref(), Some("leo"));
    shared.replace(population(&[child("minty", "Araminta", "Copplestone", "2016-02-03")]));
    assert_eq!(now(&asked).as_deref(), Some("minty"));
}

#[test]
fn of_a_reference_that_comes_twice_the_later_stays() {
    let mut builder = Builder::new();
    builder.add(&child("it", "Ada", "Vale", "2016-02-03"));
    builder.add(&child("it", "Rosalind", "Marchbanks", "2012-07-08"));
    let population = builder.finish();
    assert_eq!(population.len(), 1);
    let number = population.find("it").unwrap();
    assert_eq!(population.id(number), "it");
    let explained = encompass_matching::weigh::explain(
        &[sought("Rosalind", "Marchbanks", "2012-07-08")],
        &population,
        &Parameters::default(),
        0.0,
    );
    assert_eq!(explained[0].candidates[0].fields[0].level, "exact");
}

#[test]
fn an_empty_population_answers_that_there_is_nobody() {
    let answers = answer(&[sought("Ada", "Vale", "2016-02-03")], &Population::new(), &Parameters::default());
    assert!(answers[0].candidates.is_empty());
    assert!((answers[0].none - 1.0).abs() < 1e-9);
    assert!(answer(&[], &Population::new(), &Parameters::default()).is_empty());
}

fn children() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    proptest::collection::vec((0..12_u8, 0..6_u8, 1..28_u8), 1..24)
}

fn made((id, name, day): (u8, u8, u8)) -> Child {
    let names = ["Ada", "Leo", "Rosalind", "Barnaby", "Araminta", "Wilfred"];
    child(&format!("c{id}"), names[usize::from(name)], "Vale", &format!("2015-06-{day:02}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_version_says_who_is_held_and_not_how_they_came(children in children(), removed in 0..12_u8) {
        let mut built = Builder::new();
        children.iter().for_each(|child| built.add(&made(*child)));
        let mut built = built.finish();
        let mut changed = Population::new();
        for child in &children {
            changed.put(&made(*child));
        }
        prop_assert_eq!(built.version(), changed.version());
        prop_assert_eq!(built.remove(&format!("c{removed}")), changed.remove(&format!("c{removed}")));
        let id = format!("c{removed}");
        prop_assert!(built.find(&id).is_none());
    }
}
