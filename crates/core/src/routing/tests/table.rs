//! The table's own soundness.

use jiff::civil::date;

use super::*;

const DEFAULT: &str = include_str!("../../../../../config/routing/default.toml");

#[test]
fn a_force_leaves_rows_out_or_adds_the_school_that_was_left() {
    let text = DEFAULT;
    let leaving =
        "[[row]]\nwhen = \"between_schools\"\ntell = \"leaving_school\"\nbasis = \"encompass_leaving\"\n";
    let routing = Routing::parse(&format!("{text}{leaving}")).unwrap();
    assert_eq!(routing.check(), Vec::<String>::new());
    let left = Enrolment { until: Some(date(2026, 7, 22)), due_on: SUMMER, ..school() };
    let coming = Enrolment { from: Some(date(2026, 9, 1)), due_on: SUMMER, ..at(OTHER, SettingKind::School) };
    let told = route(&aged(11, vec![left, coming]), &routing).unwrap();
    assert_eq!(told.targets.iter().map(|t| t.setting).collect::<Vec<_>>(), [id(OTHER), id(SCHOOL)]);
    let row =
        "[[row]]\nwhen = \"looked_after\"\ntell = \"virtual_school\"\nbasis = \"encompass_authority\"\n";
    let routing = Routing::parse(&text.replace(row, "")).unwrap();
    let told = route(&aged(12, vec![school(), listed(VIRTUAL, Attendance::LookedAfter)]), &routing).unwrap();
    assert_eq!(told.targets.len(), 1);
}

#[test]
fn the_default_covers_every_kind_and_is_sound() {
    let routing = Routing::default();
    assert_eq!(routing.check(), Vec::<String>::new());
    assert!(SettingKind::ALL.iter().all(|kind| routing.legal_basis(*kind).is_some()));
    assert_eq!(routing.legal_basis(SettingKind::School), Some(S49A));
    assert!(When::ALL.iter().all(|when| routing.rows(*when).next().is_some()));
}

#[test]
fn a_table_that_stretches_the_duty_or_leaves_somebody_out_is_nonsense() {
    let text = DEFAULT;
    for (from, to, faults) in [
        ("version = \"default-2\"", "version = \" \"", 1),
        ("under_years = 5", "under_years = 50", 1),
        ("between_schools = [7, 9]", "between_schools = [9, 7]", 1),
        ("school = \"s49a\"\n", "", 1),
        ("early_years = \"encompass_early_years\"", "early_years = \"s49a\"", 1),
        ("maternity = \"encompass_health\"", "maternity = \" \"", 1),
        ("basis = \"encompass_college\"", "basis = \"s49a\"", 1),
        ("basis = \"encompass_outside\"", "basis = \"\"", 1),
        ("basis = \"s49a\"", "basis = \"S49A\"", 1),
        ("college = \"s49a\"", "college = \"s49A\"", 1),
        ("basis = \"encompass_outside\"", "basis = \"encompass outside\"", 1),
        ("when = \"home_educated\"", "when = \"boarding\"", 2),
        ("when = \"under_age\"\ntell = \"early_years\"", "when = \"unborn\"\ntell = \"maternity\"", 1),
    ] {
        assert!(text.contains(from), "{from}");
        let found = Routing::parse(&text.replacen(from, to, 1)).unwrap().check();
        assert_eq!(found.len(), faults, "{to}: {found:?}");
    }
    assert!(Routing::parse(&text.replace("when = \"unborn\"", "when = \"adult\"")).is_err());
}
