//! Twins, brothers and sisters, and children who are not on the register.

use encompass_matching::person::{Child, Sex, Sought};
use encompass_matching::weigh::{Parameters, UNNAMED, answer, explain};

use crate::{child, population, sought};

/// The best candidate and its score for each child of an event.
fn best(register: &[Child], children: &[Sought]) -> Vec<(String, f64)> {
    let population = population(register);
    let answers = answer(children, &population, &Parameters::default());
    let of = |answer: &encompass_matching::weigh::Answer| {
        let best = answer.candidates.first().unwrap();
        (population.id(best.number).to_owned(), best.score)
    };
    answers.iter().map(of).collect()
}

/// A score that is far above anything that would not be sent.
const SURE: f64 = 6.0;
/// A score that is never sent.
const DOUBTFUL: f64 = 3.0;

#[test]
fn a_twin_is_told_from_a_twin_by_the_first_name() {
    let twins = [child("ada", "Ada", "Vale", "2016-02-03"), child("leo", "Leo", "Vale", "2016-02-03")];
    for (typed, expected) in [("Ada", "ada"), ("Leo", "leo")] {
        let answers = best(&twins, &[sought(typed, "Vale", "2016-02-03")]);
        assert_eq!(answers[0].0, expected);
        assert!(answers[0].1 > SURE, "{typed} {}", answers[0].1);
    }
}

#[test]
fn without_a_first_name_that_agrees_nobody_is_surer_than_one_in_a_thousand_and_nobody_is_sent() {
    let one = population(&[child("ada", "Ada", "Vale", "2016-02-03")]);
    for typed in ["", "Marmaduke", "X"] {
        let asked = [sought(typed, "Vale", "2016-02-03")];
        let explanation = explain(&asked, &one, &Parameters::default(), 0.0).remove(0);
        let best = &explanation.candidates[0];
        assert!(!best.is_named && best.score < 1000_f64.ln(), "{typed} {}", best.score);
        assert!(best.sendable() < UNNAMED, "{typed} {}", best.sendable());
    }
}

#[test]
fn a_sibling_who_is_not_on_the_register_is_not_taken_for_the_one_who_is() {
    let register = [child("ada", "Ada", "Vale", "2016-02-03")];
    for (what, unregistered) in [
        ("a younger one", sought("Rosalind", "Vale", "2019-06-30")),
        ("a twin", sought("Rosalind", "Vale", "2016-02-03")),
        ("one without a date", sought("Rosalind", "Vale", "")),
        ("one with a name that sounds a little alike", sought("Ida", "Vale", "2019-06-30")),
        ("an initial that does not fit", sought("R", "Vale", "")),
    ] {
        let answers = best(&register, &[unregistered]);
        assert!(answers[0].1 < DOUBTFUL, "{what}: {}", answers[0].1);
    }
}

#[test]
fn brothers_and_sisters_of_one_event_are_different_children() {
    let register = [
        child("ada", "Ada", "Vale", "2016-02-03"),
        child("leo", "Leonard", "Vale", "2018-09-12"),
        child("ivy", "Ivy", "Vale", "2020-11-20"),
    ];
    let event = [sought("Ada", "Vale", "2016-02-03"), sought("Len", "Vale", ""), sought("I", "Vale", "2020")];
    let answers = best(&register, &event);
    let ids: Vec<&str> = answers.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["ada", "leo", "ivy"]);
    assert!(answers.iter().all(|(_, score)| *score > 1.0), "{answers:?}");
}

#[test]
fn a_child_written_twice_alike_is_one_child_and_otherwise_two() {
    let register = [child("ada", "Ada", "Vale", "2016-02-03")];
    let ada = sought("Ada", "Vale", "2016-02-03");
    let sure =
        |event: &[Sought]| best(&register, event).into_iter().filter(|(_, score)| *score > DOUBTFUL).count();
    assert_eq!(sure(&[ada.clone(), ada.clone()]), 2, "the same child both times");
    assert!(sure(&[ada.clone(), sought("Addie", "Vale", "2016-02-03")]) <= 1);
    assert!(sure(&[ada, sought("Ada", "Vale", "2018-02-03")]) <= 1);
}

