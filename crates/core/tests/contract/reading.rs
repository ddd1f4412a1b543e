use std::sync::LazyLock;

use encompass_core::event::RefusalKind;
use encompass_core::incident::{
    AdultRole, Incident, KnownBy, LookUp, Named, Stated, Tally, Withdrawal, content_hash, version_or_time,
};
use jiff::Timestamp;
use jiff::civil::date;
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::documents::validator;
use crate::{example, full, minimal, received_at};

fn parse(data: &Value) -> Incident {
    Incident::parse(data, received_at()).unwrap()
}

fn refused(data: &Value) -> (RefusalKind, Option<String>) {
    let refusal = Incident::parse(data, received_at()).unwrap_err();
    (refusal.kind, refusal.pointer.map(|pointer| pointer.to_string()))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_full_example_is_read_into_its_types() {
    let incident = parse(&full());
    assert_eq!((&*incident.force, &*incident.reference), ("hartshire", "HC-20260122-0417"));
    assert_eq!(incident.adults()[1].role, Stated::Known(AdultRole::Suspect));
    assert!(incident.adults()[1].connected_setting.is_not_known());
    let [wilfred, posy, bram] = incident.children() else { panic!("three children") };
    assert_eq!(wilfred.child_ref(), "C1");
    assert_eq!(wilfred.names.items()[0].given.known().unwrap().as_ref() as &str, "Wilfred");
    assert_eq!(wilfred.is_adult_on(date(2032, 6, 30)), Some(true));
    assert!(posy.upn.is_not_known() && posy.nhs_number.is_known());
    assert!(bram.harmed.is_not_known() && !bram.seen.is_yes());
    assert!(
        incident.children().iter().all(|child| child.look_up == LookUp::Child && !child.child_ref_derived)
    );
}

#[test]
fn only_what_we_cannot_act_without_is_required() {
    let without = |name: &str| {
        let mut data = minimal();
        data.as_object_mut().unwrap().shift_remove(name);
        data
    };
    let pointer = |text: &str| Some(text.to_owned());
    assert_eq!(refused(&without("force")), (RefusalKind::MissingRequired, pointer("/force")));
    assert_eq!(refused(&without("reference")), (RefusalKind::MissingRequired, pointer("/reference")));
    assert_eq!(refused(&without("children")), (RefusalKind::NothingToLookUp, pointer("/children")));
    let with = |name: &str, value: Value| {
        let mut data = minimal();
        data[name] = value;
        data
    };
    assert_eq!(refused(&with("force", json!(["x"]))), (RefusalKind::MissingRequired, pointer("/force")));
    assert_eq!(
        refused(&with("reference", json!(" "))),
        (RefusalKind::MissingRequired, pointer("/reference"))
    );
    assert_eq!(refused(&with("children", json!([]))), (RefusalKind::NothingToLookUp, pointer("/children")));
    assert_eq!(
        refused(&with("children", json!([null]))),
        (RefusalKind::NothingToLookUp, pointer("/children"))
    );
    assert_eq!(
        refused(&with("children", json!("Ada"))),
        (RefusalKind::NothingToLookUp, pointer("/children"))
    );
    assert_eq!(
        refused(&with("children", json!(vec![json!({}); 51]))),
        (RefusalKind::TooLarge, pointer("/children"))
    );
    assert_eq!(refused(&json!("text")), (RefusalKind::Unreadable, None));
    assert_eq!(refused(&Value::Null), (RefusalKind::Unreadable, None));
}

#[test]
fn a_list_of_children_that_cannot_be_read_is_never_taken_for_none() {
    let mut data = minimal();
    data["children"] = json!({ "names": "Ada" });
    data["children_checked"] = json!("none");
    assert_eq!(refused(&data).0, RefusalKind::NothingToLookUp);
}

#[test]
fn an_incident_without_children_is_accepted_when_police_looked_for_them() {
    let incident = parse(&example("reported-no-children")["data"]);
    assert!(incident.children().is_empty());
}

#[test]
fn every_item_of_the_list_is_a_child_whatever_can_be_read_of_it() {
    let mut data = minimal();
    data["children"] =
        json!([{ "child_ref": "1", "upn": "A000000000000" }, "Ada", {}, null, { "names": "Ada" }]);
    let incident = parse(&data);
    let children: Vec<_> =
        incident.children().iter().map(|child| (child.position, child.child_ref(), child.look_up)).collect();
    assert_eq!(
        children,
        [
            (0, "1", LookUp::Child),
            (1, "position-2", LookUp::Nothing),
            (2, "position-3", LookUp::Nothing),
            (4, "position-5", LookUp::Nothing),
        ]
    );
}

#[test]
fn a_derived_reference_never_meets_a_stated_one() {
    let mut data = minimal();
    let child = |child_ref: &str| json!({ "child_ref": child_ref, "names": [{ "given": "Ada" }] });
    data["children"] = json!([child("A"), child("A"), child("position-2"), child("position-2*")]);
    let incident = parse(&data);
    let references: Vec<_> = incident.children().iter().map(|child| child.child_ref()).collect();
    assert_eq!(references, ["A", "position-2**", "position-2", "position-2*"]);
    assert!(incident.children()[1].child_ref_derived);
}

#[test]
fn references_may_be_whole_numbers() {
    let mut data = minimal();
    data["reference"] = json!(20_260_122);
    data["children"][0]["child_ref"] = json!(7);
    let incident = parse(&data);
    assert_eq!((&*incident.reference, incident.children()[0].child_ref()), ("20260122", "7"));
    assert!(incident.marks.is_empty());
}

#[test]
fn an_unborn_child_is_looked_up_by_the_pregnant_adult_when_it_is_clear_who_she_is() {
    let event = example("reported-unborn");
    assert_eq!(parse(&event["data"]).children()[0].look_up, LookUp::PregnantAdult { adult: Some(0) });

    let mut two = event["data"].clone();
    let mut other = two["adults"][0].clone();
    other["adult_ref"] = json!("A2");
    two["adults"].as_array_mut().unwrap().push(other);
    assert_eq!(
        parse(&two).children()[0].look_up,
        LookUp::PregnantAdult { adult: Some(0) },
        "by the relationship"
    );

    two["children"][0]["relationships"] = json!([]);
    assert_eq!(parse(&two).children()[0].look_up, LookUp::PregnantAdult { adult: None });

    let mut none = event["data"].clone();
    none["adults"] = json!([]);
    assert_eq!(parse(&none).children()[0].look_up, LookUp::PregnantAdult { adult: None });
}

#[test]
fn the_time_to_notify_runs_from_when_the_force_knew_and_never_from_when_it_happened() {
    let received = received_at();
    let mut data = full();
    let mut expected = vec![
        ("known_at", at("2026-01-21T22:41:00Z"), KnownBy::KnownAt),
        ("recorded_at", at("2026-01-22T01:12:30Z"), KnownBy::RecordedAt),
        ("published_at", at("2026-01-22T01:13:02Z"), KnownBy::PublishedAt),
        ("happened", received, KnownBy::Received),
    ];
    for (name, time, by) in expected.drain(..) {
        assert_eq!(parse(&data).known_at(received), (time, by), "before {name} is taken away");
        data.as_object_mut().unwrap().shift_remove(name);
    }
}

#[test]
fn a_wrong_or_future_time_leaves_our_receipt_also_where_other_times_are_said() {
    let received = received_at();
    let mut data = minimal();
    data["recorded_at"] = json!("2026-01-22T01:12:30Z");
    for (time, expected) in [
        ("2026-01-23T07:00:00", (received, KnownBy::Received)),
        ("2027-01-01T00:00:00Z", (received, KnownBy::Received)),
        ("2026-01-23T08:04:00Z", (received, KnownBy::KnownAt)),
        ("2026-01-23T08:00:00+01:00", (at("2026-01-23T07:00:00Z"), KnownBy::KnownAt)),
    ] {
        data["known_at"] = json!(time);
        assert_eq!(parse(&data).known_at(received), expected, "{time}");
    }
    data["known_at"] = json!(null);
    assert_eq!(parse(&data).known_at(received), (at("2026-01-22T01:12:30Z"), KnownBy::RecordedAt));
    data["not_known"] = json!(["known_at", "recorded_at"]);
    data["recorded_at"] = json!(null);
    data["published_at"] = json!("2026-01-22T01:13:02");
    assert_eq!(parse(&data).known_at(received), (received, KnownBy::Received));
}

#[test]
fn a_version_is_as_stated_else_the_events_time_else_its_arrival() {
    let arrived = at("2026-01-22T01:00:00Z");
    let event_time = at("2026-01-22T00:59:59.5Z");
    let version = |value: Value, time| {
        let mut data = minimal();
        data["version"] = value;
        parse(&data).version(time, arrived)
    };
    assert_eq!(version(json!(7), Some(event_time)), 7);
    assert_eq!(version(json!(7.0), Some(event_time)), 7);
    assert_eq!(version(json!("7"), Some(event_time)), 7);
    assert_eq!(version(Value::Null, Some(event_time)), event_time.as_millisecond());
    assert_eq!(version(json!("x"), Some(event_time)), event_time.as_millisecond());
    assert_eq!(version(Value::Null, None), arrived.as_millisecond());
    let future = at("2036-01-01T00:00:00Z");
    assert_eq!(version_or_time(None, Some(future), arrived), arrived.as_millisecond());
}

#[test]
fn a_withdrawal_needs_a_force_and_a_reference_only() {
    let withdrawal = Withdrawal::parse(&json!({ "force": "f", "reference": "r" }), received_at()).unwrap();
    assert!(withdrawal.marks.is_empty() && !withdrawal.version.is_known());
    let refusal = Withdrawal::parse(&json!({ "force": "f" }), received_at()).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::MissingRequired);
    assert_eq!(refusal.pointer.unwrap().to_string(), "/reference");
}

