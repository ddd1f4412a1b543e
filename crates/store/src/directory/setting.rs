//! Settings: what a source says of each, and a load of such records.

use std::collections::HashMap;

use encompass_core::id::{LoadId, SettingId};
use encompass_core::routing::Whom;
use encompass_core::state::SettingKind;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::detail::{self, Detail};
use super::identifier::{self, Dated, Identifier, Lineage, Succession};
use super::load::{Brake, Loading, Outcome, Start};
use super::read::day_value;
use crate::db::{Value, batch};
use crate::{Result, Store, Tx};

/// What a team looks after.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serves {
    /// An outward code: `SG1`.
    Outward(String),
    /// A sector: `SG1 4`.
    Sector(String),
    /// A general practice, by organisation code.
    Practice(String),
    /// One of an authority's duties, where it has a team for each: its officer for home education, its team for children
    /// who miss education, its virtual school.
    Duty(Whom),
}

impl Serves {
    /// Whether it looks after somebody there.
    pub fn covers(&self, served: Served<'_>) -> bool {
        match (self, served) {
            (Self::Outward(outward), Served::Postcode(postcode)) => {
                postcode.split(' ').next() == Some(outward)
            }
            (Self::Sector(sector), Served::Postcode(postcode)) => postcode.starts_with(sector.as_str()),
            (Self::Practice(own), Served::Practice(practice)) => own.eq_ignore_ascii_case(practice),
            _ => false,
        }
    }
}

/// Where somebody lives and is looked after, as far as it says which team answers for them.
#[derive(Clone, Copy, Debug)]
pub enum Served<'a> {
    /// A home's postcode (capitals, one space).
    Postcode(&'a str),
    /// A general practice, by organisation code.
    Practice(&'a str),
}

/// What one source says of a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// What it is.
    pub kind: SettingKind,
    /// What a person reads: the name, or kind and number where the source withholds the name.
    pub name: String,
    /// The name as it is looked up: normalised by the caller, always in the same way.
    pub name_key: String,
    /// Whether it can be told today.
    pub is_open: bool,
    /// Last day, where known.
    pub closed_on: Option<Date>,
    /// Number of the local authority it lies in.
    pub authority: Option<String>,
    /// Whether the authority's term dates are its own.
    pub follows_authority: bool,
    /// Town.
    pub town: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// When its day begins, in minutes after midnight, Europe/London.
    pub opens_at_minute: Option<u16>,
    /// Youngest age, in years.
    pub low_age: Option<u8>,
    /// Oldest age, in years.
    pub high_age: Option<u8>,
    /// What a team looks after.
    pub serves: Vec<Serves>,
}

/// A setting as the current versions have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Our own id.
    pub id: SettingId,
    /// The version that says so.
    pub load: LoadId,
    /// What it says.
    pub record: Record,
}

/// One row of a file: a record and the numbers it goes by.
#[derive(Clone, Debug)]
pub struct Row {
    /// The number in the source's own scheme.
    pub identifier: Identifier,
    /// Further numbers of the same setting.
    pub also: Vec<Identifier>,
    /// First day under the identifier, where known.
    pub opened_on: Option<Date>,
    /// What the source says.
    pub record: Record,
}

/// A load of settings that is being filled.
pub struct SettingLoad {
    loading: Loading,
    lineage: Lineage,
    /// What was written for each setting: a converted school stands twice in one file.
    written: HashMap<SettingId, Written>,
    /// Identifiers that move or end: they do so in the commit that makes the load current.
    moved: Vec<(Identifier, Dated)>,
}

#[derive(Clone, Copy)]
struct Written {
    rank: (bool, usize),
    hash: [u8; 32],
}

impl SettingLoad {
    /// Begins a version. `links` says which number took the place of which.
    ///
    /// # Errors
    /// As [`Loading::begin`].
    pub async fn begin(store: &Store, start: Start, links: &[Succession], now: Timestamp) -> Result<Self> {
        let loading = Loading::begin(store, start, now).await?;
        Ok(Self { loading, lineage: Lineage::new(links), written: HashMap::new(), moved: Vec::new() })
    }

