//! Settings from the public registers.

use std::collections::HashMap;
use std::io::{Cursor, Read, Seek};

use encompass_core::calendar::london;
use encompass_core::state::SettingKind;
use encompass_directory::report::Report as FileReport;
use encompass_directory::setting::{Setting, early_years, gias, link, reduced};
use encompass_directory::text::Row as FileRow;
use encompass_matching::normalise;
use encompass_store::Store;
use encompass_store::directory::load::{Kind, Outcome};
use encompass_store::directory::setting::{Record, Row, SettingLoad};
use encompass_store::directory::{Detail, Succession};
use jiff::Timestamp;

use super::known_as::Former;
use super::{BATCH, Options, Report, check_age, check_set_aside, identifier, read, set_aside};

/// The source under which both forms of the school register follow each other.
const SCHOOLS: &str = "gias";
const EARLY_YEARS: &str = "ofsted";

pub(super) async fn schools(
    store: &Store,
    file: impl Read + Seek,
    links: Option<Vec<u8>>,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let (rows, report) = read(gias::read(file, &options.limits)?)?;
    let links = links.map(|links| read_links(links, options)).transpose()?.unwrap_or_default();
    let former = Former::of(&rows, &links);
    let links: Vec<Succession> = links.iter().filter_map(succession).collect();
    let rows = rows.into_iter().map(|row| row_of(row, None, &former)).collect();
    load(store, SCHOOLS, rows, &links, report, options, now).await
}

pub(super) async fn reduced_schools(
    store: &Store,
    file: impl Read + Seek,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let as_of = london::date(options.as_of);
    let (rows, report) = read(reduced::read(file, &options.limits, as_of)?)?;
    let rows = rows.into_iter().map(|row| row_of(row, None, &Former::default())).collect();
    load(store, SCHOOLS, rows, &[], report, options, now).await
}

/// This register names the authority in words; its number is taken from the authorities that the directory
/// knows as settings.
pub(super) async fn early_years(
    store: &Store,
    file: impl Read + Seek,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let (rows, report) = read(early_years::read(file, &options.limits)?)?;
    let authorities = store.settings_of_kind(SettingKind::Authority).await?;
    let numbers: HashMap<String, String> = authorities
        .into_iter()
        .filter_map(|authority| Some((authority.record.name_key, authority.record.authority?)))
        .collect();
    let number = |row: &FileRow<Setting>| {
        let name = row.value.authority_name.as_deref().map(normalise::setting_name);
        name.and_then(|name| numbers.get(&name).cloned())
    };
    let rows = rows.into_iter().map(|row| (number(&row), row));
    let rows = rows.map(|(number, row)| row_of(row, number, &Former::default())).collect();
    load(store, EARLY_YEARS, rows, &[], report, options, now).await
}

fn read_links(links: Vec<u8>, options: &Options) -> anyhow::Result<Vec<link::Link>> {
    let (rows, _) = read(link::read(Cursor::new(links), &options.limits)?)?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

/// Of which setting a number is the next one. Where several became one, or one several, contacts are not carried over.
fn succession(link: &link::Link) -> Option<Succession> {
    let (this, other) = (identifier(&link.urn), identifier(&link.other));
    match link.relation {
        link::Relation::Successor => Some(Succession { old: this, new: other }),
        link::Relation::Predecessor => Some(Succession { old: other, new: this }),
        link::Relation::PartSuccessor | link::Relation::PartPredecessor | link::Relation::Other => None,
    }
}

fn row_of(row: FileRow<Setting>, authority: Option<String>, former: &Former) -> (Row, Detail) {
    let setting = row.value;
    let name = setting.display_name();
    let detail = former.detail(&setting);
    let row = Row {
        identifier: identifier(&setting.identifier),
        also: setting.also.iter().map(identifier).collect(),
        opened_on: setting.opened,
        record: Record {
            kind: setting.kind,
            name_key: normalise::setting_name(&name),
            name,
            is_open: setting.status.is_open(),
            closed_on: setting.closed,
            authority: setting.authority_code.or(authority),
            follows_authority: setting.follows_authority_calendar,
            town: setting.town,
            postcode: setting.postcode,
            telephone: setting.telephone,
            opens_at_minute: None,
            low_age: setting.age_low,
            high_age: setting.age_high,
            serves: Vec::new(),
        },
    };
    (row, detail)
}

/// Judges a file of settings, then writes it as a version of its source.
pub(super) async fn load(
    store: &Store,
    source: &str,
    rows: Vec<(Row, Detail)>,
    links: &[Succession],
    report: FileReport,
    options: &Options,
    now: Timestamp,
) -> anyhow::Result<Report> {
    check_set_aside(&report, options)?;
    check_age(store, Kind::Settings, source, options).await?;
    let mut load = SettingLoad::begin(store, options.start(Kind::Settings, source), links, now).await?;
    let mut rows = rows.into_iter();
    loop {
        let batch: Vec<(Row, Detail)> = rows.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        load.add_described(batch, now).await?;
    }
    let outcome: Outcome = load.finish(options.brake, set_aside(&report), now).await?;
    Ok(Report { file: report, outcome: Some(outcome), contacts: None, unjoined: None, terms: Vec::new() })
}
