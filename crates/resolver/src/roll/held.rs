//! What is held in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use encompass_core::id::{LoadId, RegisterId};
use encompass_matching::population::Shared;

/// One register in memory.
pub struct Roll {
    /// The version it has.
    pub load: LoadId,
    /// How many entries that is; some stand in the index more than once.
    pub entries: u64,
    /// Everybody.
    pub people: Arc<Shared>,
}

/// The registers in memory. Cheap to clone; the clones share them.
#[derive(Clone, Default)]
pub struct Rolls(Arc<Mutex<HashMap<RegisterId, Arc<Roll>>>>);

impl Rolls {
    /// A register, if it is held in this version.
    pub fn at(&self, register: RegisterId, load: LoadId) -> Option<Arc<Roll>> {
        self.get(register).filter(|roll| roll.load == load)
    }

    /// A register in whatever version it is held.
    pub(super) fn get(&self, register: RegisterId) -> Option<Arc<Roll>> {
        self.all().get(&register).cloned()
    }

    pub(super) fn put(&self, register: RegisterId, roll: Roll) {
        self.all().insert(register, Arc::new(roll));
    }

    /// Forgets every register but these.
    pub(super) fn keep(&self, registers: &[RegisterId]) {
        self.all().retain(|register, _| registers.contains(register));
    }

    /// How many entries are held altogether.
    pub fn entries(&self) -> u64 {
        self.all().values().map(|roll| roll.entries).sum()
    }

    /// What a panicking thread left is still whole: entries are only ever replaced.
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<RegisterId, Arc<Roll>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