    /// Writes rows in one short transaction; the caller cuts the file into batches of some hundred.
    ///
    /// # Errors
    /// [`Error::ClaimLost`](crate::Error::ClaimLost) when a later load cut this one off; else as the database says.
    pub async fn add(&mut self, rows: Vec<Row>, now: Timestamp) -> Result<()> {
        self.add_described(rows.into_iter().map(|row| (row, Detail::default())).collect(), now).await
    }

    /// The same, with what officers know the settings by.
    ///
    /// # Errors
    /// As [`SettingLoad::add`].
    pub async fn add_described(&mut self, rows: Vec<(Row, Detail)>, now: Timestamp) -> Result<()> {
        let (rows, details): (Vec<Row>, Vec<Detail>) = rows.into_iter().unzip();
        let mut tx = self.loading.batch().await?;
        let ids = self.place(&mut tx, &rows).await?;
        let settings = ids.iter().map(|id| vec![(*id).into(), now.into()]).collect();
        let head = "INSERT INTO setting (id, created_at)";
        batch::insert(tx.conn(), head, settings, "ON CONFLICT DO NOTHING").await?;
        self.number(&mut tx, &rows, &ids).await?;
        let (mut records, mut described) = (Vec::new(), Vec::new());
        for (id, (hash, record, detail)) in self.choose(rows, details, ids) {
            records.push(columns(self.loading.id(), id, hash, record));
            described.push((id, detail));
        }
        batch::insert(tx.conn(), INSERT, records, REPLACE).await?;
        detail::write(tx.conn(), self.loading.id(), described).await?;
        tx.commit().await
    }

    /// Ends the load, see [`Loading::finish`].
    ///
    /// # Errors
    /// As [`Loading::finish`].
    pub async fn finish(self, brake: Brake, set_aside: i64, now: Timestamp) -> Result<Outcome> {
        let moved = self.moved;
        self.loading.finish_with(brake, set_aside, now, async |tx| identifier::write(tx, moved).await).await
    }

    /// Ends the load and removes its rows.
    ///
    /// # Errors
    /// As the database says.
    pub async fn abandon(self, now: Timestamp) -> Result<()> {
        self.loading.abandon(now).await
    }

    /// The setting of each row: known under its number or under the one that its number took the place of.
    async fn place(&mut self, tx: &mut Tx, rows: &[Row]) -> Result<Vec<SettingId>> {
        let origins: Vec<&Identifier> =
            rows.iter().map(|row| self.lineage.origin(&row.identifier).0).collect();
        let wanted = rows.iter().map(|row| &row.identifier).chain(origins.iter().copied()).collect();
        let known = identifier::known(tx, wanted).await?;
        let key = tx.identity().clone();
        let mut late = Vec::new();
        let mut ids = Vec::with_capacity(rows.len());
        for (row, origin) in rows.iter().zip(origins) {
            let first =
                known.get(origin).map_or_else(|| identifier::derived(&key, origin), |dated| dated.setting);
            let own = known.get(&row.identifier).map_or(first, |dated| dated.setting);
            if own != first {
                late.push(own);
            }
            ids.push((own, first));
        }
        // A link that comes after its setting moves the number only while nobody points to the setting yet.
        let settled = identifier::settled(tx, &late).await?;
        Ok(ids.into_iter().map(|(own, first)| if settled.contains(&own) { own } else { first }).collect())
    }

