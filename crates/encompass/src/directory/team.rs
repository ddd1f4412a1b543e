//! Teams, authorities and forces, each with its mailbox as a first contact.

use std::io::{Read, Seek};

use encompass_core::state::{Channel, SettingKind};
use encompass_directory::team::{self, Team};
use encompass_directory::value::{Area, Scheme};
use encompass_matching::normalise;
use encompass_store::directory::Detail;
use encompass_store::directory::load::Outcome;
use encompass_store::directory::setting::{Record, Row, Serves};
use encompass_store::{Store, contact};
use jiff::Timestamp;

use super::{Options, Report, identifier, read, setting};

pub(super) async fn teams(
    store: &Store,
    file: impl Read + Seek,
    forces: Vec<String>,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let (rows, report) = read(team::read(file, &options.limits)?)?;
    let settings = rows.iter().map(|row| (row_of(&row.value), Detail::default())).collect();
    let mut report = setting::load(store, &options.source, settings, &[], report, options, now).await?;
    if forces.is_empty() || matches!(report.outcome, Some(Outcome::Shrinks(_))) {
        return Ok(report);
    }
    let known = super::with_settings(store, rows, |team| &team.identifier, &mut report.file, now).await?;
    let contacts = known.into_iter().filter_map(|(row, setting)| mailbox(row.value, setting.id, &forces));
    // The file has a team's mailbox only: what else the team has as contacts is none of its business.
    let file =
        contact::File { source: options.source.clone(), is_whole: false, contacts: contacts.collect() };
    report.contacts = Some(contact::import(store, file, options.brake, &options.by, now).await?);
    Ok(report)
}

fn mailbox(
    team: Team,
    setting: encompass_core::id::SettingId,
    forces: &[String],
) -> Option<contact::Imported> {
    let person =
        contact::Person { name: None, address: team.email?, telephone: team.telephone, secret: None };
    Some(contact::Imported {
        setting,
        role: "mailbox".into(),
        channel: Channel::Email,
        person,
        name_key: None,
        forces: forces.to_vec(),
        eligible_from: None,
    })
}

fn row_of(team: &Team) -> Row {
    let area = |area: &Area| match area {
        Area::Outward(outward) => Serves::Outward(outward.clone()),
        Area::Sector(sector) => Serves::Sector(sector.clone()),
    };
    let practices = team.practices.iter().map(|practice| Serves::Practice(practice.value.clone()));
    let duties = team.duties.iter().map(|duty| Serves::Duty(*duty));
    let is_authority = team.kind == SettingKind::Authority && team.identifier.scheme == Scheme::Authority;
    Row {
        identifier: identifier(&team.identifier),
        also: Vec::new(),
        opened_on: None,
        record: Record {
            kind: team.kind,
            name: team.name.clone(),
            name_key: normalise::setting_name(&team.name),
            is_open: true,
            closed_on: None,
            authority: is_authority.then(|| team.identifier.value.clone()),
            follows_authority: false,
            town: None,
            postcode: team.postcode.clone(),
            telephone: team.telephone.clone(),
            opens_at_minute: None,
            low_age: None,
            high_age: None,
            serves: team.areas.iter().map(area).chain(practices).chain(duties).collect(),
        },
    }
}