#[test]
fn brothers_and_sisters_help_where_one_alone_is_weak() {
    let register = [
        Child {
            address: "1 Long Row".into(),
            postcode: "ZX9 9ZZ".into(),
            ..child("ada", "Ada", "Vale", "2016-02-03")
        },
        Child {
            address: "1 Long Row".into(),
            postcode: "ZX9 9ZZ".into(),
            ..child("leo", "Leonard", "Vale", "2018-09-12")
        },
    ];
    let weak = sought("Len", "Vale", "");
    let alone = best(&register, std::slice::from_ref(&weak))[0].1;
    let together = best(&register, &[sought("Ada", "Vale", "2016-02-03"), weak])[1].1;
    assert!(together > alone + 3.0, "{alone} {together}");
}

#[test]
fn brothers_and_sisters_do_not_speak_against_each_other_where_the_register_lacks_an_address() {
    let written = |id: &str, forename: &str, born: &str, address: &str, postcode: &str| {
        let (address, postcode) = (address.into(), postcode.into());
        Child { address, postcode, ..child(id, forename, "Vale", born) }
    };
    let typed = |forename: &str, born: &str| sought(forename, "Vale", born);
    let event = [typed("Ada", "2016-02-03"), typed("Leonard", "2018-09-12")];
    for (what, ada, leo) in [
        ("of both", ("", ""), ("", "")),
        ("of one", ("12 Mill Lane", "ZZ1 4AB"), ("", "")),
        ("but for its postcode", ("", "ZZ1 4AB"), ("", "ZZ1 4AB")),
        ("in part of one", ("12 Mill Lane", "ZZ1 4AB"), ("12 Mill Lane", "")),
    ] {
        let ada = written("ada", "Ada", "2016-02-03", ada.0, ada.1);
        let leo = written("leo", "Leonard", "2018-09-12", leo.0, leo.1);
        let register = [ada, leo];
        let together = best(&register, &event);
        for (place, (id, score)) in together.iter().enumerate() {
            let alone = &best(&register, &event[place..=place])[0];
            assert_eq!(*id, alone.0, "{what}");
            assert!(*score > alone.1 - 0.7, "{what}: {id} {score} together, {} alone", alone.1);
        }
    }
}

#[test]
fn two_children_of_an_event_are_not_one_child_without_an_address() {
    let bare = Child {
        address: String::new(),
        postcode: String::new(),
        ..child("ada", "Ada", "Vale", "2016-02-03")
    };
    let event = [sought("Ada", "Vale", "2016-02-03"), sought("Addie", "Vale", "2016-02-03")];
    let sure = best(&[bare], &event).into_iter().filter(|(_, score)| *score > 0.0).count();
    assert!(sure <= 1);
}

#[test]
fn a_stranger_is_nobody() {
    let register = [child("ada", "Ada", "Vale", "2016-02-03")];
    let stranger = Sought {
        address: String::new(),
        postcode: "ZZ9 9QQ".into(),
        ..sought("Barnaby", "Quarrendon", "2011-07-01")
    };
    let explanation = explain(&[stranger], &population(&register), &Parameters::default(), 0.0).remove(0);
    assert!(explanation.none > 0.99, "{}", explanation.none);
}

#[test]
fn a_pupil_number_decides_where_names_and_dates_are_weak() {
    let known = Child {
        upn: "A801200001001".into(),
        sex: Some(Sex::Female),
        ..child("ada", "Ada", "Vale", "2016-02-03")
    };
    let asked = Sought { upn: "a801200001001".into(), ..sought("Addie", "Marchbanks", "2016") };
    let without = best(std::slice::from_ref(&known), &[Sought { upn: String::new(), ..asked.clone() }])[0].1;
    let with = best(&[known], &[asked])[0].1;
    assert!(with > without + 5.0 && with > SURE, "{without} {with}");
}

#[test]
fn an_explanation_is_kept_and_read() {
    let register = population(&[child("ada", "Ada", "Vale", "2016-02-03")]);
    let asked = [sought("Ada", "Vale", "2016-02-03")];
    let explanation = explain(&asked, &register, &Parameters::default(), 6.5).remove(0);
    let text = explanation.to_string();
    for expected in [
        "ada",
        "threshold 6.50",
        "first name",
        "birth date",
        "postcode exact, house same",
        "found by: ",
        "born family",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
    assert!(!text.contains("Vale") && !text.contains("2016"), "no name and no date is in it");
    let kept = serde_json::to_string(&explanation).unwrap();
    assert_eq!(serde_json::from_str::<encompass_matching::weigh::Explanation>(&kept).unwrap(), explanation);
    assert_eq!(explanation.version, register.version());
}
