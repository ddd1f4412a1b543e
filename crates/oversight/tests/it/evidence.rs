//! Two made-up registers, and the evidence of a child who was looked for on both.

use encompass_core::id::{EntryId, RegisterId, SettingId};
use encompass_core::state::Hold;
use encompass_store::directory::load::Brake;
use encompass_store::register::{Details, Enrolment, Entry, New, Person, RegisterLoad};
use encompass_store::{Actor, Scope, Store};
use serde_json::{Value, json};

use crate::world::now;

/// The candidates, best first; the second is on the other register, the third a brother on the first.
pub const CENSUS: EntryId = id(1);
pub const HEALTH: EntryId = id(2);
pub const BROTHER: EntryId = id(3);

/// What weighed.
pub const PARAMETERS: &str = "2b1c9d";

const fn id(number: u128) -> EntryId {
    EntryId::new(uuid::Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0000 + number))
}

/// Both registers, by name.
pub async fn registers(store: &Store, school: SettingId) -> [RegisterId; 2] {
    let mut made = Vec::new();
    for source in ["School census", "Health visiting"] {
        let by = Actor::Command("tester".into());
        let new = New {
            source: source.into(),
            owner: format!("owner of {source}"),
            forces: vec!["north".into()],
            max_age_days: 7,
        };
        let mut tx = store.begin().await.unwrap();
        made.push(tx.put_register(new, by.clone(), now()).await.unwrap());
        tx.commit().await.unwrap();
        let mut load = RegisterLoad::begin(store, source, true, now(), by, now()).await.unwrap();
        load.add(vec![somebody(school)]).await.unwrap();
        load.finish(Brake::default(), 0, now()).await.unwrap();
    }
    let found = store.registers_of(&Scope::service("test"), "north").await.unwrap();
    assert_eq!(found.len(), 2);
    [made[0], made[1]]
}

fn somebody(school: SettingId) -> Entry {
    let person = Person {
        child: "1".into(),
        given: "Somebody".into(),
        family: "Else".into(),
        known_as: None,
        former_family: Vec::new(),
        birth_date: jiff::civil::date(2015, 1, 2),
        sex: None,
        address: None,
        postcode: None,
        upn: None,
        nhs_number: None,
        details: Details::default(),
    };
    let enrolment =
        Enrolment { setting: school, kind: "main".into(), starts_on: None, ends_on: None, last_day: encompass_core::routing::LastDay::Stated, attendance: None };
    Entry { keys: Vec::new(), person, restricted: false, doubtful: false, enrolments: vec![enrolment] }
}

/// What the resolver seals of a child who is on the census and the health visitors' register, with a brother.
pub fn scored(reasons: &[Hold], schools: &[SettingId; 2], registers: &[RegisterId; 2]) -> Vec<u8> {
    let fits = reasons.is_empty();
    let evidence = json!({
        "reasons": reasons, "officer": [schools[1]], "officer_spoke": true, "settings": [schools[0]],
        "candidates": [
            candidate(CENSUS, registers[0], ("Tobin", "2016-05-04"), 8.6, fits, schools[0], "current"),
            candidate(HEALTH, registers[1], ("Tobyn", "2016-05-04"), 6.2, fits, schools[0], "ended"),
            candidate(BROTHER, registers[0], ("Tobias", "2014-05-04"), -4.7, false, schools[1], "current"),
        ],
        "searched": [searched(registers[0], Some(9.2), Some(13.3)), searched(registers[1], None, None)],
        "named": [{
            "setting": schools[1], "points": {"name": 45, "kind": 10, "age": 20, "area": 12}, "by": "former_name",
            "name": "agrees", "kind": "not_known", "age": "agrees", "area": "differs", "kilometres": 14
        }]
    });
    serde_json::to_vec(&evidence).unwrap()
}

fn searched(register: RegisterId, threshold: Option<f64>, margin: Option<f64>) -> Value {
    json!({
        "register": register, "load": register, "version": {"children": 104_211, "digest": 81_985_529_216_486_895_u64},
        "parameters": PARAMETERS, "threshold": threshold, "margin": margin, "none": 0.0012
    })
}

fn candidate(
    entry: EntryId,
    register: RegisterId,
    (given, born): (&str, &str),
    score: f64,
    fits: bool,
    school: SettingId,
    standing: &str,
) -> Value {
    let is_same = born == "2016-05-04";
    let field =
        |name: &str, level: &str, weight: f64| json!({"name": name, "level": level, "weight": weight});
    let given_field = match given {
        "Tobin" => field("first name", "exact", 7.1),
        "Tobyn" => field("first name", "close a", 4.3),
        _ => field("first name", "close b", 1.2),
    };
    let birth =
        if is_same { field("birth date", "exact", 8.0) } else { field("birth date", "two parts", -3.1) };
    json!({
        "entry": entry, "register": register, "load": register,
        "written": {
            "given": given, "family": "Oskansen", "born": born, "address": "4 Invented Lane", "postcode": "ZZ1 9QX"
        },
        "fits": fits, "names": if given == "Tobin" { "agrees" } else { "differs" },
        "birth_date": if is_same { "agrees" } else { "differs" }, "postcode": "agrees", "upn": "differs",
        "nhs_number": "not_known", "officer": "differs", "is_stale": false, "is_restricted": false,
        "enrolments": [{"setting": school, "standing": standing, "tie": "none"}],
        "scored": {
            "score": score, "probability": 1.0 / (1.0 + (-score).exp()), "is_earned": false,
            "found_by": if is_same { json!(["born_family", "postcode"]) } else { json!([]) },
            "fields": [
                given_field, field("family name", "exact", 6.9), birth,
                field("address", "postcode exact, house same", 5.5), field("sex", "same", 0.7),
                field("pupil or NHS number", "another", -2.4)
            ]
        }
    })
}
