//! Settings that a whole file would take most of their children from: one school is missing from it, as a rule.

use std::collections::BTreeMap;

use encompass_core::id::SettingId;

use super::load::RegisterLoad;
use crate::Result;
use crate::db::row;
use crate::directory::load::{Brake, Emptied};

/// A setting with fewer children may lose most of them in one night.
const FEWEST: i64 = 10;

/// Children who are on roll at a setting on the file's day, and those of them of whom the new file says where they are at
/// that setting, be it that they have left it: only what is missing from the file is lost.
const SELECT: &str = "SELECT o.setting_id AS setting_id, COUNT(*) AS had, CAST(SUM(o.kept) AS BIGINT) AS kept FROM ( \
     SELECT DISTINCT c.setting_id AS setting_id, c.entry_id AS entry_id, CASE WHEN EXISTS ( \
        SELECT 1 FROM enrolment n WHERE n.load_id = $1 AND n.entry_id = c.entry_id AND n.setting_id = c.setting_id \
        AND n.last_day = 'stated') THEN 1 ELSE 0 END AS kept \
     FROM enrolment c WHERE c.load_id = $2 AND c.kind <> 'guest' AND c.entry_id >= $4 AND c.entry_id <= $5 \
     AND (c.starts_on IS NULL OR c.starts_on <= $3) AND (c.ends_on IS NULL OR c.ends_on >= $3)) o \
     GROUP BY o.setting_id";

impl RegisterLoad {
    /// The settings of some size that would lose most of their children, those that lose the most first; none where a
    /// person said that it is meant, or where the file speaks of changes only.
    pub(super) async fn emptied(&self, brake: Brake) -> Result<Vec<Emptied>> {
        let Some(before) = self.loading.current.filter(|_| self.is_full && !brake.allow_shrink) else {
            return Ok(Vec::new());
        };
        let mut counted: BTreeMap<SettingId, (i64, i64)> = BTreeMap::new();
        // One statement over a register of millions would outlast the time that a statement has.
        for first in 0..=u8::MAX {
            let [from, to] = [0, u8::MAX].map(|rest| [&[first][..], &[rest; 15]].concat());
            let versions = [self.loading.id(), before].map(|load| load.bytes().to_vec());
            let [new, old] = versions;
            let query =
                sqlx::query(SELECT).bind(new).bind(old).bind(self.day.to_string()).bind(from).bind(to);
            for found in &query.fetch_all(self.loading.store.read()).await? {
                let count = counted.entry(row::id(found, "setting_id")?).or_default();
                count.0 += row::int(found, "had")?;
                count.1 += row::int(found, "kept")?;
            }
        }
        let settings = counted.into_iter().map(|(setting, (had, kept))| Emptied { setting, had, kept });
        let mut emptied: Vec<Emptied> =
            settings.filter(|one| one.had >= FEWEST && one.kept * 2 < one.had).collect();
        emptied.sort_by_key(|one| (one.kept - one.had, one.setting));
        Ok(emptied)
    }
}
