//! Reading settings: the current records of all sources, by id, number, name and area.

use std::collections::HashMap;
use std::sync::Arc;

use encompass_core::id::{SettingId, of};
use encompass_core::state::SettingKind;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::identifier::Identifier;
use super::setting::{Record, Served, Setting};
use crate::db::{Value, batch, row};
use crate::{Error, Result, Store};

/// How many records a search looks at before it sorts them.
const SEARCHED: i64 = 2_000;

/// What is read of a record, joined to its load so that only current ones are seen.
macro_rules! records {
    ($from:literal) => {
        concat!(
            "SELECT r.setting_id AS setting_id, r.load_id AS load_id, r.kind AS kind, r.name AS name, \
             r.name_key AS name_key, r.is_open AS is_open, r.closed_on AS closed_on, r.authority AS authority, \
             r.follows_authority AS follows_authority, r.town AS town, r.postcode AS postcode, \
             r.telephone AS telephone, r.opens_at_minute AS opens_at_minute, r.low_age AS low_age, \
             r.high_age AS high_age, r.serves AS serves, l.current_at AS current_at ",
            $from
        )
    };
}

impl Store {
    /// A setting; `None` when no current version knows it. `machine` is the machine's time.
    ///
    /// # Errors
    /// As the database says.
    pub async fn setting(&self, id: SettingId, machine: Timestamp) -> Result<Option<Arc<Setting>>> {
        Ok(self.settings(&[id], machine).await?.remove(&id))
    }

    /// Those of these settings that a current version knows.
    ///
    /// # Errors
    /// As the database says.
    pub async fn settings(
        &self,
        ids: &[SettingId],
        machine: Timestamp,
    ) -> Result<HashMap<SettingId, Arc<Setting>>> {
        let seen = self.directory_cache().follow(self, machine).await?;
        let (mut found, missing) = self.directory_cache().settings(ids);
        if missing.is_empty() {
            return Ok(found);
        }
        let read = self.read_settings(&missing).await?;
        self.directory_cache().keep_settings(seen, &missing, &read);
        found.extend(read);
        Ok(found)
    }

    /// The same, past the cache.
    pub(crate) async fn read_settings(&self, ids: &[SettingId]) -> Result<HashMap<SettingId, Arc<Setting>>> {
        let rows = ids.iter().map(|id| vec![(*id).into()]).collect();
        let select = records!(
            "FROM v JOIN setting_record r ON r.setting_id = v.id JOIN load l ON l.id = r.load_id \
             WHERE l.state = 'current'"
        );
        let mut conn = self.read().acquire().await?;
        let found = batch::with(&mut conn, "id", rows, select).await?;
        Ok(best(&found)?.into_iter().map(|setting| (setting.id, Arc::new(setting))).collect())
    }

    /// The settings that these numbers belong to, also numbers of before a conversion; in the order asked.
    ///
    /// # Errors
    /// As the database says.
    pub async fn settings_by_identifier(
        &self,
        wanted: &[Identifier],
        machine: Timestamp,
    ) -> Result<Vec<Option<Arc<Setting>>>> {
        let rows =
            wanted.iter().map(|id| vec![id.scheme.as_str().into(), id.value.as_str().into()]).collect();
        let select = "SELECT i.scheme AS scheme, i.value AS value, setting_id FROM v \
             JOIN setting_identifier i ON i.scheme = v.scheme AND i.value = v.value";
        let mut conn = self.read().acquire().await?;
        let found = batch::with(&mut conn, "scheme, value", rows, select).await?;
        drop(conn);
        let mut ids = HashMap::with_capacity(found.len());
        for found in &found {
            let identifier = Identifier::new(row::text(found, "scheme")?, row::text(found, "value")?);
            ids.insert(identifier, row::id::<of::Setting>(found, "setting_id")?);
        }
        let all: Vec<SettingId> = ids.values().copied().collect();
        let settings = self.settings(&all, machine).await?;
        Ok(wanted.iter().map(|id| ids.get(id).and_then(|id| settings.get(id)).cloned()).collect())
    }

    /// The settings with exactly this normalised name, open and closed.
    ///
    /// # Errors
    /// As the database says.
    pub async fn settings_by_name_key(&self, name_key: &str) -> Result<Vec<Setting>> {
        let select = records!(
            "FROM setting_record r JOIN load l ON l.id = r.load_id WHERE l.state = 'current' AND r.name_key = $1"
        );
        sorted(&sqlx::query(select).bind(name_key.to_owned()).fetch_all(self.read()).await?)
    }

