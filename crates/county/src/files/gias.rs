//! The school register's extract: 139 columns, every value quoted, Windows-1252.

use super::table::{self, Dialect, Row};
use crate::county::County;
use crate::places::AUTHORITIES;
use crate::setting::{Kind, Setting};

/// The real header, as published.
const HEADER: &str = include_str!("gias-header.csv");

/// The schools and colleges of the county.
#[must_use]
pub fn gias(county: &County) -> Vec<u8> {
    let rows: Vec<Row> =
        county.settings.iter().filter(|setting| setting.kind.in_school_register()).map(row).collect();
    table::write(HEADER, &rows, &Dialect::SchoolRegister)
}

/// One secondary school.
pub(crate) fn one_school(urn: &str, name: &str, town: &str) -> Vec<u8> {
    let authority = &AUTHORITIES[0];
    let row = Row::from([
        ("URN", urn.to_owned()),
        ("LA (code)", authority.code.to_owned()),
        ("LA (name)", authority.name.to_owned()),
        ("EstablishmentNumber", "4001".to_owned()),
        ("EstablishmentName", name.to_owned()),
        ("TypeOfEstablishment (code)", "34".to_owned()),
        ("EstablishmentStatus (code)", "1".to_owned()),
        ("PhaseOfEducation (code)", "4".to_owned()),
        ("Town", town.to_owned()),
        ("Postcode", "ZZ9 1AA".to_owned()),
        ("TelephoneNum", "01632960999".to_owned()),
    ]);
    table::write(HEADER, &[row], &Dialect::SchoolRegister)
}

fn row(setting: &Setting) -> Row {
    let authority = &AUTHORITIES[setting.authority];
    let (type_code, type_name) = setting.register_type;
    let (group_code, group_name) = group(type_code);
    let (phase_code, phase_name) = phase(setting.kind);
    let text = str::to_owned;
    Row::from([
        ("URN", setting.identifier.value.clone()),
        ("LA (code)", text(authority.code)),
        ("LA (name)", text(authority.name)),
        ("EstablishmentNumber", format!("{}", 2000 + setting.index)),
        ("EstablishmentName", setting.name.clone()),
        ("TypeOfEstablishment (code)", text(type_code)),
        ("TypeOfEstablishment (name)", text(type_name)),
        ("EstablishmentTypeGroup (code)", text(group_code)),
        ("EstablishmentTypeGroup (name)", text(group_name)),
        ("EstablishmentStatus (code)", text("1")),
        ("EstablishmentStatus (name)", text("Open")),
        ("ReasonEstablishmentOpened (code)", text("0")),
        ("ReasonEstablishmentOpened (name)", text("Not applicable")),
        ("OpenDate", format!("01-09-{}", 1996 + setting.index % 24)),
        ("PhaseOfEducation (code)", text(phase_code)),
        ("PhaseOfEducation (name)", text(phase_name)),
        ("StatutoryLowAge", setting.ages.0.to_string()),
        ("StatutoryHighAge", (setting.ages.1 + 1).to_string()),
        ("Boarders (name)", text("No boarders")),
        ("NurseryProvision (name)", text(nursery(setting))),
        (
            "OfficialSixthForm (name)",
            text(if setting.ages.1 >= 17 { "Has a sixth form" } else { "Does not have a sixth form" }),
        ),
        ("Gender (name)", text(if setting.name.contains("Girls") { "Girls" } else { "Mixed" })),
        ("ReligiousCharacter (name)", text(character(&setting.name))),
        ("LastChangedDate", text("02-09-2025")),
        ("Street", setting.address.line.clone()),
        ("Town", text(setting.address.town)),
        ("County (name)", text(authority.name)),
        ("Postcode", setting.address.postcode.clone()),
        ("SchoolWebsite", format!("https://www.{}/", setting.host)),
        // The real register has telephone numbers without spaces, as often as not.
        ("TelephoneNum", setting.telephone.replace(' ', "")),
        ("HeadPreferredJobTitle", text("Headteacher")),
        ("Country (name)", text("United Kingdom")),
    ])
}

fn group(type_code: &str) -> (&'static str, &'static str) {
    match type_code {
        "18" => ("1", "Colleges"),
        "11" => ("3", "Independent schools"),
        "7" => ("5", "Special schools"),
        "34" => ("10", "Academies"),
        "35" => ("11", "Free Schools"),
        _ => ("4", "Local authority maintained schools"),
    }
}

fn phase(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Primary => ("2", "Primary"),
        Kind::Secondary => ("4", "Secondary"),
        Kind::College => ("6", "16 plus"),
        _ => ("0", "Not applicable"),
    }
}

fn nursery(setting: &Setting) -> &'static str {
    match (setting.kind, setting.ages.0) {
        (Kind::Primary, 0..=3) => "Has Nursery Classes",
        (Kind::Primary, _) => "No Nursery Classes",
        _ => "Not applicable",
    }
}

fn character(name: &str) -> &'static str {
    match name {
        _ if name.contains("RC") || name.contains("Catholic") => "Roman Catholic",
        _ if name.contains("C of E") || name.contains("CofE") || name.contains("Church of England") => {
            "Church of England"
        }
        _ => "Does not apply",
    }
}
