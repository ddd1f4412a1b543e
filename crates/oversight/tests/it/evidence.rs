//! Two made-up registers, and the evidence of a child who was looked for on both.

use encompass_core::id::{EntryId, SettingId};
use encompass_core::routing::LastDay;
use encompass_core::state::Hold;
use encompass_store::directory::load::Brake;
use encompass_store::register::{Details, Enrolment, Entry, Licensed, New, Person, RegisterLoad, entry_id};
use encompass_store::{Actor, Scope, Store};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::world::now;

/// The candidates, best first; the second is on the other register, the third a brother on the first. Their ids follow from
/// the registers' names and the tests' key.
pub const CENSUS: EntryId = id(0xd115_60c0_19b5_83d5_972e_e4cd_d17a_6ed8);
pub const HEALTH: EntryId = id(0x7d14_116b_384a_85f6_8e8d_d260_3144_a4e3);
pub const BROTHER: EntryId = id(0xf123_42ad_0dd6_8df7_89f3_5187_8960_5c55);

pub const CENSUS_SOURCE: &str = "School census";
pub const HEALTH_SOURCE: &str = "Health visiting";

/// What weighed.
pub const PARAMETERS: &str = "2b1c9d";

const fn id(number: u128) -> EntryId {
    EntryId::new(uuid::Uuid::from_u128(number))
}

/// Both registers, by name, with the three candidates on them.
pub async fn registers(store: &Store, schools: &[SettingId; 2]) -> [Licensed; 2] {
    load(store, CENSUS_SOURCE, &census(schools)).await;
    let left = Pupil { until: Some(date(2025, 7, 31)), ..Pupil::new("tobyn", "2016-05-04", schools[0]) };
    load(store, HEALTH_SOURCE, &[left]).await;
    let id = |source, child| entry_id(store.identity(), source, child);
    let derived = [id(CENSUS_SOURCE, "tobin"), id(HEALTH_SOURCE, "tobyn"), id(CENSUS_SOURCE, "tobias")];
    assert_eq!(derived, [CENSUS, HEALTH, BROTHER]);
    let found = store.registers_of(&Scope::service("test"), "north").await.unwrap();
    [CENSUS_SOURCE, HEALTH_SOURCE]
        .map(|source| found.iter().find(|register| register.source == source).unwrap().clone())
}

/// Who is on the census: the child, and a brother at the other school.
pub fn census(schools: &[SettingId; 2]) -> Vec<Pupil> {
    vec![Pupil::new("tobin", "2016-05-04", schools[0]), Pupil::new("tobias", "2014-05-04", schools[1])]
}

/// Loads everybody on a register anew.
pub async fn load(store: &Store, source: &str, pupils: &[Pupil]) {
    let by = Actor::Command("tester".into());
    let new = New {
        source: source.into(),
        owner: format!("owner of {source}"),
        forces: vec!["north".into()],
        max_age_days: 7,
    };
    let mut tx = store.begin().await.unwrap();
    tx.put_register(new, by.clone(), now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut load = RegisterLoad::begin(store, source, true, now(), by, now()).await.unwrap();
    load.add(pupils.iter().map(Pupil::entry).collect()).await.unwrap();
    let brake = Brake { allow_shrink: true, ..Brake::default() };
    load.finish(brake, 0, now()).await.unwrap();
}

/// Somebody on a register, at one school.
#[derive(Clone)]
pub struct Pupil {
    pub child: &'static str,
    pub born: Date,
    pub school: SettingId,
    pub kind: &'static str,
    pub until: Option<Date>,
    pub restricted: bool,
}

impl Pupil {
    pub fn new(child: &'static str, born: &str, school: SettingId) -> Self {
        Self { child, born: born.parse().unwrap(), school, kind: "main", until: None, restricted: false }
    }

    fn entry(&self) -> Entry {
        let person = Person {
            child: self.child.into(),
            given: self.child.into(),
            family: "Oskansen".into(),
            known_as: None,
            former_family: Vec::new(),
            birth_date: self.born,
            sex: None,
            address: None,
            postcode: Some("ZZ1 9QX".into()),
            upn: None,
            nhs_number: None,
            details: Details::default(),
        };
        let enrolment = Enrolment {
            setting: self.school,
            kind: self.kind.into(),
            starts_on: None,
            ends_on: self.until,
            last_day: LastDay::Stated,
            attendance: None,
        };
        let (restricted, doubtful) = (self.restricted, false);
        Entry { keys: Vec::new(), person, restricted, doubtful, enrolments: vec![enrolment] }
    }
}

/// What the resolver seals of a child who is on the census and the health visitors' register, with a brother.
pub fn scored(reasons: &[Hold], schools: &[SettingId; 2], registers: &[Licensed; 2]) -> Vec<u8> {
    let fits = reasons.is_empty();
    let evidence = json!({
        "reasons": reasons, "officer": [schools[1]], "officer_spoke": true, "settings": [schools[0]],
        "candidates": [
            candidate(CENSUS, &registers[0], ("Tobin", "2016-05-04"), 8.6, fits, schools[0], "current"),
            candidate(HEALTH, &registers[1], ("Tobyn", "2016-05-04"), 6.2, fits, schools[0], "ended"),
            candidate(BROTHER, &registers[0], ("Tobias", "2014-05-04"), -4.7, false, schools[1], "current"),
        ],
        "searched": [searched(&registers[0], Some(9.2), Some(13.3)), searched(&registers[1], None, None)],
        "named": [{
            "setting": schools[1], "points": {"name": 45, "kind": 10, "age": 20, "area": 12}, "by": "former_name",
            "name": "agrees", "kind": "not_known", "age": "agrees", "area": "differs", "kilometres": 14
        }]
    });
    serde_json::to_vec(&evidence).unwrap()
}

fn searched(register: &Licensed, threshold: Option<f64>, margin: Option<f64>) -> Value {
    json!({
        "register": register.id, "load": register.load, "version": {"children": 104_211, "digest": 81_985_529_216_486_895_u64},
        "parameters": PARAMETERS, "threshold": threshold, "margin": margin, "none": 0.0012
    })
}

fn candidate(
    entry: EntryId,
    register: &Licensed,
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
        "entry": entry, "register": register.id, "load": register.load,
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