    /// Open settings whose normalised name contains `text` (normalised too), by name; at most `most`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn search_settings(&self, text: &str, most: usize) -> Result<Vec<Setting>> {
        let select = records!(
            "FROM setting_record r JOIN load l ON l.id = r.load_id \
             WHERE l.state = 'current' AND r.is_open = 1 AND r.name_key LIKE $1 ESCAPE '!' LIMIT $2"
        );
        let pattern = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let query = sqlx::query(select).bind(format!("%{pattern}%")).bind(SEARCHED);
        let mut settings = sorted(&query.fetch_all(self.read()).await?)?;
        settings.truncate(most);
        Ok(settings)
    }

    /// All open settings of a kind of which there are few: teams, authorities, other forces.
    ///
    /// # Errors
    /// As the database says.
    pub async fn settings_of_kind(&self, kind: SettingKind) -> Result<Vec<Setting>> {
        let select = records!(
            "FROM setting_record r JOIN load l ON l.id = r.load_id \
             WHERE l.state = 'current' AND r.is_open = 1 AND r.kind = $1"
        );
        sorted(&sqlx::query(select).bind(kind.as_str()).fetch_all(self.read()).await?)
    }

    /// All open settings that children attend.
    pub(super) async fn read_attended(&self) -> Result<Vec<Setting>> {
        let select = records!(
            "FROM setting_record r JOIN load l ON l.id = r.load_id WHERE l.state = 'current' AND r.is_open = 1 \
             AND r.kind IN ('school', 'college', 'early_years', 'childminder')"
        );
        best(&sqlx::query(select).fetch_all(self.read()).await?)
    }

    /// The open teams of a kind that look after a home with this postcode (capitals, one space).
    ///
    /// # Errors
    /// As the database says.
    pub async fn teams_serving(&self, kind: SettingKind, postcode: &str) -> Result<Vec<Setting>> {
        let mut teams = self.settings_of_kind(kind).await?;
        teams.retain(|team| team.record.serves.iter().any(|area| area.covers(Served::Postcode(postcode))));
        Ok(teams)
    }

    /// The numbers a setting goes and went by, as (number, first day, last day).
    ///
    /// # Errors
    /// As the database says.
    pub async fn identifiers_of(
        &self,
        setting: SettingId,
    ) -> Result<Vec<(Identifier, Option<Date>, Option<Date>)>> {
        let select = "SELECT scheme, value, valid_from, valid_to FROM setting_identifier \
             WHERE setting_id = $1 ORDER BY scheme, value";
        let rows = sqlx::query(select).bind(setting.bytes().to_vec()).fetch_all(self.read()).await?;
        rows.iter()
            .map(|found| {
                let identifier = Identifier::new(row::text(found, "scheme")?, row::text(found, "value")?);
                Ok((identifier, day(found, "valid_from")?, day(found, "valid_to")?))
            })
            .collect()
    }
}

/// One setting each: where two sources know it, an open record goes before a closed one, then the newer.
fn best(rows: &[AnyRow]) -> Result<Vec<Setting>> {
    let mut best: HashMap<SettingId, ((bool, i64), Setting)> = HashMap::with_capacity(rows.len());
    for found in rows {
        let setting = setting(found)?;
        let rank = (setting.record.is_open, row::int(found, "current_at")?);
        match best.get(&setting.id) {
            Some((before, _)) if *before >= rank => {}
            _ => drop(best.insert(setting.id, (rank, setting))),
        }
    }
    Ok(best.into_values().map(|(_, setting)| setting).collect())
}

fn sorted(rows: &[AnyRow]) -> Result<Vec<Setting>> {
    let mut settings = best(rows)?;
    settings.sort_by(|a, b| (&a.record.name_key, a.id).cmp(&(&b.record.name_key, b.id)));
    Ok(settings)
}

fn setting(found: &AnyRow) -> Result<Setting> {
    let serves = row::opt_text(found, "serves")?;
    let serves = serves.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Setting {
        id: row::id(found, "setting_id")?,
        load: row::id(found, "load_id")?,
        record: Record {
            kind: row::word(found, "kind")?,
            name: row::text(found, "name")?,
            name_key: row::text(found, "name_key")?,
            is_open: row::flag(found, "is_open")?,
            closed_on: day(found, "closed_on")?,
            authority: row::opt_text(found, "authority")?,
            follows_authority: row::flag(found, "follows_authority")?,
            town: row::opt_text(found, "town")?,
            postcode: row::opt_text(found, "postcode")?,
            telephone: row::opt_text(found, "telephone")?,
            opens_at_minute: small(found, "opens_at_minute")?,
            low_age: small(found, "low_age")?,
            high_age: small(found, "high_age")?,
            serves: serves.map_err(|_| Error::Corrupt("serves".into()))?.unwrap_or_default(),
        },
    })
}

fn small<T: TryFrom<i64>>(found: &AnyRow, column: &str) -> Result<Option<T>> {
    row::opt_int(found, column)?
        .map(|n| T::try_from(n).map_err(|_| Error::Corrupt(column.into())))
        .transpose()
}

/// A day of the calendar that may be null.
pub(crate) fn day(found: &AnyRow, column: &str) -> Result<Option<Date>> {
    row::opt_word(found, column)
}

/// A day to be bound.
pub(crate) fn day_value(day: Option<Date>) -> Value {
    day.map(|day| day.to_string()).into()
}
