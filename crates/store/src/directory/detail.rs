//! What officers know a setting by besides its record: streets, places and other names.

use std::collections::HashMap;

use encompass_core::id::{LoadId, SettingId, of};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::setting::Setting;
use crate::db::{Value, batch, row};
use crate::{Error, Result, Store};

/// What kind of other name a setting has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasKind {
    /// Its own name of before, or the name of a closed setting whose place it took.
    Former,
    /// The name of a site.
    Site,
}

/// Another name of a setting.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Alias {
    /// What kind of name.
    pub kind: AliasKind,
    /// The name.
    pub name: String,
}

/// What one source says of where a setting lies and what else it is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// Street.
    pub street: Option<String>,
    /// Part of the town, or village.
    pub locality: Option<String>,
    /// Easting and northing on the national grid, in metres.
    pub point: Option<(i32, i32)>,
    /// Other names.
    pub also: Vec<Alias>,
}

impl Detail {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

const INSERT: &str =
    "INSERT INTO setting_detail (load_id, setting_id, street, locality, easting, northing, also)";
const REPLACE: &str = "ON CONFLICT (load_id, setting_id) DO UPDATE SET street = excluded.street, \
     locality = excluded.locality, easting = excluded.easting, northing = excluded.northing, also = excluded.also";

/// Writes the details of a load.
pub(super) async fn write(
    conn: &mut AnyConnection,
    load: LoadId,
    details: Vec<(SettingId, Detail)>,
) -> Result<()> {
    let rows = details.into_iter().map(|(setting, detail)| columns(load, setting, detail));
    batch::insert(conn, INSERT, rows.collect(), REPLACE).await?;
    Ok(())
}

fn columns(load: LoadId, setting: SettingId, detail: Detail) -> Vec<Value> {
    let (easting, northing) = detail.point.unzip();
    vec![
        load.into(),
        setting.into(),
        detail.street.into(),
        detail.locality.into(),
        easting.map(i64::from).into(),
        northing.map(i64::from).into(),
        serde_json::to_string(&detail.also).expect("names are written as JSON").into(),
    ]
}

impl Store {
    /// Every open setting that children attend, with what officers know it by. Teams, authorities and forces are not
    /// among them.
    ///
    /// # Errors
    /// As the database says.
    pub async fn attended_settings(&self) -> Result<Vec<(Setting, Detail)>> {
        let settings = self.read_attended().await?;
        let select = "SELECT d.load_id AS load_id, d.setting_id AS setting_id, d.street AS street, \
             d.locality AS locality, d.easting AS easting, d.northing AS northing, d.also AS also \
             FROM setting_detail d JOIN load l ON l.id = d.load_id WHERE l.state = 'current'";
        let rows = sqlx::query(select).fetch_all(self.read()).await?;
        let mut details = rows.iter().map(detail).collect::<Result<HashMap<_, _>>>()?;
        let with = |setting: Setting| {
            let detail = details.remove(&(setting.id, setting.load)).unwrap_or_default();
            (setting, detail)
        };
        Ok(settings.into_iter().map(with).collect())
    }

    /// The current versions of the directory's settings, by which a reader knows that they changed.
    ///
    /// # Errors
    /// As the database says.
    pub async fn loads_of_settings(&self) -> Result<Vec<LoadId>> {
        let select = "SELECT id FROM load WHERE state = 'current' AND kind = 'settings' ORDER BY id";
        let rows = sqlx::query(select).fetch_all(self.read()).await?;
        rows.iter().map(|found| row::id::<of::Load>(found, "id")).collect()
    }
}

fn detail(found: &AnyRow) -> Result<((SettingId, LoadId), Detail)> {
    let metres = |column: &str| {
        let metres = row::opt_int(found, column)?;
        metres.map(|metres| i32::try_from(metres).map_err(|_| Error::Corrupt(column.into()))).transpose()
    };
    let also = row::text(found, "also")?;
    let detail = Detail {
        street: row::opt_text(found, "street")?,
        locality: row::opt_text(found, "locality")?,
        point: metres("easting")?.zip(metres("northing")?),
        also: serde_json::from_str(&also).map_err(|_| Error::Corrupt("also".into()))?,
    };
    Ok(((row::id(found, "setting_id")?, row::id(found, "load_id")?), detail))
}
