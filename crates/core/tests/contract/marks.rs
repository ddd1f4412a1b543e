use encompass_core::incident::{Incident, MARKS_MAX, unknown_names};
use serde_json::{Value, json};

use crate::documents::validator;
use crate::{full, received_at};

/// Sets a value at a pointer of the full example.
fn with(pointer: &str, value: Value) -> Value {
    let mut data = full();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match data.pointer_mut(parent).unwrap() {
        Value::Object(map) => _ = map.insert(name.to_owned(), value),
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} is in no container"),
    }
    data
}

fn marks(data: &Value) -> Vec<(String, &'static str)> {
    let incident = Incident::parse(data, received_at()).unwrap();
    incident.marks.iter().map(|mark| (mark.pointer.to_string(), mark.problem.word())).collect()
}

/// What is put where, and the mark's problem. The mark is at the same place, unless said.
fn wrong_fields() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("/version", json!("one"), "out_of_range"),
        ("/version", json!(-1), "out_of_range"),
        ("/version", json!(1.5), "out_of_range"),
        ("/version", json!([1]), "wrong_type"),
        ("/known_at", json!("2026-01-21T22:41:00"), "no_offset"),
        ("/known_at", json!("yesterday"), "unreadable"),
        ("/known_at", json!(1_769_035_260), "wrong_type"),
        ("/known_at", json!("2026-02-30T10:00:00Z"), "unreadable"),
        ("/happened", json!("2026-01-21"), "wrong_type"),
        ("/happened/from", json!("2026-01-21 at ten"), "unreadable"),
        ("/kind", json!({ "code": 1 }), "wrong_type"),
        ("/kind", json!("x".repeat(301)), "too_long"),
        ("/circumstances", json!("x".repeat(20_001)), "too_long"),
        ("/abuse", json!("physical"), "wrong_type"),
        ("/abuse/1", json!("shouting"), "unknown_word"),
        ("/risk_grade", json!("severe"), "unknown_word"),
        ("/risk_grade", json!(3), "wrong_type"),
        ("/place", json!("14 Larkspur Close"), "wrong_type"),
        ("/place/postcode", json!("ZZ1"), "unreadable"),
        ("/place/lines", json!("14 Larkspur Close"), "wrong_type"),
        ("/place/lines/0", json!(14), "wrong_type"),
        ("/safety_plan/in_place", json!("yes"), "wrong_type"),
        ("/earlier_incidents/count", json!(-2), "out_of_range"),
        ("/earlier_incidents/count", json!("three"), "wrong_type"),
        ("/earlier_incidents/latest", json!("last year"), "unreadable"),
        ("/children_checked", json!("nobody"), "unknown_word"),
        ("/exercise", json!("true"), "wrong_type"),
        ("/adults", json!({}), "wrong_type"),
        ("/adults/0", json!("Oriel Tamsworth"), "wrong_type"),
        ("/adults/0/role", json!("mother"), "unknown_word"),
        ("/adults/0/birth_date", json!("09/04/1988"), "unreadable"),
        ("/adults/0/pregnant", json!("no"), "wrong_type"),
        ("/safety", json!([]), "wrong_type"),
        ("/safety/protected_address", json!("yes"), "wrong_type"),
        ("/safety/orders/0/kind", json!("injunction"), "unknown_word"),
        ("/safety/orders/0/until", json!("2026-02"), "unreadable"),
        ("/referrals/marac/at", json!("soon"), "unreadable"),
        ("/children/0", json!("Wilfred"), "wrong_type"),
        ("/children/0/names/0/given", json!(["Wilfred"]), "wrong_type"),
        ("/children/0/birth_date", json!("2014-13-01"), "unreadable"),
        ("/children/0/birth_date", json!("2014-06-30T00:00:00Z"), "unreadable"),
        ("/children/0/birth_date", json!("30.6.2014"), "unreadable"),
        ("/children/0/birth_date", json!(2014), "wrong_type"),
        ("/children/0/age", json!(121), "out_of_range"),
        ("/children/0/sex", json!("M"), "unknown_word"),
        ("/children/0/upn", json!("12345"), "unreadable"),
        ("/children/1/nhs_number", json!("12345"), "unreadable"),
        ("/children/0/seen", json!("Y"), "wrong_type"),
        ("/children/0/not_to_be_notified", json!(true), "wrong_type"),
        ("/children/0/child_ref", json!(null), "missing"),
        ("/children/0/child_ref", json!({}), "wrong_type"),
        ("/children/0/not_known", json!("seen"), "wrong_type"),
        ("/children/1/not_known/0", json!("colour"), "unknown_word"),
    ]
}