    /// Writes numbers that are new; keeps those that move or end for the commit.
    async fn number(&mut self, tx: &mut Tx, rows: &[Row], ids: &[SettingId]) -> Result<()> {
        let wanted = rows.iter().flat_map(|row| row.also.iter().chain([&row.identifier])).collect();
        let mut known = identifier::known(tx, wanted).await?;
        let mut new = Vec::new();
        for (row, setting) in rows.iter().zip(ids) {
            let (from, to) = (row.opened_on, row.record.closed_on.filter(|_| !row.record.is_open));
            let mut dated = vec![(&row.identifier, Dated { setting: *setting, from, to })];
            // A closed school leaves a number that it shares to the one that took its place.
            let free = |also: &&Identifier| row.record.is_open || !known.contains_key(*also);
            dated.extend(row.also.iter().filter(free).map(|also| (also, Dated::undated(*setting))));
            for (identifier, dated) in dated {
                match known.insert(identifier.clone(), dated.clone()) {
                    None => new.push((identifier.clone(), dated)),
                    Some(before) if before == dated => {}
                    Some(_) => self.moved.push((identifier.clone(), dated)),
                }
            }
        }
        identifier::write(tx, new).await
    }

    /// One record per setting: an open one goes before a closed one, a later number before an earlier one.
    fn choose(
        &mut self,
        rows: Vec<Row>,
        details: Vec<Detail>,
        ids: Vec<SettingId>,
    ) -> HashMap<SettingId, ([u8; 32], Record, Detail)> {
        let mut chosen = HashMap::new();
        for ((row, detail), id) in rows.into_iter().zip(details).zip(ids) {
            let rank = (row.record.is_open, self.lineage.origin(&row.identifier).1);
            let before = self.written.get(&id).copied();
            if before.is_some_and(|before| before.rank >= rank) {
                continue;
            }
            let hash = row_hash(&self.loading, &row.record, &detail);
            self.loading.mix(&hash);
            if let Some(before) = before {
                self.loading.mix(&before.hash);
            }
            self.written.insert(id, Written { rank, hash });
            chosen.insert(id, (hash, row.record, detail));
        }
        chosen
    }
}

fn row_hash(loading: &Loading, record: &Record, detail: &Detail) -> [u8; 32] {
    let json = serde_json::to_vec(record).expect("a record is written as JSON");
    let detail =
        (!detail.is_empty()).then(|| serde_json::to_vec(detail).expect("a detail is written as JSON"));
    let parts: Vec<&[u8]> = std::iter::once(&*json).chain(detail.as_deref()).collect();
    loading.store.identity().hash("setting row", &parts)
}

const INSERT: &str = "INSERT INTO setting_record (load_id, setting_id, kind, name, name_key, is_open, closed_on, authority, \
     follows_authority, town, postcode, telephone, opens_at_minute, low_age, high_age, serves, row_hash)";
const REPLACE: &str = "ON CONFLICT (setting_id, load_id) DO UPDATE SET kind = excluded.kind, name = excluded.name, \
     name_key = excluded.name_key, is_open = excluded.is_open, closed_on = excluded.closed_on, \
     authority = excluded.authority, follows_authority = excluded.follows_authority, town = excluded.town, \
     postcode = excluded.postcode, telephone = excluded.telephone, opens_at_minute = excluded.opens_at_minute, \
     low_age = excluded.low_age, high_age = excluded.high_age, serves = excluded.serves, row_hash = excluded.row_hash";

fn columns(load: LoadId, id: SettingId, hash: [u8; 32], record: Record) -> Vec<Value> {
    let serves = (!record.serves.is_empty())
        .then(|| serde_json::to_string(&record.serves).expect("areas are written as JSON"));
    vec![
        load.into(),
        id.into(),
        record.kind.as_str().into(),
        record.name.into(),
        record.name_key.into(),
        record.is_open.into(),
        day_value(record.closed_on),
        record.authority.into(),
        record.follows_authority.into(),
        record.town.into(),
        record.postcode.into(),
        record.telephone.into(),
        record.opens_at_minute.map(i64::from).into(),
        record.low_age.map(i64::from).into(),
        record.high_age.map(i64::from).into(),
        serves.into(),
        hash.into(),
    ]
}
