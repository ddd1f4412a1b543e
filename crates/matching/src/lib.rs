//! Who is this child: the rules by which a child of an incident is found on registers.
//!
//! Pure: what police said, what registers have and what is known of settings are arguments, the answer is a value.
//! The first rules are exact ones. Whatever is not exact is left to a person, with everything that was compared.

pub mod adult;
pub mod alike;
mod compare;
pub mod earned;
mod entry;
mod evidence;
mod facts;
pub mod files;
mod flags;
pub mod key;
mod name;
pub mod normalise;
pub mod officer;
pub mod person;
pub mod population;
mod rule;
pub mod setting;
pub mod spelling;
pub mod weigh;

pub use entry::{Enrolment, Entry, Place, Written};
pub use evidence::{Compared, Evidence, Seen, Standing, Weighed};
pub use facts::Facts;
pub use flags::{Adulthood, Flags};
pub use name::Name;
pub use officer::Officer;
pub use rule::{Case, Registers, Verdict, decide};

/// The version of these rules, kept with every decision.
pub const VERSION: &str = "exact-1";
