//! A message as it reached us, and who sent it.

use std::sync::Arc;

use encompass_core::event::{Inbound, Refusal};
use encompass_store::refused::{Message, Origin};
use jiff::Timestamp;

/// The forces that a topic or a key may speak for; the first is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Arc<[String]>);

impl Sender {
    /// `None` when there is no force in the list.
    pub fn new(forces: &[String]) -> Option<Self> {
        (!forces.is_empty()).then(|| Self(forces.into()))
    }

    /// One force's own system.
    pub fn of(force: &str) -> Self {
        Self(Arc::new([force.to_owned()]))
    }

    /// The force that answers for what can't be read.
    pub fn own(&self) -> &str {
        &self.0[0]
    }

    /// Whether it may speak for `force`.
    pub fn may_speak_for(&self, force: &str) -> bool {
        self.0.iter().any(|own| own == force)
    }
}

/// A message as it reached us.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Where it came from.
    pub origin: Origin,
    /// Who sent it.
    pub sender: Sender,
    /// The event in it.
    pub event: Result<Inbound, Refusal>,
    /// Its bytes.
    pub message: Message,
    /// Keyed hash of its bytes.
    pub fingerprint: [u8; 32],
    /// The broker's time, so that a replay gives the same versions; by HTTP our receipt.
    pub arrived_at: Timestamp,
    /// Our receipt, in domain time.
    pub received_at: Timestamp,
}
