//! Matching two files, without a store.

mod column;
mod decisions;
mod error;
mod incidents;
mod register;
mod run;

pub use decisions::decisions;
pub use error::{BadRow, Error, Faults};
pub use incidents::{Incident, incidents};
pub use register::register;
pub use run::{Report, events, explained, run};
