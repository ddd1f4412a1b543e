//! What is held in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use encompass_core::id::{LoadId, RegisterId};
use encompass_matching::person::Sought;
use encompass_matching::population::{Population, Shared};
use encompass_matching::weigh::Parameters;
use encompass_store::register::Licensed;

use super::search::{Answer, search};

/// One register in memory.
pub(crate) struct Roll {
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

/// A register that is open for a search.
pub struct Open {
    /// Which, in which version.
    pub register: Licensed,
    roll: Arc<Roll>,
    /// How much it has of what the force's largest register has.
    share: f64,
}

impl Open {
    /// Looks for the children of one incident together, each in all the ways that it is known by. One answer for each.
    pub fn search(&self, event: &[Vec<Sought>], parameters: &Parameters) -> Vec<Answer> {
        let parameters = parameters.for_share(self.share);
        self.roll.people.read(|people| search(event, people, &parameters))
    }

    /// Reads everybody on it.
    pub fn read<T>(&self, read: impl FnOnce(&Population) -> T) -> T {
        self.roll.people.read(read)
    }
}

impl Rolls {
    /// The registers licensed to one force, as far as they are held in these versions.
    pub fn open(&self, licensed: &[Licensed]) -> Vec<Open> {
        let held =
            licensed.iter().filter_map(|register| Some((register, self.at(register.id, register.load)?)));
        let held: Vec<_> = held.collect();
        let largest = held.iter().map(|(_, roll)| roll.entries).max().unwrap_or_default().max(1);
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
        let share = |roll: &Roll| roll.entries as f64 / largest as f64;
        let open = held.into_iter();
        open.map(|(register, roll)| Open { register: register.clone(), share: share(&roll), roll }).collect()
    }

    /// A register, if it is held in this version.
    pub(crate) fn at(&self, register: RegisterId, load: LoadId) -> Option<Arc<Roll>> {
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