#[test]
fn a_tally_needs_a_force_and_a_day_only() {
    let tally = json!({ "force": "f", "day": "2026-01-22", "children": "many" });
    let tally = Tally::parse(&tally, received_at()).unwrap();
    assert_eq!(tally.day, date(2026, 1, 22));
    assert_eq!(tally.marks[0].pointer.to_string(), "/children");
    let refusal = Tally::parse(&json!({ "force": "f", "day": "22 January" }), received_at()).unwrap_err();
    assert_eq!(refusal.pointer.unwrap().to_string(), "/day");
}

#[test]
fn required_fields_are_named_even_when_marks_ran_out_before() {
    let names = vec!["x"; 200];
    let refusal = Withdrawal::parse(&json!({ "not_known": names, "force": "f" }), received_at()).unwrap_err();
    assert_eq!(refusal.pointer.unwrap().to_string(), "/reference");
}

#[test]
fn what_refused_data_names_itself_as_is_read_where_it_can_be() {
    let named = Named::of(&json!({ "force": "hartshire", "reference": 12 }));
    assert_eq!((named.force.as_deref(), named.reference.as_deref()), (Some("hartshire"), Some("12")));
    let nothing = Named::of(&json!([]));
    assert_eq!((nothing.force, nothing.reference), (None, None));
}

