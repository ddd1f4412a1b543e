//! The one way in: read what arrived, then accept a whole batch in one transaction.

mod arrived;
mod put_back;
mod read;
mod take;

pub use arrived::{Arrived, Sender};
pub use put_back::{PutBack, close, put_back};
pub(crate) use read::default_due;
pub use read::{Item, Said};
pub(crate) use take::is_lost;
pub use take::{Batch, Outcome, take};
