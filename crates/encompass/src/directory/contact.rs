//! Contacts.

use std::io::{Read, Seek};

use encompass_core::state::Channel;
use encompass_directory::contact::{self as files, Channel as FileChannel};
use encompass_directory::report::{Problem, Reason};
use encompass_matching::normalise;
use encompass_store::{Store, contact};
use jiff::Timestamp;

use super::{Options, Report, check_set_aside, read, with_settings};

pub(super) async fn contacts(
    store: &Store,
    file: impl Read + Seek,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let (mut rows, mut report) = read(files::read(file, &options.limits)?)?;
    let is_known = |force: &String| options.forces.is_empty() || options.forces.contains(force);
    rows.retain(|row| {
        let is_sound = row.value.forces.iter().all(is_known);
        if !is_sound {
            report.reject_accepted(row.line, Problem::new("forces", Reason::UnknownValue));
        }
        is_sound
    });
    let known = with_settings(store, rows, |contact| &contact.setting, &mut report, now).await?;
    check_set_aside(&report, options)?;
    let contacts = known.into_iter().map(|(row, setting)| imported(row.value, setting.id)).collect();
    let file = contact::File { source: options.source.clone(), is_whole: true, contacts };
    let done = contact::import(store, file, options.brake, &options.by, now).await?;
    Ok(Report { file: report, outcome: None, contacts: Some(done), unjoined: None, terms: Vec::new() })
}

fn imported(file: files::Contact, setting: encompass_core::id::SettingId) -> contact::Imported {
    let channel = match file.channel {
        FileChannel::Email(_) => Channel::Email,
        FileChannel::Webhook(_) => Channel::Webhook,
    };
    contact::Imported {
        setting,
        role: file.role.as_str().into(),
        channel,
        name_key: file.name.as_deref().map(normalise::adult_name),
        person: contact::Person {
            address: file.channel.address().to_owned(),
            name: file.name,
            telephone: file.telephone,
            secret: None,
        },
        forces: file.forces,
        eligible_from: file.eligible_from,
    }
}