#[test]
fn personal_strings_are_those_about_people_and_nothing_else() {
    let texts = parse(&full()).personal_strings();
    for text in ["Wilfred", "Vask-Tamsworth", "2014-06-30", "1988-04-09", "ZZ1 4AB", "14 Larkspur Close"] {
        assert!(texts.iter().any(|found| found == text), "{text}");
    }
    assert!(texts.iter().any(|text| text.starts_with("I put the radio on")));
    for text in ["hartshire", "HC-20260122-0417", "Harrow Down Academy", "1985", "C1", "A1"] {
        assert!(!texts.iter().any(|found| found == text), "{text}");
    }
}

#[test]
fn the_same_content_has_the_same_hash_and_other_content_another() {
    let text = r#"{"b": [1, 2], "a": {"y": null, "x": "é"}}"#;
    let same = r#"{ "a":{"x":"\u00e9","y":null},"b":[1,2] }"#;
    let hash = |text: &str| content_hash(&serde_json::from_str(text).unwrap());
    assert_eq!(hash(text), hash(same));
    for other in
        [r#"{"b": [2, 1], "a": {"y": null, "x": "é"}}"#, r#"{"b": [1, 2], "a": {"x": "é"}}"#, "{}", "[]"]
    {
        assert_ne!(hash(text), hash(other), "{other}");
    }
    assert_ne!(hash(r#"["a","b"]"#), hash(r#"["a,b"]"#));
    assert_ne!(hash(r#"[["a"],"b"]"#), hash(r#"["a",["b"]]"#));
}

/// Any JSON, with our own property names among its keys, so that it gets past the first check.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{4}(-[0-9]{2}){0,2}(T[0-9:]{5,8}Z?)?".prop_map(Value::from),
    ];
    let name = prop_oneof![proptest::sample::select(names()).prop_map(str::to_owned), "\\PC{0,6}",];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn names() -> Vec<&'static str> {
    let mut names =
        vec!["not_known", "given", "family", "birth_date", "child_ref", "names", "postcode", "upn"];
    names.extend(Incident::OBJECT.fields.iter().map(|field| field.name));
    names
}

/// Takes away every object's optional fields that `keep` does not say to keep.
fn thinned(value: &Value, keep: &mut impl FnMut() -> bool) -> Value {
    match value {
        Value::Object(map) => {
            let required = ["force", "reference", "children", "names", "given", "child_ref"];
            let kept: Map<String, Value> = map
                .iter()
                .filter(|(name, _)| required.contains(&name.as_str()) || keep())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            Value::Object(kept.iter().map(|(name, value)| (name.clone(), thinned(value, keep))).collect())
        }
        Value::Array(items) => items.iter().map(|item| thinned(item, keep)).collect(),
        _ => value.clone(),
    }
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect())
        }
        Value::Array(items) => items.iter().map(reversed).collect(),
        _ => value.clone(),
    }
}

