//! Parameters that people's decisions enter.

use encompass_matching::alike::Given;
use encompass_matching::person::{Child, Sought};
use encompass_matching::population::{Builder, Population};
use encompass_matching::weigh::{Known, Learning, Parameters, learn};

const CHILDREN: usize = 240;
/// One child in so many is typed with a first name that is nothing like the one on the register.
const RENAMED: usize = 4;

const FIRST: [&str; 12] = [
    "Araminta",
    "Barnaby",
    "Clementine",
    "Dunstan",
    "Elfrida",
    "Fergus",
    "Gwendolen",
    "Horatio",
    "Isolde",
    "Jolyon",
    "Keziah",
    "Leopold",
];

fn numbered(number: usize) -> Child {
    let family = format!(
        "{}{}",
        ["Ash", "Brind", "Copple", "Dun", "Fern"][number % 5],
        ["combe", "leigh", "stone", "worth", "banks", "mallow", "wick",][number / 5 % 7]
    );
    Child {
        id: format!("c{number}"),
        forename: FIRST[number % FIRST.len()].into(),
        surname: family,
        born: Some(jiff::civil::date(
            2010 + i16::try_from(number % 9).unwrap(),
            4,
            1 + i8::try_from(number % 27).unwrap(),
        )),
        address: format!("{} Mill Lane", number + 1),
        postcode: format!("ZZ{} {}AB", number % 9 + 1, number % 10),
        ..Child::default()
    }
}

fn register() -> Population {
    let mut builder = Builder::new();
    (0..CHILDREN).for_each(|number| builder.add(&numbered(number)));
    builder.finish()
}

fn is_renamed(number: usize) -> bool {
    number.is_multiple_of(RENAMED)
}

/// Every child by itself; of those that are renamed nobody can tell whether they are a brother or sister.
fn incidents() -> Vec<Vec<Sought>> {
    let asked = |number: usize| {
        let child = numbered(number);
        let forename =
            if is_renamed(number) { FIRST[(number + 5) % FIRST.len()].into() } else { child.forename };
        let born = child
            .born
            .map_or(encompass_matching::person::Born::Unknown, encompass_matching::person::Born::Day);
        let (surname, address, postcode) = (child.surname, child.address, child.postcode);
        vec![Sought { forename, surname, born, address, postcode, ..Sought::default() }]
    };
    (0..CHILDREN).map(asked).collect()
}

fn learnt(population: &Population, known: &[Known]) -> Learning {
    learn(&incidents(), known, population, &Parameters::round())
}

/// What people say of a share of the renamed ones: that it is the child, or that it is nobody on the register.
fn said(population: &Population, share: usize, is_the_child: bool) -> Vec<Known> {
    let decided = (0..CHILDREN).filter(|number| is_renamed(*number)).step_by(share);
    let is = |event: usize| population.find(&format!("c{event}")).filter(|_| is_the_child);
    decided.map(|event| Known { event, child: 0, is: is(event) }).collect()
}

#[test]
fn what_people_say_moves_the_rate_of_a_level_their_way() {
    let population = register();
    let rate = |known: &[Known]| learnt(&population, known).parameters.given.get(Given::Different);
    let (guessed, yes, no) =
        (rate(&[]), rate(&said(&population, 1, true)), rate(&said(&population, 1, false)));
    assert!(no < guessed && guessed < yes, "{no} {guessed} {yes}");
    assert!(
        (yes - 0.25).abs() < 0.02,
        "a quarter is typed so, and people say that they are the child: {yes}"
    );
    let half = rate(&said(&population, 2, true));
    assert!(guessed < half && half <= yes, "{guessed} {half} {yes}");
}

#[test]
fn a_known_child_counts_as_one_child_and_never_for_who_is_on_the_register() {
    let population = register();
    let without = learnt(&population, &[]).parameters;
    let one = learnt(&population, &said(&population, CHILDREN, true)).parameters;
    let moved = (one.given.get(Given::Different) - without.given.get(Given::Different)).abs();
    assert!(moved <= 2.0 / CHILDREN as f64, "one decision of {CHILDREN} children moved it by {moved}");
    let sure = (0..CHILDREN).filter(|number| !is_renamed(*number));
    let sure: Vec<Known> = sure.map(|event| Known { event, child: 0, is: None }).take(40).collect();
    let first_round = |known: &[Known]| {
        let still = learn(&incidents(), known, &population, &without);
        (still.parameters.prior.registered_family, still.parameters.prior.unregistered_child)
    };
    let (families, children) = first_round(&[]);
    let (with_families, with_children) = first_round(&sure);
    assert!((families - with_families).abs() < 0.02 && (children - with_children).abs() < 0.02);
}

#[test]
fn the_set_says_how_many_decisions_it_came_from_and_is_the_same_as_ever_without_any() {
    let population = register();
    let known = said(&population, 1, true);
    let with = learnt(&population, &known).parameters;
    assert_eq!(with.source.decisions, known.len() as u64);
    let json = serde_json::to_string(&with).unwrap();
    assert_eq!(serde_json::from_str::<Parameters>(&json).unwrap(), with);
    let without = learnt(&population, &[]).parameters;
    assert!(!serde_json::to_string(&without).unwrap().contains("decisions"), "its print stays what it was");
    let nowhere = [Known { event: CHILDREN, child: 0, is: None }, Known { event: 0, child: 7, is: None }];
    assert_eq!(learnt(&population, &nowhere).parameters, without);
}

#[test]
fn a_brother_is_not_taken_for_the_child_that_another_one_is_known_to_be() {
    let population = register();
    let both = |number: usize| {
        let one = incidents().remove(number).remove(0);
        vec![Sought { forename: "Zebedee".into(), ..one.clone() }, one]
    };
    let events: Vec<Vec<Sought>> = (0..CHILDREN).filter(|number| !is_renamed(*number)).map(both).collect();
    let ids = (0..CHILDREN).filter(|number| !is_renamed(*number));
    let known: Vec<Known> = ids
        .enumerate()
        .map(|(event, number)| Known { event, child: 0, is: population.find(&format!("c{number}")) })
        .collect();
    let given = learn(&events, &known, &population, &Parameters::round()).parameters.given;
    assert!(given.get(Given::Exact) < 0.05, "every entry is taken by the one typed otherwise: {given:?}");
}
