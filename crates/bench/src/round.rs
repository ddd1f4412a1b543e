//! The mails that a round waits for, each known by the Message-ID that its incident makes certain.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// One round's expected mails and when each was first accepted.
#[derive(Debug)]
pub struct Round {
    place_of: HashMap<String, usize>,
    arrived: Mutex<Vec<Option<Instant>>>,
    missing: watch::Sender<usize>,
}

impl Round {
    /// Expects these Message-IDs, angle brackets included, in the order of their incidents.
    pub fn expecting(ids: impl Iterator<Item = String>) -> Round {
        let place_of: HashMap<String, usize> = ids.enumerate().map(|(place, id)| (id, place)).collect();
        let count = place_of.len();
        Round { place_of, arrived: Mutex::new(vec![None; count]), missing: watch::Sender::new(count) }
    }

    /// Notes a mail. A repeat changes nothing, and neither does a mail of another round.
    pub fn arrived(&self, id: &str, at: Instant) {
        let Some(place) = self.place_of.get(id) else { return };
        let first = self.lock()[*place].replace(at);
        match first {
            Some(earlier) => self.lock()[*place] = Some(earlier),
            None => self.missing.send_modify(|missing| *missing -= 1),
        }
    }

    /// Waits until all have arrived; says how many are still missing when the time is over.
    pub async fn complete(&self, within: Duration) -> Result<(), usize> {
        let mut missing = self.missing.subscribe();
        let all = missing.wait_for(|missing| *missing == 0);
        match tokio::time::timeout(within, all).await {
            Ok(_) => Ok(()),
            Err(_) => Err(*self.missing.borrow()),
        }
    }

    /// When each arrived, in the order of the incidents.
    pub fn arrivals(&self) -> Vec<Option<Instant>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Option<Instant>>> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_round_is_complete_when_each_expected_mail_came_and_keeps_the_first_time() {
        let round = Round::expecting(["<a@x>", "<b@x>"].into_iter().map(str::to_owned));
        let (first, later) = (Instant::now(), Instant::now() + Duration::from_secs(1));
        round.arrived("<b@x>", first);
        round.arrived("<b@x>", later);
        round.arrived("<stranger@x>", first);
        assert_eq!(round.complete(Duration::ZERO).await, Err(1));
        round.arrived("<a@x>", later);
        assert_eq!(round.complete(Duration::ZERO).await, Ok(()));
        assert_eq!(round.arrivals(), [Some(later), Some(first)]);
    }
}
