//! Deliveries and their attempts: claimed into a lease, sent outside any transaction, recorded under the claim.

mod body;
mod claim;
pub(crate) mod enqueue;
mod expire;
mod record;
mod stop;

pub use body::Body;
pub use claim::Claimed;
pub use enqueue::{Mail, hash_token, token};
pub use record::{Ended, Recorded};
pub(crate) use stop::stop_idle;
