//! A population that is read and changed at once.

use std::sync::{PoisonError, RwLock};

use super::people::{Population, Version};
use crate::person::Child;

/// A population behind a lock that many readers hold together and a change holds for some microseconds.
#[derive(Default)]
pub struct Shared(RwLock<Population>);

impl Shared {
    /// Shares a population.
    pub fn new(population: Population) -> Self {
        Self(RwLock::new(population))
    }

    /// Reads it; what is read in one call is one version.
    pub fn read<T>(&self, read: impl FnOnce(&Population) -> T) -> T {
        read(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a child in, in the place of the one with the same reference. The next reader sees it.
    pub fn put(&self, child: &Child) -> Version {
        self.put_writings(std::slice::from_ref(child))
    }

    /// The same for one child in all the ways it may be written, the first of which has its reference.
    pub fn put_writings(&self, writings: &[Child]) -> Version {
        self.0.write().unwrap_or_else(PoisonError::into_inner).put_writings(writings)
    }

    /// Takes a child out. The next reader does not see it.
    pub fn remove(&self, id: &str) -> Version {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id)
    }

    /// Puts another load in its place; readers go on with the old one until it is there.
    pub fn replace(&self, population: Population) {
        let before = {
            let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, population)
        };
        // Freed after the lock, for it takes its time.
        drop(before);
    }
}
