//! A made-up county: its settings, families and registers, and a fortnight of incidents, all from a seed.
//!
//! The demonstration, the tests and the benchmark use it. Pure: a seed and dates go in, values and the bytes of import
//! files come out; the same seed gives the same bytes on every machine. Nobody in it exists.

mod behaviour;
mod calendar;
mod county;
pub mod files;
mod fortnight;
mod history;
mod names;
mod people;
mod personal;
mod places;
mod random;
mod setting;
mod workload;

pub use behaviour::{Answer, Asked, Habit, Lead, Reply, Settled, Settlement, desk};
pub use calendar::{Closure, Owner, TermDates};
pub use county::{County, Size};
pub use fortnight::{
    Case, Extent, Fate, Fortnight, Incident, Must, Payload, Published, Record, fortnight, incidents,
};
pub use history::{DECIDED_ON, Decided, history};
pub use people::{Adult, Child, Entry, Household, Source, Standing};
pub use personal::{Search, personal_strings};
pub use places::{AUTHORITIES, Address, Authority, FORCE, NEIGHBOUR};
pub use random::Random;
pub use setting::{Contact, Dates, Identifier, Kind, Mailbox, Role, Setting};
pub use workload::{EVENT_BYTES, Workload};
