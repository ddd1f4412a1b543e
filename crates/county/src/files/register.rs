//! Registers of children as CSV, one file a source.

use super::table::{self, Dialect, Row};
use crate::county::County;
use crate::people::{Child, Entry, Household, Standing};
use crate::setting::{Kind, Setting};

const HEADER: &str = "child_id,given_names,family_name,known_as,former_family_names,birth_date,sex,address,postcode,\
                      setting_scheme,setting_identifier,enrolled_from,enrolled_to,enrolment,restricted,upn,nhs_number";

/// The register of the source with that place in [`County::sources`]. Children whose birth date the register lacks have
/// an empty field there, as in real files.
#[must_use]
pub fn register(county: &County, source: usize) -> Vec<u8> {
    let entries = county.entries.iter().filter(|entry| entry.source == source);
    let rows: Vec<Row> = entries
        .map(|entry| {
            let child = &county.children[entry.child];
            let setting = &county.settings[entry.setting];
            let enrolment = if county.is_boarder(child) { "boarder" } else { enrolment(child, setting) };
            row(child, county.household(child), setting, entry, enrolment)
        })
        .collect();
    table::write(HEADER, &rows, &Dialect::Plain)
}

/// One child on the roll of one school.
pub(crate) struct Roll {
    pub(crate) child_id: String,
    pub(crate) given: String,
    pub(crate) family: String,
    pub(crate) birth_date: String,
    pub(crate) address: String,
    pub(crate) postcode: String,
    pub(crate) setting: String,
    pub(crate) from: String,
    pub(crate) upn: String,
}

/// The register of one school.
pub(crate) fn one_register(rolls: impl Iterator<Item = Roll>) -> Vec<u8> {
    let row = |roll: Roll| {
        Row::from([
            ("child_id", roll.child_id),
            ("given_names", roll.given),
            ("family_name", roll.family),
            ("birth_date", roll.birth_date),
            ("address", roll.address),
            ("postcode", roll.postcode),
            ("setting_scheme", "urn".to_owned()),
            ("setting_identifier", roll.setting),
            ("enrolled_from", roll.from),
            ("upn", roll.upn),
        ])
    };
    table::write(HEADER, &rolls.map(row).collect::<Vec<_>>(), &Dialect::Plain)
}

fn row(
    child: &Child,
    household: &Household,
    setting: &Setting,
    entry: &Entry,
    enrolment: &'static str,
) -> Row {
    let health = setting.kind == Kind::HealthVisiting;
    Row::from([
        ("child_id", format!("C{:06}", child.index)),
        ("given_names", child.given.clone()),
        ("family_name", child.family.clone()),
        ("birth_date", if child.dated { child.birth_date.to_string() } else { String::new() }),
        ("sex", if child.female { "F" } else { "M" }.to_owned()),
        ("address", format!("{}, {}", household.home.line, household.home.town)),
        ("postcode", household.home.postcode.clone()),
        ("setting_scheme", setting.identifier.scheme.to_owned()),
        ("setting_identifier", setting.identifier.value.clone()),
        ("enrolled_from", entry.from.to_string()),
        ("enrolled_to", entry.until.map(|day| day.to_string()).unwrap_or_default()),
        ("enrolment", enrolment.to_owned()),
        ("restricted", if entry.restricted { "yes" } else { "no" }.to_owned()),
        ("upn", if health { String::new() } else { child.upn.clone() }),
        ("nhs_number", if health { child.nhs_number.clone() } else { String::new() }),
    ])
}

fn enrolment(child: &Child, setting: &Setting) -> &'static str {
    match (child.standing, setting.kind) {
        (_, Kind::HealthVisiting) => "caseload",
        (Standing::HomeEducated, _) => "home_educated",
        (Standing::MissingEducation, _) => "missing_education",
        (Standing::TwoSettings, _) if child.listed.first() != Some(&setting.index) => "subsidiary",
        _ => "main",
    }
}
