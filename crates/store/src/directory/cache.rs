//! What was read of the directory, kept while its current loads stay the same.
//!
//! Resolver and notifier look at the same settings again and again. The ids of the current loads are looked
//! at once a second at most; when they differ, everything kept is forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use encompass_core::calendar::{Calendar, Dates, Days};
use encompass_core::id::{LoadId, SettingId, of};
use jiff::{SignedDuration, Timestamp};

use super::setting::Setting;
use crate::db::row;
use crate::{Result, Store};

/// How old the answer to "which loads are current" may be.
const FRESH: SignedDuration = SignedDuration::from_secs(1);
/// Settings kept: more than a force has, and about 10 MiB.
const MOST: usize = 20_000;

/// The cache of one store.
#[derive(Default)]
pub struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    checked_at: Option<Timestamp>,
    loads: Vec<LoadId>,
    /// Counts the times that everything was forgotten, so that what was read before is not kept after.
    seen: u64,
    settings: HashMap<SettingId, Option<Arc<Setting>>>,
    calendars: HashMap<SettingId, Arc<Calendar>>,
    holidays: Option<Dates>,
    authorities: HashMap<String, Days>,
}

impl Kept {
    fn clear(&mut self) {
        let (checked_at, loads) = (self.checked_at, std::mem::take(&mut self.loads));
        *self = Self { checked_at, loads, seen: self.seen + 1, ..Self::default() };
    }
}

/// Bank holidays and the days of one authority, as far as they are kept.
pub(super) type Shared = (Option<Dates>, Option<Days>);

impl Cache {
    /// Forgets everything when other loads are current than before; says under which count it looked.
    pub(super) async fn follow(&self, store: &Store, machine: Timestamp) -> Result<u64> {
        {
            let kept = self.kept();
            let fresh = |at: Timestamp| (machine.duration_since(at)).abs() < FRESH;
            if kept.checked_at.is_some_and(fresh) {
                return Ok(kept.seen);
            }
        }
        let select = "SELECT id FROM load WHERE state = 'current' AND kind <> 'register' ORDER BY id";
        let rows = sqlx::query(select).fetch_all(store.read()).await?;
        let loads = rows.iter().map(|found| row::id::<of::Load>(found, "id")).collect::<Result<Vec<_>>>()?;
        let mut kept = self.kept();
        if kept.loads != loads {
            kept.clear();
            kept.loads = loads;
        }
        kept.checked_at = Some(machine);
        Ok(kept.seen)
    }

    /// Forgets everything at once: a load of this process became current.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept();
        kept.clear();
        kept.checked_at = None;
    }

    /// Settings that are kept, and the ids of those that are not.
    pub(super) fn settings(&self, ids: &[SettingId]) -> (HashMap<SettingId, Arc<Setting>>, Vec<SettingId>) {
        let kept = self.kept();
        let (mut found, mut missing) = (HashMap::new(), Vec::new());
        for id in ids {
            match kept.settings.get(id) {
                Some(Some(setting)) => drop(found.insert(*id, Arc::clone(setting))),
                Some(None) => {}
                None => missing.push(*id),
            }
        }
        (found, missing)
    }

    /// Keeps what was read, also that a setting is not there, unless everything was forgotten since.
    pub(super) fn keep_settings(
        &self,
        seen: u64,
        asked: &[SettingId],
        read: &HashMap<SettingId, Arc<Setting>>,
    ) {
        let mut kept = self.kept();
        if kept.seen == seen && asked.len() <= MOST {
            if kept.settings.len() + asked.len() > MOST {
                kept.settings.clear();
            }
            kept.settings.extend(asked.iter().map(|id| (*id, read.get(id).cloned())));
        }
    }

    pub(super) fn calendar(&self, id: SettingId) -> Option<Arc<Calendar>> {
        self.kept().calendars.get(&id).cloned()
    }

    pub(super) fn shared(&self, authority: Option<&str>) -> Shared {
        let kept = self.kept();
        (kept.holidays.clone(), authority.and_then(|code| kept.authorities.get(code).cloned()))
    }

    pub(super) fn keep_calendar(&self, seen: u64, id: SettingId, calendar: &Arc<Calendar>) {
        let mut kept = self.kept();
        if kept.seen == seen {
            if kept.calendars.len() >= MOST {
                kept.calendars.clear();
            }
            kept.calendars.insert(id, Arc::clone(calendar));
        }
    }

    pub(super) fn keep_shared(&self, seen: u64, holidays: &Dates, authority: Option<(&str, &Days)>) {
        let mut kept = self.kept();
        if kept.seen == seen {
            kept.holidays = Some(holidays.clone());
            kept.authorities.extend(authority.map(|(code, days)| (code.to_owned(), days.clone())));
        }
    }

    /// What a panicking thread left is still whole: every change here is one assignment or insertion.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
