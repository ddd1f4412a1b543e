mod profiles;
mod scans;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    incident::{Child, Incident},
    state::SettingKind,
};

/// When the made-up incident reached us.
fn received() -> Timestamp {
    "2026-06-10T03:00:00Z".parse().unwrap()
}

fn around() -> Circumstance<'static> {
    Circumstance { received_at: received(), legal_basis: "s49a", desk_telephone: "01632 960999" }
}

/// A made-up incident with an answer for every field that can be shown.
fn full() -> Json {
    json!({
        "force": "northshire", "reference": "41/1234/26", "known_at": "2026-06-10T01:10:00Z",
        "happened": {"from": "2026-06-09T22:00:00+01:00"},
        "kind": "Domestic incident", "abuse": ["physical", "controlling_or_coercive"], "risk_grade": "medium",
        "place": {"lines": ["PLACE LINE"], "postcode": "ZE2 9AB"},
        "circumstances": "CIRCUMSTANCES", "action_taken": "ACTION",
        "safety_plan": {"in_place": true, "text": "SAFETY PLAN"},
        "earlier_incidents": {"count": 3},
        "adults": [
            {"adult_ref": "a1", "role": "victim", "names": [{"given": "ADULT", "family": "ONE"}]},
            {"adult_ref": "a2", "role": "suspect", "names": [{"full": "ADULT TWO"}]}
        ],
        "safety": {
            "safe_contact": "SAFE CONTACT", "do_not_tell": "DO NOT TELL", "may_not_collect": "MAY NOT COLLECT",
            "orders": [{"kind": "non_molestation_order", "conditions": "CONDITIONS"}],
            "may_speak_to_parents": false, "handling": "HANDLING NOTE"
        },
        "referrals": {"childrens_services": {"made": true}},
        "children": [
            {
                "child_ref": "c1",
                "names": [
                    {"given": "ALIAS", "family": "NAME", "kind": "alias"},
                    {"given": "Wren", "family": "Aldous"}
                ],
                "birth_date": "2017-04-05", "addresses": [{"lines": ["HOME LINE"]}],
                "relationships": [{"adult_ref": "a1", "kind": "mother"}, {"adult_ref": "a2", "kind": "step_parent"}],
                "present": true, "whereabouts": "WHEREABOUTS", "not_known": ["seen"],
                "spoken_to": true, "spoken_to_by": "social_worker", "spoken_to_alone": false,
                "own_words": "OWN WORDS", "saw_or_heard": true, "harmed": false, "injured": false, "notes": "NOTES"
            },
            {"child_ref": "c2", "names": [{"given": "OTHER", "family": "CHILD"}]}
        ]
    })
}

fn read(data: &Json) -> (Incident, Child) {
    let incident = Incident::parse(data, received()).expect("the fixture is a whole incident");
    let child = incident.children()[0].clone();
    (incident, child)
}

fn profile(fields: &[Field], free_text: bool) -> Profile {
    Profile { fields: fields.to_vec(), free_text, pull: false, handling: "For the lead.".to_owned() }
}

fn shown(profile: &Profile, data: &Json) -> Vec<(&'static str, String)> {
    let (incident, child) = read(data);
    let disclosed = disclose(profile, &incident, &child, &around());
    disclosed.items.iter().map(|item| (item.field.as_str(), item.value.shown())).collect()
}

#[test]
fn the_default_shows_the_minimal_list_and_nothing_else() {
    let profiles = Profiles::default();
    let default = profiles.of(SettingKind::School);
    let shown = shown(default, &full());
    let expected = [
        ("police_reference", "41/1234/26"),
        ("child_name", "Wren Aldous"),
        ("child_birth_date", "5 April 2017"),
        ("known_at", "Wednesday 10 June 2026, 02:10"),
        ("present", "Yes"),
        ("seen", "Not known"),
        ("handling", default.handling.as_str()),
        ("desk_telephone", "01632 960999"),
    ];
    let shown: Vec<_> = shown.iter().map(|(field, value)| (*field, value.as_str())).collect();
    assert_eq!(shown, expected);
}

