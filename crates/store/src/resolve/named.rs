//! Settings by the names and numbers that officers write, many at once.

use std::collections::HashMap;

use encompass_core::id::{SettingId, of};

use crate::db::{batch, row};
use crate::{Result, Store};

/// A setting that answers to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSetting {
    /// The setting.
    pub id: SettingId,
    /// Its town.
    pub town: Option<String>,
}

/// What names and numbers were found to mean: open settings only.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    /// By normalised name.
    pub by_name: HashMap<String, Vec<NamedSetting>>,
    /// By unique reference number.
    pub by_urn: HashMap<String, SettingId>,
}

impl Store {
    /// What these normalised names and school numbers mean in the current directory.
    ///
    /// # Errors
    /// As the database says.
    pub async fn settings_named(&self, names: &[&str], urns: &[&str]) -> Result<Naming> {
        let mut naming = Naming::default();
        let mut conn = self.read().acquire().await?;
        let select = "SELECT r.name_key AS name_key, r.setting_id AS setting_id, r.town AS town FROM v \
             JOIN setting_record r ON r.name_key = v.name JOIN load l ON l.id = r.load_id \
             WHERE l.state = 'current' AND r.is_open = 1";
        let rows = unique(names).into_iter().map(|name| vec![name.into()]).collect();
        for found in batch::with(&mut conn, "name", rows, select).await? {
            let setting =
                NamedSetting { id: row::id(&found, "setting_id")?, town: row::opt_text(&found, "town")? };
            naming.by_name.entry(row::text(&found, "name_key")?).or_default().push(setting);
        }
        let select = "SELECT i.value AS value, i.setting_id AS setting_id FROM v \
             JOIN setting_identifier i ON i.scheme = 'urn' AND i.value = v.urn";
        let rows = unique(urns).into_iter().map(|urn| vec![urn.into()]).collect();
        for found in batch::with(&mut conn, "urn", rows, select).await? {
            naming.by_urn.insert(row::text(&found, "value")?, row::id::<of::Setting>(&found, "setting_id")?);
        }
        Ok(naming)
    }
}

fn unique<'a>(texts: &[&'a str]) -> Vec<&'a str> {
    let mut texts = texts.to_vec();
    texts.sort_unstable();
    texts.dedup();
    texts
}