#[test]
fn a_wrong_field_is_marked_where_it_stands_and_the_schema_refuses_it_too() {
    let validator = validator("encompass.incident.reported.v1");
    for (pointer, value, problem) in wrong_fields() {
        let data = with(pointer, value.clone());
        let marks = marks(&data);
        assert!(marks.contains(&(pointer.to_owned(), problem)), "{pointer}: {value}: {marks:?}");
        assert!(!validator.is_valid(&data), "the schema takes {pointer}: {value}");
    }
}

#[test]
fn what_a_schema_cannot_say_is_marked_all_the_same() {
    for (pointer, value, at, problem) in [
        ("/known_at", json!("2026-01-23T08:06:00Z"), "/known_at", "in_future"),
        ("/children/0/birth_date", json!("2027-01-01"), "/children/0/birth_date", "in_future"),
        ("/children/0/birth_date", json!("2015-02-29"), "/children/0/birth_date", "unreadable"),
        ("/children/0/upn", json!("A820432100417"), "/children/0/upn", "wrong_check_digit"),
        ("/children/1/nhs_number", json!("9990004170"), "/children/1/nhs_number", "wrong_check_digit"),
        ("/children/2/child_ref", json!("C1"), "/children/2/child_ref", "repeated"),
        ("/children/0/due_date", json!("2026-05-01"), "/children/0/due_date", "contradicts"),
        ("/children/0/not_known", json!(["seen"]), "/children/0/seen", "contradicts"),
        ("/children_checked", json!("none"), "/children_checked", "contradicts"),
        ("/children/0/names", json!([{}]), "/children/0/names", ""),
    ] {
        let marks = marks(&with(pointer, value));
        let marked = marks.contains(&(at.to_owned(), problem));
        assert_eq!(marked, !problem.is_empty(), "{pointer}: {marks:?}");
    }
}

#[test]
fn a_time_within_five_minutes_of_our_clock_is_not_future() {
    assert!(marks(&with("/known_at", json!("2026-01-23T08:05:00Z"))).is_empty());
}

#[test]
fn other_fields_are_read_as_if_the_wrong_one_were_not_there() {
    for (pointer, value, _) in wrong_fields() {
        let incident = Incident::parse(&with(pointer, value), received_at()).unwrap();
        assert_eq!(&*incident.reference, "HC-20260122-0417");
        assert_eq!(incident.children().len(), 3, "{pointer}");
        assert_eq!(incident.children()[2].names.items().len(), 1, "{pointer}");
    }
}

#[test]
fn what_protects_somebody_and_cannot_be_read_asks_for_a_person() {
    for (pointer, value, incident_asks, child_asks) in [
        ("/exercise", json!("true"), true, false),
        ("/history", json!("no"), true, false),
        ("/safety", json!("see notes"), true, false),
        ("/safety/restricted", json!("yes"), true, false),
        ("/safety/orders/0", json!("bail"), true, false),
        ("/adults", json!({}), true, false),
        ("/adults/0/names/0", json!("Oriel"), true, false),
        ("/adults/1/connected_setting", json!(1), true, false),
        ("/children/0/not_to_be_notified", json!(true), false, true),
        ("/children/0/not_to_be_notified", json!({ "reason": "danger" }), false, true),
        ("/children/0", json!("Wilfred"), false, true),
        ("/children/0/seen", json!("Y"), false, false),
        ("/risk_grade", json!("severe"), false, false),
        ("/referrals", json!(1), false, false),
    ] {
        let incident = Incident::parse(&with(pointer, value), received_at()).unwrap();
        assert_eq!(incident.guard_unread, incident_asks, "{pointer}");
        assert_eq!(incident.children()[0].guard_unread, child_asks, "{pointer}");
        assert!(!incident.children()[1].guard_unread, "{pointer}: a sibling");
    }
}

