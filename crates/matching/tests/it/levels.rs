//! How names of many traditions agree, as police type them and as registers have them.

use encompass_matching::person::Child;
use encompass_matching::weigh::{Parameters, explain};

use crate::{child, population, sought};

/// The levels of first and family name between a child of the register and one as typed.
fn levels(known: (&str, &str), typed: (&str, &str)) -> (String, String) {
    let (forenames, surname) = known;
    let (forename, middle_names) = forenames.split_once(" + ").unwrap_or((forenames, ""));
    let known = Child { middle_names: middle_names.into(), ..child("it", forename, surname, "2014-03-12") };
    let register = population(&[known]);
    let asked = [sought(typed.0, typed.1, "2014-03-12")];
    let explanation = explain(&asked, &register, &Parameters::default(), 0.0).remove(0);
    let reason = explanation.candidates.iter().find(|reason| reason.id == "it").unwrap();
    let level = |name: &str| reason.fields.iter().find(|field| field.name == name).unwrap().level.clone();
    (level("first name"), level("family name"))
}

#[test]
fn given_names_agree_across_traditions() {
    for (known, typed, expected) in [
        ("Oliver", "OLIVER", "exact"),
        ("Zoë", "Zoe", "exact"),
        ("Anne-Marie", "Annemarie", "exact"),
        ("Nguyễn", "Nguyen", "exact"),
        ("Łucja", "Lucja", "exact"),
        ("Oliver + James", "Oliver James", "full"),
        ("Lily-Mae", "Lily", "part"),
        ("Mohammed", "Mohammed Ali", "part"),
        ("Oliver", "Ollie", "nickname"),
        ("Elizabeth", "Beth", "nickname"),
        ("Muhammad", "Mohamed", "nickname"),
        ("Aisha", "Ayesha", "nickname"),
        ("Yusuf", "Yousef", "nickname"),
        ("Katarzyna", "Kasia", "nickname"),
        ("Gurpreet", "Preet", "nickname"),
        ("Oluwaseun", "Seun", "nickname"),
        ("Elijah + Mahfuz", "Mahfuz", "middle"),
        ("Ameera", "Amera", "close a"),
        ("Henrietta", "Henrieta", "close a"),
        ("Abdiaziz", "Abdiasis", "close a"),
        ("Sebastian", "Sebastizn", "close a"),
        ("Grace", "Grerce", "close b"),
        ("Oliver", "O", "initial"),
        ("Oliver + James", "J", "initial other"),
        ("Oliver", "Q", "initial differs"),
        ("Oliver", "Barnaby", "different"),
        ("Oliver", "", "missing"),
    ] {
        assert_eq!(levels((known, "Copplestone"), (typed, "Copplestone")).0, expected, "{known} {typed}");
    }
}

#[test]
fn family_names_agree_across_traditions() {
    for (known, typed, expected) in [
        ("Copplestone", "copplestone", "exact"),
        ("O'Brien", "OBrien", "exact"),
        ("O’Brien", "O Brien", "exact"),
        ("Mc Donald", "McDonald", "exact"),
        ("Al-Sayed", "AlSayed", "exact"),
        ("van der Berg", "Vanderberg", "exact"),
        ("De Silva", "DeSilva", "exact"),
        ("MacDonald", "McDonald", "particle"),
        ("O'Neill", "Neill", "particle"),
        ("Al-Sayed", "Sayed", "particle"),
        ("Davies-Fisher", "Davies", "half"),
        ("Garcia Lopez", "Garcia", "half"),
        ("Lopez", "Garcia Lopez", "half"),
        ("Smith-Jones", "Jones Smith", "half"),
        ("Kowalska", "Kowalski", "gendered"),
        ("Ivanov", "Ivanova", "gendered"),
        ("Kazlauskas", "Kazlauskaite", "gendered"),
        ("Kaur", "Dhaliwal", "faith"),
        ("Chowdhury", "Choudhry", "variant"),
        ("Smith", "Smyth", "variant"),
        ("Zhang", "Chang", "variant"),
        ("Hussain", "Hossain", "variant"),
        ("Copplestone", "Copleston", "close a"),
        ("Quarrendon", "Quarenden", "close a"),
        ("Thistlewood", "Thisltewood", "close a"),
        ("Davies-Fisher", "Fischerr", "half close"),
        ("Copplestone", "Marchbanks", "different"),
        ("Copplestone", "", "missing"),
    ] {
        assert_eq!(levels(("Araminta", known), ("Araminta", typed)).1, expected, "{known} {typed}");
    }
}

#[test]
fn names_written_in_the_other_order_are_seen() {
    for (known, typed) in [
        (("Minh", "Nguyen"), ("Nguyen", "Minh")),
        (("Wei", "Zhang"), ("Zhang", "Wei")),
        (("Araminta", "Copplestone"), ("Copplestone", "Araminta")),
        (("Bianca", "Rusu"), ("Rusu", "Beanca")),
    ] {
        let register = population(&[child("it", known.0, known.1, "2014-03-12")]);
        let asked = [sought(typed.0, typed.1, "2014-03-12")];
        let explanation = explain(&asked, &register, &Parameters::default(), 0.0).remove(0);
        let best = &explanation.candidates[0];
        assert_eq!(best.id, "it", "{typed:?}");
        assert!(best.fields.iter().any(|field| field.name == "names exchanged"), "{typed:?}");
        assert!(best.score > 3.0, "{typed:?} {}", best.score);
    }
}
