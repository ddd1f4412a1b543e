//! Deliveries and their attempts: claimed into a lease, sent outside any transaction, recorded under the claim.

pub(crate) mod body;
mod claim;
pub(crate) mod enqueue;
mod expire;
mod record;
mod stop;

pub use claim::Claimed;
pub use enqueue::Mail;
pub use record::{Ended, Recorded};
pub(crate) use stop::stop_idle;
