//! Children who may be one under two numbers: two that share a pupil or NHS number, or names and birth date at two places.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::child::Child;

/// What a child shares with another of the same file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// A pupil number or an NHS number.
    pub number: bool,
    /// Names and birth date, with main enrolments that go on at two settings, and not both with a number that tells them apart.
    pub name: bool,
}

/// Notes every row of a file, as hashes: a chance hit among ten million, one in a hundred thousand files, costs a look.
#[derive(Default)]
pub(super) struct Sharing {
    hasher: RandomState,
    /// Who goes by a number first.
    numbers: HashMap<u64, u64>,
    /// Who goes by names and a birth date first.
    names: HashMap<u64, Named>,
    found: HashMap<u64, Shared>,
}

/// Whoever has names and a birth date first.
#[derive(Clone, Copy)]
struct Named {
    child: u64,
    setting: u64,
    is_numbered: bool,
}

/// Who shares something.
pub(super) struct Found {
    hasher: RandomState,
    found: HashMap<u64, Shared>,
}

impl Sharing {
    /// Notes a row.
    pub fn note(&mut self, row: &Child) {
        let child = self.hasher.hash_one(&row.number);
        for number in [&row.upn, &row.nhs_number].into_iter().flatten() {
            let first = *self.numbers.entry(self.hasher.hash_one(number)).or_insert(child);
            if first != child {
                self.mark([first, child], |shared| shared.number = true);
            }
        }
        for at in row.enrolments.iter().filter(|at| at.kind.is_main() && !at.left && at.to.is_none()) {
            let names = (row.given_names.to_lowercase(), row.family_name.to_lowercase(), row.birth_date);
            let setting = self.hasher.hash_one((&at.setting.scheme, &at.setting.value));
            let is_numbered = row.upn.is_some() || row.nhs_number.is_some();
            let named = Named { child, setting, is_numbered };
            let first = *self.names.entry(self.hasher.hash_one(names)).or_insert(named);
            let is_told_apart = first.is_numbered && is_numbered;
            if first.child != child && first.setting != setting && !is_told_apart {
                self.mark([first.child, child], |shared| shared.name = true);
            }
        }
    }

    fn mark(&mut self, children: [u64; 2], mark: impl Fn(&mut Shared)) {
        children.into_iter().for_each(|child| mark(self.found.entry(child).or_default()));
    }

    /// Forgets everything but who shares something.
    pub fn finish(self) -> Found {
        Found { hasher: self.hasher, found: self.found }
    }
}

impl Found {
    /// What the child of that number shares.
    pub fn of(&self, number: &str) -> Shared {
        if self.found.is_empty() {
            return Shared::default();
        }
        self.found.get(&self.hasher.hash_one(number)).copied().unwrap_or_default()
    }
}
