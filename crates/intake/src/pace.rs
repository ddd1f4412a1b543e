//! Waiting for what is away: longer each time, bounded, said once.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// A wait that grows while something stays away.
pub struct Pace {
    next: Duration,
}

impl Pace {
    /// The first wait is short.
    pub const fn new() -> Self {
        Self { next: FIRST }
    }

    /// Whether this failure is the first in a row, so that it is logged once.
    pub fn is_first(&self) -> bool {
        self.next == FIRST
    }

    /// What was away is back.
    pub const fn reset(&mut self) {
        self.next = FIRST;
    }

    /// Waits. `false`: it is time to stop instead.
    pub async fn wait(&mut self, shutdown: &CancellationToken) -> bool {
        let wait = self.next;
        self.next = (wait * 2).min(LONGEST);
        tokio::select! {
            () = shutdown.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }
}
