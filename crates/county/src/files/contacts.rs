//! Contacts and teams as CSV.

use super::table::{self, Dialect, Row};
use crate::county::County;
use crate::places::{AUTHORITIES, FORCE, NEIGHBOUR};
use crate::setting::{Contact, Kind, Role, Setting};

const CONTACTS: &str =
    "setting_scheme,setting_identifier,name,role,channel,address,telephone,eligible_from,forces";

const TEAMS: &str = "kind,scheme,identifier,name,postcodes,practices,telephone,email";

/// The contacts of schools and early-years settings, and the officers of teams. Teams' mailboxes come with the teams.
#[must_use]
pub fn contacts(county: &County) -> Vec<u8> {
    let listed = county.contacts.iter().filter(|contact| contact.role != Role::Mailbox);
    let rows: Vec<Row> =
        listed.map(|contact| contact_row(&county.settings[contact.setting], contact)).collect();
    table::write(CONTACTS, &rows, &Dialect::Plain)
}

fn contact_row(setting: &Setting, contact: &Contact) -> Row {
    let role = match contact.role {
        Role::Lead => "lead",
        Role::Deputy => "deputy",
        Role::Mailbox => "mailbox",
        Role::Officer => "officer",
        Role::System => "system",
    };
    let forces = if setting.authority == 2 { format!("{NEIGHBOUR};{FORCE}") } else { FORCE.to_owned() };
    Row::from([
        ("setting_scheme", setting.identifier.scheme.to_owned()),
        ("setting_identifier", setting.identifier.value.clone()),
        ("name", contact.name.clone()),
        ("role", role.to_owned()),
        ("channel", if contact.role == Role::System { "webhook" } else { "email" }.to_owned()),
        ("address", contact.address.clone()),
        ("telephone", contact.telephone.clone()),
        ("forces", forces),
    ])
}

/// The lead of one school.
pub(crate) fn one_contact(school: &str, name: &str, address: &str) -> Vec<u8> {
    let row = Row::from([
        ("setting_scheme", "urn".to_owned()),
        ("setting_identifier", school.to_owned()),
        ("name", name.to_owned()),
        ("role", "lead".to_owned()),
        ("channel", "email".to_owned()),
        ("address", address.to_owned()),
        ("forces", FORCE.to_owned()),
    ]);
    table::write(CONTACTS, &[row], &Dialect::Plain)
}

/// Health-visiting and maternity teams, the authorities' officers, and the neighbour force.
#[must_use]
pub fn teams(county: &County) -> Vec<u8> {
    let rows: Vec<Row> = county.settings.iter().filter_map(team_row).collect();
    table::write(TEAMS, &rows, &Dialect::Plain)
}

fn team_row(setting: &Setting) -> Option<Row> {
    let kind = match setting.kind {
        Kind::HealthVisiting => "health_visiting",
        Kind::Maternity => "maternity",
        Kind::Officer => "authority",
        Kind::Force => "force",
        _ => return None,
    };
    let mut districts = AUTHORITIES[setting.authority].districts.to_vec();
    districts.dedup();
    Some(Row::from([
        ("kind", kind.to_owned()),
        ("scheme", setting.identifier.scheme.to_owned()),
        ("identifier", setting.identifier.value.clone()),
        ("name", setting.name.clone()),
        ("postcodes", districts.join(";")),
        ("telephone", setting.telephone.clone()),
        ("email", format!("duty@{}", setting.host)),
    ]))
}
