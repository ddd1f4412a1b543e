//! Ofsted's early-years and childcare register, which withholds childminders' names and addresses.

use super::table::{self, Dialect, Row};
use crate::county::County;
use crate::places::AUTHORITIES;
use crate::setting::{Kind, Setting};

/// The real header, as published.
const HEADER: &str = include_str!("early-years-header.csv");

/// What the register writes in place of a childminder's particulars.
const WITHHELD: &str = "REDACTED";

/// The early-years settings and childminders of the county.
#[must_use]
pub fn early_years(county: &County) -> Vec<u8> {
    let listed = county.settings.iter().filter(|setting| setting.kind.in_early_years_register());
    let rows: Vec<Row> = listed.map(row).collect();
    table::write(HEADER, &rows, &Dialect::Plain)
}

fn row(setting: &Setting) -> Row {
    let childminder = setting.kind == Kind::Childminder;
    let shown = |text: &str| if childminder { WITHHELD.to_owned() } else { text.to_owned() };
    let kind = if childminder { "Childminder" } else { "Childcare on non-domestic premises" };
    let places = if childminder { 6 } else { 24 + setting.index % 40 };
    Row::from([
        ("Web link", "Web link".to_owned()),
        ("Provider URN", setting.identifier.value.clone()),
        ("Registration date", format!("{:02}/09/{}", 1 + setting.index % 28, 2004 + setting.index % 18)),
        ("Provider type", kind.to_owned()),
        ("Provider subtype", if childminder { String::new() } else { "Full day care".to_owned() }),
        ("Provider status", "Active".to_owned()),
        ("Individual Register combinations", if childminder { "ALL" } else { "EYR-CCR" }.to_owned()),
        ("Provider Early Years Register Flag", "Y".to_owned()),
        ("Provider Compulsory Childcare Register Flag", "Y".to_owned()),
        ("Provider Voluntary Childcare Register Flag", if childminder { "Y" } else { "N" }.to_owned()),
        ("Registered person URN", format!("RP9{:05}", setting.index)),
        ("Registered_Person_Name", shown(&format!("{} Limited", setting.name))),
        ("Provider name", shown(&setting.name)),
        ("Provider address line 1", shown(&setting.address.line)),
        ("Provider town", shown(setting.address.town)),
        ("Postcode", shown(&setting.address.postcode)),
        ("Telephone Number", shown(&setting.telephone)),
        ("Local authority", AUTHORITIES[setting.authority].name.to_owned()),
        ("Region", "South West".to_owned()),
        ("Ofsted region", "South West".to_owned()),
        ("Deprivation Band", "Average".to_owned()),
        ("Places", places.to_string()),
        ("Places including estimates", places.to_string()),
    ])
}