#[test]
fn every_field_that_may_be_shown_has_its_own_answer() {
    let shown = shown(&profile(Field::ALL, true), &full());
    let expected = [
        ("police_reference", "41/1234/26"),
        ("child_name", "Wren Aldous"),
        ("child_birth_date", "5 April 2017"),
        ("known_at", "Wednesday 10 June 2026, 02:10"),
        ("happened_at", "Tuesday 9 June 2026, 22:00"),
        ("present", "Yes"),
        ("seen", "Not known"),
        ("spoken_to", "Yes"),
        ("spoken_to_by", "social worker"),
        ("spoken_to_alone", "No"),
        ("saw_or_heard", "Yes"),
        ("harmed", "No"),
        ("injured", "No"),
        ("relationships", "mother (victim), step parent (suspect)"),
        ("incident_kind", "Domestic incident"),
        ("abuse", "physical, controlling or coercive"),
        ("risk_grade", "medium"),
        ("earlier_incidents", "3"),
        ("safety_plan_in_place", "Yes"),
        ("childrens_services", "Yes"),
        ("orders", "non molestation order"),
        ("may_speak_to_parents", "No"),
        ("legal_basis", "s49a"),
        ("handling", "For the lead."),
        ("desk_telephone", "01632 960999"),
        ("adult_names", "ADULT ONE, ADULT TWO"),
        ("place", "PLACE LINE, ZE2 9AB"),
        ("child_address", "HOME LINE"),
        ("whereabouts", "WHEREABOUTS"),
        ("own_words", "OWN WORDS"),
        ("circumstances", "CIRCUMSTANCES"),
        ("action_taken", "ACTION"),
        ("safety_plan", "SAFETY PLAN"),
        ("notes", "NOTES"),
        ("may_not_collect", "MAY NOT COLLECT"),
        ("do_not_tell", "DO NOT TELL"),
        ("safe_contact", "SAFE CONTACT"),
        ("handling_note", "HANDLING NOTE"),
    ];
    let shown: Vec<_> = shown.iter().map(|(field, value)| (*field, value.as_str())).collect();
    assert_eq!(shown, expected, "what is never shown has no line, and no other child appears");
}

#[test]
fn not_recorded_is_another_answer_than_not_known() {
    let bare =
        json!({"force": "northshire", "reference": "1", "children": [{"names": [{"full": "Wren Aldous"}]}]});
    let fields =
        [Field::Present, Field::Seen, Field::HappenedAt, Field::Orders, Field::AdultNames, Field::KnownAt];
    let words: Vec<String> =
        shown(&profile(&fields, false), &bare).into_iter().map(|(_, value)| value).collect();
    assert_eq!(words[..5], ["Not recorded"; 5]);
    assert_eq!(
        words[5], "Wednesday 10 June 2026, 04:00 (received from police)",
        "for want of anything earlier"
    );
}

#[test]
fn addresses_are_withheld_where_one_is_or_may_be_protected() {
    let with = |safety: Json| {
        let mut data = full();
        data["safety"] = safety;
        data
    };
    let cases = [
        ("nothing said", with(json!(null)), true),
        ("a plain no", with(json!({"protected_address": false})), true),
        ("protected", with(json!({"protected_address": true})), false),
        ("not known", with(json!({"not_known": ["protected_address"]})), false),
        ("not readable", with(json!({"protected_address": "perhaps"})), false),
        ("restricted", with(json!({"restricted": true})), false),
    ];
    let addresses = profile(&[Field::Place, Field::ChildAddress], false);
    for (name, data, given) in cases {
        let withheld = Value::Withheld.shown();
        let expected = if given { ["PLACE LINE, ZE2 9AB", "HOME LINE"] } else { [withheld.as_str(); 2] };
        let values: Vec<String> = shown(&addresses, &data).into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, expected, "{name}");
    }
}

/// The values of the lines that ask "Is this child with you?".
fn identity(data: &Json) -> Vec<String> {
    let (incident, child) = read(data);
    identify(&incident, &child).items.iter().map(|item| item.value.shown()).collect()
}

#[test]
fn the_question_whether_a_child_is_there_shows_name_and_birth_date_alone() {
    assert_eq!(identity(&full()), ["Wren Aldous", "5 April 2017"]);
}

#[test]
fn of_an_unborn_child_the_pregnant_adult_and_the_due_date_are_shown() {
    let mut data = full();
    data["adults"][0]["pregnant"] = json!(true);
    data["children"] = json!([{"child_ref": "c1", "due_date": "2026-09"}]);
    assert_eq!(identity(&data), ["Unborn child of ADULT ONE", "Not born yet; due September 2026"]);
}

#[test]
fn nothing_personal_is_printed_for_debugging() {
    let (incident, child) = read(&full());
    let printed = format!("{:?}", disclose(&profile(Field::ALL, true), &incident, &child, &around()));
    let leaked: Vec<String> =
        incident.personal_strings().into_iter().filter(|text| printed.contains(text)).collect();
    assert_eq!(leaked, Vec::<String>::new());
}

#[test]
fn free_text_that_a_person_must_see_first_is_named_by_field_and_place() {
    let mut data = full();
    data["circumstances"] = json!("They went to a refuge.");
    data["children"][0]["own_words"] = json!("Call me on 01632 960123");
    let (incident, child) = read(&data);
    let found = disclose(&profile(Field::ALL, true), &incident, &child, &around()).findings();
    let found: Vec<_> =
        found.into_iter().map(|(field, finding)| (field, finding.trace, finding.at)).collect();
    assert_eq!(
        found,
        [(Field::OwnWords, Trace::Telephone, 11..23), (Field::Circumstances, Trace::SafePlace, 15..21)]
    );
}
