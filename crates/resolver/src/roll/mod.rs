//! The registers in memory: everybody on each, found by weights among all of them.
//!
//! One index per register, whatever forces may look in it. It is built when the resolver begins, and follows each new
//! version in place: who is new or differs is put in, who is gone is taken out. No child is decided on before the index
//! has the version that is current, so that replicas agree on what they decide by.

mod follow;
mod held;
mod person;
mod search;
mod sought;

pub(crate) use held::Shares;
pub use held::{Open, Rolls, number_of};
pub use person::as_sought;
pub use search::{Answer, Hit};
pub use sought::sought;