/// The same shape with every text, whatever its field, replaced by one that must never be shown.
fn filled_with_a_secret(value: &Value, secret: &str) -> Value {
    match value {
        Value::String(_) => json!(secret),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), filled_with_a_secret(v, secret))).collect())
        }
        Value::Array(items) => items.iter().map(|item| filled_with_a_secret(item, secret)).collect(),
        _ => value.clone(),
    }
}

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| validator("encompass.incident.reported.v1"));

const SECRET: &str = "Qzxjwvk";

proptest! {
    #[test]
    fn any_json_is_read_or_refused_and_nothing_panics(mut data in any_json()) {
        _ = Incident::parse(&data, received_at());
        _ = Withdrawal::parse(&data, received_at());
        _ = Tally::parse(&data, received_at());
        _ = content_hash(&data);
        if let Value::Object(map) = &mut data {
            map.insert("force".into(), json!("f"));
            map.insert("reference".into(), json!("r"));
            if let Ok(incident) = Incident::parse(&data, received_at()) {
                let said = data["children"].as_array().map_or(0, |items| items.iter().filter(|i| !i.is_null()).count());
                prop_assert_eq!(incident.children().len(), said, "no child is lost");
            }
        }
    }

    #[test]
    fn an_incident_with_any_of_its_optional_fields_left_out_is_accepted(seed in proptest::collection::vec(any::<bool>(), 400)) {
        let mut seed = seed.into_iter().cycle();
        let data = thinned(&full(), &mut || seed.next().unwrap_or(true));
        let incident = parse(&data);
        prop_assert_eq!(incident.children().len(), 3);
        prop_assert!(incident.marks.is_empty());
        prop_assert!(SCHEMA.is_valid(&data), "the schema agrees");
    }

    #[test]
    fn the_order_of_keys_does_not_change_the_hash(data in any_json()) {
        prop_assert_eq!(content_hash(&data), content_hash(&reversed(&data)));
    }

    #[test]
    fn no_text_of_a_payload_is_shown_by_marks_refusals_or_debug_output(data in any_json(), in_full in any::<bool>()) {
        let mut data = filled_with_a_secret(&if in_full { full() } else { data }, SECRET);
        if let Value::Object(map) = &mut data {
            map.insert(SECRET.into(), json!(SECRET));
            map.insert("not_known".into(), json!([SECRET]));
        }
        let shown = match Incident::parse(&data, received_at()) {
            Ok(incident) => {
                let marks = serde_json::to_string(&incident.marks).unwrap();
                let children = format!("{:?} {:?}", incident.children(), incident.adults());
                format!("{incident:?} {children} {:?} {:?} {marks}", incident.marks, incident.circumstances)
            }
            Err(refusal) => format!("{refusal:?} {refusal}"),
        };
        prop_assert!(!shown.contains(SECRET), "{}", shown);
    }
}
