mod properties;
mod table;

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use super::*;
use crate::id::SettingId;
use crate::state::{Hold, SettingKind};

const SCHOOL: u128 = 1;
const OTHER: u128 = 2;
const NURSERY: u128 = 3;
const COLLEGE: u128 = 4;
const OFFICER: u128 = 5;
const VIRTUAL: u128 = 6;
const HEALTH: u128 = 7;
const MIDWIVES: u128 = 8;
const AUTHORITY: u128 = 9;
const NEIGHBOUR: u128 = 10;
const MISSING: u128 = 11;

const TERM: Date = date(2026, 3, 2);
const SUMMER: Date = date(2026, 7, 27);

fn id(n: u128) -> SettingId {
    SettingId::new(uuid::Uuid::from_u128(n))
}

fn at(n: u128, kind: SettingKind) -> Enrolment {
    Enrolment {
        setting: id(n),
        kind,
        how: Attendance::Main,
        from: Some(date(2021, 9, 1)),
        until: None,
        last_day: LastDay::Stated,
        due_on: TERM,
        is_open: true,
        is_outside: false,
        forces: Vec::new(),
    }
}

fn school() -> Enrolment {
    at(SCHOOL, SettingKind::School)
}

fn nursery() -> Enrolment {
    at(NURSERY, SettingKind::EarlyYears)
}

fn listed(n: u128, how: Attendance) -> Enrolment {
    Enrolment { how, ..at(n, SettingKind::Authority) }
}

/// A home in our area whose every team is clear.
fn home() -> Home {
    let teams = [
        (Whom::HealthVisiting, HEALTH),
        (Whom::Maternity, MIDWIVES),
        (Whom::HomeAuthority, AUTHORITY),
        (Whom::MissingEducation, MISSING),
    ];
    Home { is_known: true, teams: teams.into_iter().map(|(tell, n)| (tell, vec![id(n)])).collect() }
}

fn with(tell: Whom, teams: &[u128]) -> Home {
    let mut home = home();
    home.teams.insert(tell, teams.iter().map(|n| id(*n)).collect());
    home
}

fn aged(age: i16, enrolments: Vec<Enrolment>) -> Question {
    Question {
        is_unborn: false,
        ages: Some(age..=age),
        enrolments: Some(enrolments),
        home: home(),
        excluded: BTreeSet::new(),
    }
}

fn unborn() -> Question {
    Question { is_unborn: true, ages: None, ..aged(0, Vec::new()) }
}

fn lives(question: Question, home: Home) -> Question {
    Question { home, ..question }
}

enum Fate<'a> {
    /// Who is told, on which basis, and how many others are not clear.
    Told(&'a [(u128, &'a str)], usize),
    Held(Hold),
}

