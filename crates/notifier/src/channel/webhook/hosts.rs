//! How many calls one host gets at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hosts remembered. Those without a call under way are forgotten first.
const HOSTS_MAX: usize = 4096;

/// A limit for each host, so that a slow one delays nobody else and a small one is not overrun.
pub(super) struct Hosts {
    each: usize,
    known: Mutex<HashMap<String, Arc<Semaphore>>>,
    /// Shared by all hosts that no longer fit.
    rest: Arc<Semaphore>,
}

impl Hosts {
    pub(super) fn new(each: usize) -> Hosts {
        Hosts { each, known: Mutex::new(HashMap::new()), rest: Arc::new(Semaphore::new(each)) }
    }

    /// Waits for a place at `host`, which is free again when the permit is dropped.
    pub(super) async fn place(&self, host: &str) -> OwnedSemaphorePermit {
        let semaphore = self.semaphore(host);
        semaphore.acquire_owned().await.expect("the semaphore is never closed")
    }

    fn semaphore(&self, host: &str) -> Arc<Semaphore> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(semaphore) = known.get(host) {
            return Arc::clone(semaphore);
        }
        if known.len() >= HOSTS_MAX {
            // A permit and a waiter each hold the semaphore, so one that only the map holds is unused.
            known.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
        }
        if known.len() >= HOSTS_MAX {
            return Arc::clone(&self.rest);
        }
        let semaphore = Arc::new(Semaphore::new(self.each));
        known.insert(host.to_owned(), Arc::clone(&semaphore));
        semaphore
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_host_is_limited_by_itself() {
        let hosts = Hosts::new(2);
        let held: Vec<_> = (0..2).map(|_| hosts.place("a.example").now_or_never().expect("free")).collect();
        assert!(hosts.place("a.example").now_or_never().is_none());
        assert!(hosts.place("b.example").now_or_never().is_some());
        drop(held);
        assert!(hosts.place("a.example").now_or_never().is_some());
    }

    #[test]
    fn the_map_is_bounded_and_forgets_unused_hosts() {
        let hosts = Hosts::new(1);
        let size = || hosts.known.lock().expect("not poisoned").len();
        let held: Vec<_> = (0..HOSTS_MAX)
            .map(|n| hosts.place(&format!("h{n}.example")).now_or_never().expect("free"))
            .collect();
        let shared = hosts.place("late.example").now_or_never().expect("the shared place is free");
        assert_eq!(size(), HOSTS_MAX);
        assert!(hosts.place("later.example").now_or_never().is_none());
        drop((held, shared));
        assert!(hosts.place("last.example").now_or_never().is_some());
        assert_eq!(size(), 1);
    }
}
