//! The only reader of the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Gives domain time (incidents, due times, plans) and machine time (leases, sessions, codes).
///
/// In production both are the machine's clock. The demo and tests step domain time by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    stepped: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock for both.
    pub fn machine_time() -> Self {
        Self::default()
    }

    /// Domain time stands at `start` until it is stepped.
    pub fn stepped(start: Timestamp) -> Self {
        Self { stepped: Some(Arc::new(AtomicI64::new(start.as_microsecond()))) }
    }

    /// Domain time.
    pub fn now(&self) -> Timestamp {
        match &self.stepped {
            None => self.machine(),
            Some(at) => Timestamp::from_microsecond(at.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX),
        }
    }

    /// The machine's own time.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    pub fn machine(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Steps domain time to `to`, never back. Without effect on the machine's clock.
    pub fn step(&self, to: Timestamp) {
        if let Some(at) = &self.stepped {
            at.fetch_max(to.as_microsecond(), Ordering::SeqCst);
        }
    }

    /// Whether domain time is stepped by hand.
    pub const fn is_stepped(&self) -> bool {
        self.stepped.is_some()
    }
}
