//! What is held in memory.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use encompass_core::id::{EntryId, LoadId, RegisterId};
use encompass_matching::person::Sought;
use encompass_matching::population::{Number, Population, Shared};
use encompass_matching::weigh::{Parameters, Share};
use encompass_store::register::Licensed;

use super::person::reference;
use super::search::{Answer, search};

/// One register in memory.
pub(crate) struct Roll {
    /// The version it has.
    pub load: LoadId,
    /// How many entries that is.
    pub entries: u64,
    /// Everybody.
    pub people: Arc<Shared>,
}

/// The registers in memory. Cheap to clone; the clones share them.
#[derive(Clone, Default)]
pub struct Rolls(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    rolls: HashMap<RegisterId, Arc<Roll>>,
    /// What share each register has for each force.
    shares: Shares,
    /// Versions whose entries can't be opened.
    unreadable: HashSet<LoadId>,
}

/// What share of the largest register of a force each of its registers has.
pub(crate) type Shares = HashMap<(String, RegisterId), Share>;

/// A register that is open for a search.
pub struct Open {
    /// Which, in which version.
    pub register: Licensed,
    /// Which share it has of what the largest has: scores of another share mean something else.
    pub share: Share,
    roll: Arc<Roll>,
    parameters: Arc<Parameters>,
}

impl Open {
    /// Looks for the children of one incident together, each in all the ways that it is known by. One answer for each.
    pub fn search(&self, event: &[Vec<Sought>]) -> Vec<Answer> {
        self.read(|people| search(event, people, &self.parameters))
    }

    /// Whether an entry is on it.
    pub fn has(&self, entry: EntryId) -> bool {
        self.read(|people| number_of(people, entry).is_some())
    }

    /// Reads everybody on it.
    pub fn read<T>(&self, read: impl FnOnce(&Population) -> T) -> T {
        self.roll.people.read(read)
    }
}

/// The number of an entry among everybody on its register.
pub fn number_of(people: &Population, entry: EntryId) -> Option<Number> {
    people.find(&reference(entry))
}

impl Rolls {
    /// The registers licensed to one force, as far as they are held in these versions, to be searched with these
    /// parameters: a register that has only a share of what the largest has holds so much fewer families.
    pub fn open(&self, licensed: &[Licensed], parameters: &Arc<Parameters>) -> Vec<Open> {
        let held =
            licensed.iter().filter_map(|register| Some((register, self.at(register.id, register.load)?)));
        let held: Vec<_> = held.collect();
        let largest = held.iter().map(|(_, roll)| roll.entries).max().unwrap_or_default();
        let open = held.into_iter().map(|(register, roll)| {
            let share = Share::of(roll.entries, largest);
            let is_whole = share == Share::default();
            let parameters =
                if is_whole { Arc::clone(parameters) } else { Arc::new(parameters.for_share(share)) };
            Open { register: register.clone(), share, roll, parameters }
        });
        open.collect()
    }

    /// What share each register had for each force when the registers were followed last.
    pub(crate) fn shares(&self) -> Shares {
        self.all().shares.clone()
    }

    /// Works the shares out anew, of these licences.
    pub(super) fn set_shares(&self, licences: &[(String, Licensed)]) {
        let mut held = self.all();
        let entries = |register| held.rolls.get(&register).map(|roll| roll.entries);
        let mut largest: HashMap<&str, u64> = HashMap::new();
        for (force, register) in licences {
            let most = largest.entry(force).or_default();
            *most = entries(register.id).unwrap_or_default().max(*most);
        }
        let share = |(force, register): &(String, Licensed)| {
            let share = Share::of(entries(register.id)?, largest[force.as_str()]);
            Some(((force.clone(), register.id), share))
        };
        held.shares = licences.iter().filter_map(share).collect();
    }

    /// A register, if it is held in this version.
    pub(crate) fn at(&self, register: RegisterId, load: LoadId) -> Option<Arc<Roll>> {
        self.get(register).filter(|roll| roll.load == load)
    }

    /// Whether a register is not held in its current version, and could be.
    pub(crate) fn is_behind(&self, register: &Licensed) -> bool {
        let held = self.all();
        let is_held = held.rolls.get(&register.id).is_some_and(|roll| roll.load == register.load);
        !is_held && !held.unreadable.contains(&register.load)
    }

    /// A register in whatever version it is held.
    pub(super) fn get(&self, register: RegisterId) -> Option<Arc<Roll>> {
        self.all().rolls.get(&register).cloned()
    }

    pub(super) fn put(&self, register: RegisterId, roll: Roll) {
        self.all().rolls.insert(register, Arc::new(roll));
    }

    /// Notes that a version's entries can't be opened; says whether that is new.
    pub(super) fn give_up(&self, load: LoadId) -> bool {
        self.all().unreadable.insert(load)
    }

    /// Forgets every register but these.
    pub(super) fn keep(&self, registers: &[RegisterId]) {
        self.all().rolls.retain(|register, _| registers.contains(register));
    }

    /// How many entries are held altogether.
    pub fn entries(&self) -> u64 {
        self.all().rolls.values().map(|roll| roll.entries).sum()
    }

    /// What a panicking thread left is still whole: entries are only ever replaced.
    fn all(&self) -> std::sync::MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
