//! The same name as police and a school write it, across naming traditions.

use encompass_core::state::Hold;
use encompass_matching::{Name, Verdict};
use serde_json::{Value, json};

use crate::{ask, entry, facts, setting};

fn child(names: Value) -> Value {
    json!({ "names": names, "birth_date": "2017-03-14", "addresses": [{ "postcode": "zz14ab" }] })
}

#[test]
fn one_name_written_two_ways_is_matched() {
    let table = [
        (
            "middle name left out",
            json!([{ "given": "Araminta", "family": "Copplestone" }]),
            ("Araminta Rose", "Copplestone"),
        ),
        ("apostrophe", json!([{ "given": "Niamh", "family": "OBrien" }]), ("Niamh", "O’Brien")),
        ("accents", json!([{ "given": "Zoe", "family": "Munoz" }]), ("Zoë", "Muñoz")),
        (
            "hyphen",
            json!([{ "given": "Anne Marie", "family": "Smith Jones" }]),
            ("Anne-Marie", "Smith-Jones"),
        ),
        ("capitals", json!([{ "given": "KWAME", "family": "OWUSU-ANSAH" }]), ("Kwame", "Owusu-Ansah")),
        ("Polish letters", json!([{ "given": "Lukasz", "family": "Wolowski" }]), ("Łukasz", "Wołowski")),
        ("Turkish letters", json!([{ "given": "Isil", "family": "Yildiz" }]), ("Işıl", "Yıldız")),
        ("particle", json!([{ "given": "Ali", "family": "al-Hasan" }]), ("Ali", "Al Hasan")),
        ("family name first, in one field", json!([{ "full": "Nguyen Thi Minh" }]), ("Thi Minh", "Nguyễn")),
        ("given name first, in one field", json!([{ "full": "Wei Chen" }]), ("Wei", "Chen")),
        (
            "whole name in the field for given names",
            json!([{ "given": "Gurpreet Kaur" }]),
            ("Gurpreet", "Kaur"),
        ),
        (
            "a former name",
            json!([{ "given": "Mia", "family": "New" }, { "given": "Mia", "family": "Old", "kind": "former" }]),
            ("Mia", "Old"),
        ),
        (
            "an alias beside the name",
            json!([{ "given": "Wilfred", "family": "Tamsworth" }, { "given": "Wilf", "kind": "alias" }]),
            ("Wilf", "Tamsworth"),
        ),
        ("another script", json!([{ "given": "Мария", "family": "ИВАНОВА" }]), ("мария", "Иванова")),
    ];
    for (what, names, known) in table {
        let (facts, entry) = (facts(child(names)), entry(1, 1, known, 1));
        assert_eq!(ask(&facts, &[entry]).0, Verdict::Matched(vec![setting(1)]), "{what}");
    }
}

#[test]
fn names_that_only_sound_alike_are_left_to_a_person() {
    for (given, family, known) in [
        ("Mohammed", "Khan", ("Muhammad", "Khan")),
        ("Minty", "Copplestone", ("Araminta", "Copplestone")),
        ("Araminta", "Copleston", ("Araminta", "Copplestone")),
        ("Chen", "Wei", ("Wei", "Chen")),
        ("Jan", "MacDonald", ("Jan", "McDonald")),
    ] {
        let facts = facts(child(json!([{ "given": given, "family": family }])));
        let entry = entry(1, 1, known, 1);
        assert_eq!(ask(&facts, &[entry]).0, Verdict::Hold(Hold::NoMatch), "{given} {family}");
    }
}

#[test]
fn the_initials_of_many_words_make_no_flood_of_keys() {
    assert!(Name::readings("a b c d e f g h i j k l m n").len() <= 12);
}
