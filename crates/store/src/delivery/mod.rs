//! Deliveries and their attempts: claimed into a lease, sent outside any transaction, recorded under the claim.

mod body;
mod claim;
pub(crate) mod enqueue;
mod expire;
mod follow;
mod record;
mod stop;
#[cfg(test)]
mod tests;

pub use body::{Body, NoBody};
pub use claim::Claimed;
pub use enqueue::{Mail, hash_token, token};
pub use record::{Ended, Recorded};
pub(crate) use stop::stop_idle;
