use std::collections::BTreeSet;
use std::path::PathBuf;

use encompass_core::event::{Document, EVENT_BYTES_MAX, Record, documents, field_reference, from_kafka};
use encompass_core::incident::{Incident, Kind, Object};
use expect_test::expect_file;
use jsonschema::Validator;
use serde_json::Value;

use crate::{example, full, received_at};

const EXAMPLES: [&str; 7] = [
    "reported-three-siblings",
    "reported-minimal",
    "reported-unborn",
    "reported-no-children",
    "corrected",
    "withdrawn",
    "tallied",
];

pub fn validator(event_type: &str) -> Validator {
    let schema = documents().into_iter().find(|document| document.event_type == event_type).unwrap().schema();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/schemas")
}

#[test]
fn the_committed_schemas_are_those_made_from_the_declarations() {
    for document in documents() {
        let schema = format!("{:#}\n", document.schema());
        expect_file![folder().join(document.file_name())].assert_eq(&schema);
    }
}

#[test]
fn the_committed_field_reference_is_the_one_made_from_the_declarations() {
    expect_file![folder().join("README.md")].assert_eq(&field_reference());
}

#[test]
fn no_schema_lies_in_the_folder_that_no_type_of_event_has() {
    let named: BTreeSet<String> =
        documents().iter().map(Document::file_name).chain(["README.md".to_owned()]).collect();
    let found: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, named);
}

#[test]
fn every_schema_is_itself_valid_by_the_2020_12_meta_schema() {
    for document in documents() {
        assert!(jsonschema::meta::is_valid(&document.schema()), "{}", document.event_type);
    }
}

#[test]
fn every_example_fits_its_schema_and_is_read_without_a_mark() {
    for name in EXAMPLES {
        let event = example(name);
        let validator = validator(event["type"].as_str().unwrap());
        let errors: Vec<String> =
            validator.iter_errors(&event["data"]).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");

        let bytes = event.to_string().into_bytes();
        let inbound = from_kafka(Record { headers: &[], value: Some(&bytes) }, EVENT_BYTES_MAX).unwrap();
        let content = inbound.content(received_at()).unwrap();
        assert_eq!(&**content.force(), "hartshire");
        assert!(content.marks().is_empty(), "{name}: {:?}", content.marks());
    }
}

#[test]
fn no_example_lies_in_the_folder_that_is_not_tested() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/examples");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(EXAMPLES.contains(&name.trim_end_matches(".json")), "{name} is in no test");
    }
}

/// Fields that do not occur in the full example, because they exclude others or are rare.
const ELSEWHERE: [&str; 10] = [
    "child.age",
    "child.due_date",
    "child.own_relationship",
    "child.said_to_have_caused_harm",
    "child.not_to_be_notified",
    "adult.due_date",
    "name.full",
    "address.uprn",
    "address.from",
    "address.to",
];

#[test]
fn the_full_example_shows_every_field_but_those_listed_here() {
    let mut shown = BTreeSet::new();
    let mut hidden = BTreeSet::new();
    walk(Incident::OBJECT, &full(), &mut shown, &mut hidden);
    let never: BTreeSet<&str> = hidden.difference(&shown).map(String::as_str).collect();
    assert_eq!(never, BTreeSet::from(ELSEWHERE));
}

fn walk(object: &'static Object, value: &Value, shown: &mut BTreeSet<String>, hidden: &mut BTreeSet<String>) {
    for field in object.fields {
        let name = format!("{}.{}", object.name, field.name);
        let Some(value) = value.get(field.name) else {
            hidden.insert(name);
            continue;
        };
        shown.insert(name);
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        if let Kind::Object(inner) | Kind::List { of: Kind::Object(inner), .. } = field.kind {
            items.iter().for_each(|item| walk(inner, item, shown, hidden));
        }
    }
}