fn check(cases: Vec<(&str, Question, Fate<'_>)>) {
    for (name, question, fate) in cases {
        match (route(&question, &Routing::default()), fate) {
            (Ok(route), Fate::Told(expected, gaps)) => {
                let mut told: Vec<_> = route.targets.iter().map(|t| (t.setting, t.basis.as_str())).collect();
                told.sort_unstable();
                let mut expected: Vec<_> = expected.iter().map(|(n, basis)| (id(*n), *basis)).collect();
                expected.sort_unstable();
                assert_eq!(told, expected, "{name}");
                assert_eq!(route.gaps.len(), gaps, "{name}: {:?}", route.gaps);
            }
            (Err(held), Fate::Held(hold)) => assert_eq!(held.hold, hold, "{name}: {}", held.why),
            (result, _) => panic!("{name}: {result:?}"),
        }
    }
}

#[test]
fn pupils_and_students_are_told_of_at_every_school_or_else_the_college() {
    let second = Enrolment { how: Attendance::Subsidiary, ..at(OTHER, SettingKind::School) };
    let college = at(COLLEGE, SettingKind::College);
    let guest = Enrolment { how: Attendance::Guest, ..at(OTHER, SettingKind::School) };
    let boarder = Enrolment { how: Attendance::Boarder, ..school() };
    let virtual_school = listed(VIRTUAL, Attendance::LookedAfter);
    check(vec![
        ("a pupil", aged(8, vec![school()]), Fate::Told(&[(SCHOOL, S49A)], 0)),
        ("two schools", aged(8, vec![school(), second]), Fate::Told(&[(SCHOOL, S49A), (OTHER, S49A)], 0)),
        ("a guest elsewhere", aged(8, vec![school(), guest.clone()]), Fate::Told(&[(SCHOOL, S49A)], 0)),
        ("only a guest", aged(8, vec![guest]), Fate::Held(Hold::NoEnrolment)),
        ("a student", aged(17, vec![college.clone()]), Fate::Told(&[(COLLEGE, S49A)], 0)),
        (
            "a sixth former at a college too",
            aged(17, vec![school(), college]),
            Fate::Told(&[(SCHOOL, S49A), (COLLEGE, "encompass_college")], 0),
        ),
        (
            "a boarder",
            aged(12, vec![boarder.clone()]),
            Fate::Told(&[(SCHOOL, S49A), (AUTHORITY, "encompass_authority")], 0),
        ),
        (
            "a boarder whose home is not known",
            lives(aged(12, vec![boarder]), Home::default()),
            Fate::Told(&[(SCHOOL, S49A)], 1),
        ),
        (
            "looked after",
            aged(12, vec![school(), virtual_school.clone()]),
            Fate::Told(&[(SCHOOL, S49A), (VIRTUAL, "encompass_authority")], 0),
        ),
        (
            "looked after and on no roll",
            aged(12, vec![virtual_school]),
            Fate::Told(&[(VIRTUAL, "encompass_authority"), (MISSING, "encompass_authority")], 0),
        ),
    ]);
}

#[test]
fn young_and_unborn_children_are_told_of_at_health_visiting_and_maternity() {
    let health = Enrolment { how: Attendance::Caseload, ..at(HEALTH, SettingKind::HealthVisiting) };
    let early = "encompass_early_years";
    let care = "encompass_health";
    let unsure = Question { ages: Some(4..=5), ..aged(4, vec![school(), nursery()]) };
    check(vec![
        ("in a nursery class", aged(3, vec![school()]), Fate::Told(&[(SCHOOL, S49A), (HEALTH, care)], 0)),
        ("at a nursery", aged(3, vec![nursery()]), Fate::Told(&[(NURSERY, early), (HEALTH, care)], 0)),
        (
            "at both",
            aged(3, vec![school(), nursery()]),
            Fate::Told(&[(SCHOOL, S49A), (NURSERY, early), (HEALTH, care)], 0),
        ),
        ("at home", aged(1, vec![]), Fate::Told(&[(HEALTH, care)], 0)),
        (
            "the list goes before the postcode",
            lives(aged(1, vec![health.clone()]), with(Whom::HealthVisiting, &[OTHER])),
            Fate::Told(&[(HEALTH, care)], 0),
        ),
        ("five years old", aged(5, vec![school(), nursery()]), Fate::Told(&[(SCHOOL, S49A)], 0)),
        ("four or five", unsure, Fate::Told(&[(SCHOOL, S49A)], 1)),
        ("five and only at a nursery", aged(5, vec![nursery()]), Fate::Held(Hold::NoEnrolment)),
        (
            "two teams for the home",
            lives(aged(3, vec![nursery()]), with(Whom::HealthVisiting, &[HEALTH, OTHER])),
            Fate::Told(&[(NURSERY, early)], 1),
        ),
        (
            "two teams for the home and no setting",
            lives(aged(1, vec![]), with(Whom::HealthVisiting, &[HEALTH, OTHER])),
            Fate::Held(Hold::NoEnrolment),
        ),
        ("unborn", unborn(), Fate::Told(&[(MIDWIVES, care), (HEALTH, care)], 0)),
        ("unborn, no home", lives(unborn(), Home::default()), Fate::Held(Hold::Unborn)),
        (
            "unborn, two maternity teams",
            lives(unborn(), with(Whom::Maternity, &[MIDWIVES, OTHER])),
            Fate::Held(Hold::Unborn),
        ),
    ]);
}

#[test]
fn children_out_of_school_are_told_of_at_the_authority() {
    let basis = "encompass_authority";
    let home_educated = listed(OFFICER, Attendance::HomeEducated);
    check(vec![
        ("home-educated", aged(9, vec![home_educated.clone()]), Fate::Told(&[(OFFICER, basis)], 0)),
        (
            "missing education",
            aged(9, vec![listed(OFFICER, Attendance::MissingEducation)]),
            Fate::Told(&[(OFFICER, basis)], 0),
        ),
        ("at home and at school", aged(9, vec![home_educated, school()]), Fate::Held(Hold::SettingsDisagree)),
        ("on no roll", aged(9, vec![]), Fate::Told(&[(MISSING, basis)], 0)),
        ("on no roll, no home", lives(aged(9, vec![]), Home::default()), Fate::Held(Hold::NoEnrolment)),
        (
            "on no roll, two teams",
            lives(aged(9, vec![]), with(Whom::MissingEducation, &[MISSING, OTHER])),
            Fate::Held(Hold::NoEnrolment),
        ),
        ("of no known age", Question { ages: None, ..aged(9, vec![]) }, Fate::Held(Hold::NoEnrolment)),
    ]);
}

#[test]
fn enrolments_are_read_for_the_due_day_and_summer_lies_between_schools() {
    let left = |until, due_on| Enrolment { until: Some(until), due_on, ..school() };
    let begins = |from, due_on| Enrolment { from: Some(from), due_on, ..at(OTHER, SettingKind::School) };
    let closed = Enrolment { is_open: false, ..school() };
    let next = "encompass_between_schools";
    check(vec![
        ("ends on the due day", aged(8, vec![left(TERM, TERM)]), Fate::Told(&[(SCHOOL, S49A)], 0)),
        ("ended before", aged(8, vec![left(date(2026, 3, 1), TERM)]), Fate::Held(Hold::EnrolmentEnded)),
        (
            "four years old, and left",
            aged(4, vec![left(date(2026, 3, 1), TERM)]),
            Fate::Held(Hold::EnrolmentEnded),
        ),
        ("begins after", aged(8, vec![begins(date(2026, 3, 3), TERM)]), Fate::Held(Hold::EnrolmentEnded)),
        ("closed", aged(8, vec![closed.clone()]), Fate::Held(Hold::NoEnrolment)),
        (
            "closed, and on another roll",
            aged(8, vec![closed, at(OTHER, SettingKind::School)]),
            Fate::Told(&[(OTHER, S49A)], 0),
        ),
        (
            "between schools in summer",
            aged(11, vec![left(date(2026, 7, 22), SUMMER), begins(date(2026, 9, 1), SUMMER)]),
            Fate::Told(&[(OTHER, next)], 0),
        ),
        (
            "on the coming roll by its due day",
            aged(
                11,
                vec![left(date(2026, 7, 22), date(2026, 9, 2)), begins(date(2026, 9, 1), date(2026, 9, 2))],
            ),
            Fate::Told(&[(OTHER, S49A)], 0),
        ),
        (
            "no next school is known",
            aged(11, vec![left(date(2026, 7, 22), SUMMER)]),
            Fate::Told(&[(MISSING, "encompass_authority")], 0),
        ),
        (
            "left on the last Friday in June",
            aged(17, vec![left(date(2026, 6, 26), SUMMER)]),
            Fate::Told(&[(MISSING, "encompass_authority")], 0),
        ),
        (
            "left in June, by a due day in June",
            aged(17, vec![left(date(2026, 6, 26), date(2026, 6, 29))]),
            Fate::Held(Hold::EnrolmentEnded),
        ),
        ("left in May", aged(17, vec![left(date(2026, 5, 29), SUMMER)]), Fate::Held(Hold::EnrolmentEnded)),
        (
            "left last summer",
            aged(11, vec![left(date(2025, 7, 22), SUMMER)]),
            Fate::Held(Hold::EnrolmentEnded),
        ),
    ]);
}

#[test]
fn an_end_that_is_only_inferred_is_a_persons_to_decide() {
    let over = |last_day| Enrolment { until: Some(date(2026, 7, 22)), last_day, due_on: SUMMER, ..school() };
    let coming = Enrolment { from: Some(date(2026, 9, 1)), due_on: SUMMER, ..at(OTHER, SettingKind::School) };
    let stated = Enrolment { setting: id(OTHER), ..over(LastDay::Stated) };
    let away = with(Whom::OtherForce, &[NEIGHBOUR]);
    for last_day in [LastDay::Absence, LastDay::LastYear] {
        let over = || over(last_day);
        let nursery = Enrolment { kind: SettingKind::EarlyYears, ..over() };
        let still = Enrolment { until: Some(SUMMER), ..over() };
        check(vec![
            ("in summer", aged(6, vec![over()]), Fate::Held(Hold::EnrolmentEnded)),
            ("and left another", aged(6, vec![over(), stated.clone()]), Fate::Held(Hold::EnrolmentEnded)),
            ("home elsewhere", lives(aged(6, vec![over()]), away.clone()), Fate::Held(Hold::EnrolmentEnded)),
            ("at a nursery", aged(3, vec![nursery]), Fate::Held(Hold::EnrolmentEnded)),
            (
                "the next school is stated",
                aged(11, vec![over(), coming.clone()]),
                Fate::Told(&[(OTHER, "encompass_between_schools")], 0),
            ),
            ("not over yet", aged(6, vec![still]), Fate::Told(&[(SCHOOL, S49A)], 0)),
        ]);
    }
}

#[test]
fn over_the_border_the_setting_is_told_directly_and_the_force_besides() {
    let away = with(Whom::OtherForce, &[NEIGHBOUR]);
    let outside = Enrolment { is_outside: true, forces: vec![id(NEIGHBOUR)], ..school() };
    let unlisted = Enrolment { forces: vec![], ..outside.clone() };
    let nobody = Question { enrolments: None, ..aged(8, vec![]) };
    let hand_over = "encompass_hand_over";
    check(vec![
        (
            "home elsewhere",
            lives(aged(8, vec![school()]), away.clone()),
            Fate::Told(&[(SCHOOL, S49A), (NEIGHBOUR, hand_over)], 0),
        ),
        (
            "nobody knows the child, home elsewhere",
            lives(nobody.clone(), away),
            Fate::Told(&[(NEIGHBOUR, hand_over)], 0),
        ),
        (
            "left, and lives elsewhere",
            lives(
                aged(8, vec![Enrolment { until: Some(date(2026, 3, 1)), ..school() }]),
                with(Whom::OtherForce, &[NEIGHBOUR]),
            ),
            Fate::Told(&[(NEIGHBOUR, hand_over)], 0),
        ),
        ("nobody knows the child", nobody.clone(), Fate::Held(Hold::NoMatch)),
        (
            "two forces at home",
            lives(nobody, with(Whom::OtherForce, &[NEIGHBOUR, OTHER])),
            Fate::Held(Hold::NoMatch),
        ),
        (
            "a school outside",
            aged(8, vec![outside]),
            Fate::Told(&[(SCHOOL, "encompass_outside"), (NEIGHBOUR, hand_over)], 0),
        ),
        (
            "a school outside whose force is not listed",
            aged(8, vec![unlisted]),
            Fate::Told(&[(SCHOOL, "encompass_outside")], 1),
        ),
    ]);
}

#[test]
fn a_setting_that_said_not_here_is_not_told_again() {
    let excluded = |question: Question| Question { excluded: [id(SCHOOL)].into(), ..question };
    check(vec![
        ("the only one", excluded(aged(8, vec![school()])), Fate::Held(Hold::NotHere)),
        (
            "one of two",
            excluded(aged(8, vec![school(), at(OTHER, SettingKind::School)])),
            Fate::Told(&[(OTHER, S49A)], 0),
        ),
    ]);
}
