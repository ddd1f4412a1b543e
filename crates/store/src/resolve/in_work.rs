//! What this process works on, where the database does not lock it: two batches that are looked at side by side are of
//! different incidents.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use encompass_core::id::IncidentId;

/// The incidents whose children are being decided, with how many of them. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct InWork {
    children: Arc<Mutex<BTreeMap<IncidentId, i64>>>,
    /// Held by who takes some, so that nobody else finds the same.
    taking: Arc<tokio::sync::Mutex<()>>,
}

/// Incidents that are passed over until it is dropped.
pub struct Taken {
    of: InWork,
    ids: Vec<IncidentId>,
}

impl InWork {
    /// Waits for its turn to take some.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.taking.lock().await
    }

    /// How many children are in work.
    pub(super) fn count(&self) -> i64 {
        self.children().values().sum()
    }

    /// Whether somebody works on the incident.
    pub(super) fn has(&self, incident: &IncidentId) -> bool {
        self.children().contains_key(incident)
    }

    /// Takes incidents, with how many of their children wait.
    pub(super) fn take(&self, waiting: BTreeMap<IncidentId, i64>) -> Taken {
        let ids = waiting.keys().copied().collect();
        self.children().extend(waiting);
        Taken { of: self.clone(), ids }
    }

    fn children(&self) -> MutexGuard<'_, BTreeMap<IncidentId, i64>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut children = self.of.children();
        for id in &self.ids {
            children.remove(id);
        }
    }
}