#[test]
fn unknown_fields_and_nulls_and_blank_texts_are_no_marks() {
    let mut data = full();
    data["our_own"] = json!({ "anything": [1, 2] });
    data["children"][0]["shoe_size"] = json!(36);
    data["team"] = json!("  ");
    data["place"] = json!(null);
    assert_eq!(marks(&data), []);
}

#[test]
fn a_name_that_may_be_meant_for_what_protects_somebody_asks_for_a_person() {
    let table = [
        ("/saftey", json!({ "protected_address": true }), true, ""),
        ("/Safety", json!({}), true, ""),
        ("/excercise", json!(true), true, ""),
        ("/safety/protectedAddress", json!(true), true, "/safety"),
        ("/safety/anything", json!("x"), true, "/safety"),
        ("/safety/orders/0/scope", json!("x"), true, "/safety/orders/0"),
        ("/adults/0/connectedSetting", json!("x"), true, "/adults/0"),
        ("/children/0/not_to_be_notifed", json!({}), false, "/children/0"),
    ];
    for (pointer, value, of_incident, marked) in table {
        let incident = Incident::parse(&with(pointer, value), received_at()).unwrap();
        assert_eq!(
            (incident.guard_unread, incident.children()[0].guard_unread),
            (of_incident, !of_incident),
            "{pointer}"
        );
        let found: Vec<_> =
            incident.marks.iter().map(|mark| (mark.pointer.to_string(), mark.problem.word())).collect();
        assert_eq!(found, [(marked.to_owned(), "unknown_field")], "{pointer}");
    }
    for pointer in
        ["/adults/0/occupation", "/adults/0/address/town", "/children/0/date_of_birth", "/histories_of"]
    {
        let incident = Incident::parse(&with(pointer, json!("x")), received_at()).unwrap();
        assert!(!incident.guard_unread && incident.marks.is_empty(), "{pointer}");
    }
}

#[test]
fn names_that_are_none_of_the_contracts_are_found_wherever_they_stand() {
    let mut data = full();
    data["our_own"] = json!({ "anything": 1 });
    data["children"][1]["date_of_birth"] = json!("2015-01-31");
    data["adults"][0]["names"][0]["surname"] = json!("Tamsworth");
    data["children"][0]["not_known"] = json!(["seen"]);
    let mut found = unknown_names(&data, Incident::OBJECT);
    found.sort_unstable();
    assert_eq!(found, ["/adults/0/names/0/surname", "/children/1/date_of_birth", "/our_own"]);
}

#[test]
fn words_are_taken_in_any_case_and_with_spaces() {
    let data = with("/abuse/1", json!("Controlling or coercive"));
    assert_eq!(marks(&data), []);
}

#[test]
fn marks_beyond_the_limit_are_counted_and_still_ask_for_a_person() {
    let mut data = full();
    let wrong_name = json!({ "given": 1, "family": 2, "full": 3 });
    data["children"][0]["names"] = json!(vec![wrong_name; 50]);
    data["children"][1]["not_to_be_notified"] = json!("yes");
    let incident = Incident::parse(&data, received_at()).unwrap();
    assert_eq!(incident.marks.len(), MARKS_MAX);
    assert!(incident.marks_left_out > 0);
    assert!(incident.children()[1].guard_unread);
}

#[test]
fn a_longer_list_than_we_take_is_marked_and_cut() {
    let mut data = full();
    data["children"][0]["names"] = json!(vec![json!({ "given": "Ada" }); 51]);
    assert_eq!(marks(&data), [("/children/0/names".to_owned(), "too_many")]);
    let incident = Incident::parse(&data, received_at()).unwrap();
    assert_eq!(incident.children()[0].names.items().len(), 50);
}

#[test]
fn advice_says_what_is_expected() {
    let incident = Incident::parse(&with("/risk_grade", json!("severe")), received_at()).unwrap();
    assert_eq!(
        incident.marks[0].advice(),
        "It is none of the words of its list. Expected: one of standard, medium, high, not_assessed."
    );
    assert_eq!(
        serde_json::to_value(&incident.marks[0]).unwrap()["pointer"],
        "/risk_grade",
        "a mark is rendered with its pointer"
    );
}
