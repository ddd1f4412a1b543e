use crate::DEMO;
use encompass_county::{files, personal_strings};
use std::collections::HashSet;

#[test]
fn strings_are_long_enough_and_each_stands_once() {
    let strings = personal_strings(&DEMO.0, &DEMO.1);
    assert!(strings.is_sorted());
    assert!(strings.iter().all(|text| text.chars().count() >= 6));
    assert!(strings.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(strings.len() > 30_000, "{}", strings.len());
}

#[test]
fn a_person_in_an_incident_is_found_by_the_strings() {
    let strings = personal_strings(&DEMO.0, &DEMO.1);
    let markers: Vec<&String> = strings.iter().filter(|it| it.starts_with(char::is_lowercase)).collect();
    assert_eq!(markers.len(), 24);
    let holds = |text: &str| strings.binary_search_by(|it| it.as_str().cmp(text)).is_ok();
    for message in &DEMO.1.published {
        let Some(event) = message.event() else { continue };
        for child in event["data"]["children"].as_array().into_iter().flatten() {
            for part in ["given", "family"] {
                let name = child["names"][0][part].as_str().unwrap_or_default();
                assert!(name.chars().count() < 6 || holds(name), "a name is missing");
            }
            let postcode = child["addresses"][0]["postcode"].as_str();
            assert!(postcode.is_none_or(holds));
        }
        for field in ["circumstances", "action_taken"] {
            let text = event["data"][field].as_str().unwrap_or_default();
            assert!(
                text.is_empty() || markers.iter().any(|it| text.contains(it.as_str())),
                "{field} without a marker"
            );
        }
    }
}

#[test]
fn files_that_may_be_shown_hold_no_child() {
    let (county, fortnight) = &*DEMO;
    let shown =
        [files::gias(county), files::early_years(county), files::contacts(county), files::teams(county)];
    let text = shown.map(|file| String::from_utf8_lossy(&file).into_owned()).concat();
    let words: Vec<&str> = text.split([' ', ',', '"', '\r', '\n']).collect();
    let mut found: HashSet<String> = words.iter().map(|word| (*word).to_owned()).collect();
    found.extend(words.windows(2).map(|pair| pair.join(" ")));
    found.extend(words.windows(3).map(|three| three.join(" ")));
    for personal in personal_strings(county, fortnight) {
        // A school may have opened on a child's birthday.
        let date_or_number = personal.chars().all(|letter| !letter.is_alphabetic());
        assert!(date_or_number || !found.contains(&personal), "a personal text stands in a public file");
    }
}
