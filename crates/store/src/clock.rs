//! The only reader of the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Gives domain time (incidents, due times, plans) and machine time (leases, sessions, codes).
///
/// In production both are the machine's clock. The demo and tests step domain time by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    stepped: Option<Arc<Stepped>>,
}

/// Domain time that was taken into hand.
#[derive(Debug)]
struct Stepped {
    at: AtomicI64,
    /// Once it runs on by itself: what is added to the machine's time, in microseconds.
    ahead: AtomicI64,
}

/// No offset: domain time stands.
const STANDS: i64 = i64::MIN;

impl Clock {
    /// The machine's clock for both.
    pub fn machine_time() -> Self {
        Self::default()
    }

    /// Domain time stands at `start` until it is stepped.
    pub fn stepped(start: Timestamp) -> Self {
        let at = AtomicI64::new(start.as_microsecond());
        Self { stepped: Some(Arc::new(Stepped { at, ahead: AtomicI64::new(STANDS) })) }
    }

    /// Domain time.
    pub fn now(&self) -> Timestamp {
        let Some(stepped) = &self.stepped else { return self.machine() };
        let us = match stepped.ahead.load(Ordering::SeqCst) {
            STANDS => stepped.at.load(Ordering::SeqCst),
            ahead => self.machine().as_microsecond().saturating_add(ahead),
        };
        Timestamp::from_microsecond(us).unwrap_or(Timestamp::MAX)
    }

    /// The machine's own time.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    pub fn machine(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Steps domain time to `to`, never back. Without effect on the machine's clock.
    pub fn step(&self, to: Timestamp) {
        if let Some(stepped) = &self.stepped {
            stepped.at.fetch_max(to.as_microsecond(), Ordering::SeqCst);
        }
    }

    /// Lets stepped domain time run on by itself at normal speed.
    pub fn run_on(&self) {
        if let Some(stepped) = &self.stepped {
            let ahead = stepped.at.load(Ordering::SeqCst) - self.machine().as_microsecond();
            stepped.ahead.store(ahead, Ordering::SeqCst);
        }
    }

    /// Whether domain time is not the machine's.
    pub const fn is_stepped(&self) -> bool {
        self.stepped.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stepped_time_stands_steps_forward_only_and_runs_on() {
        let start: Timestamp = "2026-07-03T22:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-07-06T07:40:00Z".parse().unwrap();
        let clock = Clock::stepped(start);
        assert_eq!(clock.now(), start);
        clock.step(later);
        clock.step(start);
        assert_eq!(clock.now(), later);
        clock.run_on();
        assert!(clock.now() >= later);
    }
}
