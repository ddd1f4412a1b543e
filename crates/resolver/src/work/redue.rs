//! Due times follow directory and calendars until somebody is told.

use std::collections::{BTreeSet, HashMap};
use std::sync::PoisonError;

use encompass_core::id::{ChildId, SettingId};
use encompass_store::resolve::{OpenDue, Redue, Site, provisional_due};
use jiff::{SignedDuration, Timestamp};

use super::{Error, Resolver};
use crate::Evidence;

/// How many children are worked out anew in one transaction.
const AT_ONCE: usize = 256;

impl Resolver {
    /// Works due times out anew when other versions of directory or calendars are current than at the last time, and
    /// once after the start. Says how many changed.
    pub(super) async fn follow_calendars(&self) -> Result<usize, Error> {
        let loads = self.store.loads_of_due_times().await?;
        if self.seen().as_ref() == Some(&loads) {
            return Ok(0);
        }
        let changed = self.recompute_due().await?;
        *self.seen() = Some(loads);
        Ok(changed)
    }

    /// Works out anew the due time of every child that nobody was told of; every value is kept.
    ///
    /// # Errors
    /// As the store says; what was written before the fault stays, and repeating goes on from there.
    pub async fn recompute_due(&self) -> Result<usize, Error> {
        let ids = self.store.children_not_told().await?;
        let mut changed = 0;
        for ids in ids.chunks(AT_ONCE) {
            changed += self.recompute(ids).await?;
        }
        self.metrics.redues.inc_by(changed as u64);
        Ok(changed)
    }

    async fn recompute(&self, ids: &[ChildId]) -> Result<usize, Error> {
        let mut tx = self.store.begin().await?;
        let open = tx.open_dues(ids).await?;
        let wanted: BTreeSet<SettingId> = open.iter().flat_map(settings).collect();
        let wanted: Vec<SettingId> = wanted.into_iter().collect();
        // A second ahead, so that the directory's cache looks whether it has the current versions.
        let machine =
            self.clock.machine().saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX);
        let sites = self.store.sites(&wanted, &self.rules, machine).await?;
        let sites: HashMap<SettingId, Site> = sites.into_iter().map(|site| (site.setting.id, site)).collect();
        let dues: Vec<Redue> = open.iter().flat_map(|open| self.redues(&tx, open, &sites)).collect();
        let changed = dues.len();
        if changed > 0 {
            tx.set_dues(dues, self.clock.now()).await?;
            tx.commit().await?;
        }
        Ok(changed)
    }

    /// The due times of one child that are others now.
    fn redues(
        &self,
        tx: &encompass_store::Tx,
        open: &OpenDue,
        sites: &HashMap<SettingId, Site>,
    ) -> Vec<Redue> {
        let known = &open.known;
        if open.settings.is_empty() {
            let due =
                provisional_due(known, settings(open).iter().filter_map(|id| sites.get(id)), &self.rules);
            let differs = open.child.is_provisional && due.at != open.child.due_at;
            return differs.then(|| Redue::of_child(&open.child, known.at, due)).into_iter().collect();
        }
        let mut redues = Vec::new();
        let mut earliest: Option<encompass_store::incident::Due> = None;
        for (setting, before, made_at) in &open.settings {
            let Some(site) = sites.get(setting) else { return Vec::new() };
            let due = site.due(known, &self.rules);
            if due.at != *before {
                let id = tx.identity().notification(open.child.id, *setting);
                let notification = Some((id, Site::call_at(&due, *made_at, &self.rules)));
                redues.push(Redue { notification, ..Redue::of_child(&open.child, known.at, due.clone()) });
            }
            if earliest.as_ref().is_none_or(|before| due.at < before.at) {
                earliest = Some(due);
            }
        }
        let of_child = earliest.filter(|due| due.at != open.child.due_at);
        redues.extend(of_child.map(|due| Redue::of_child(&open.child, known.at, due)));
        redues
    }

    /// What a panicking thread left is still whole: it is only ever replaced.
    fn seen(&self) -> std::sync::MutexGuard<'_, Option<Vec<encompass_core::id::LoadId>>> {
        self.seen_loads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The settings that a child is, or may be, told at.
fn settings(open: &OpenDue) -> Vec<SettingId> {
    if !open.settings.is_empty() {
        return open.settings.iter().map(|(setting, ..)| *setting).collect();
    }
    let evidence =
        open.evidence.as_ref().and_then(|evidence| serde_json::from_slice::<Evidence>(evidence).ok());
    evidence.map(|evidence| evidence.possible_settings()).unwrap_or_default()
}
