//! Who is this child: the rules by which a child of an incident is found on registers.
//!
//! Pure: what police said, what registers have and what is known of settings are arguments, the answer is a value.
//! The rules (`decide`) take exact agreement, and scores as far as decided cases have earned it. Whatever is neither is
//! left to a person, with everything that was compared.
//!
//! A score comes about in these steps, each a module:
//!
//! 1. [`population`] holds the children of registers, compact, and finds candidates by several keys at once;
//! 2. [`alike`] says field by field how a child as typed agrees with a candidate, in levels, and how probable that
//!    level is by chance for this very value;
//! 3. [`weigh`] turns levels into weights (Fellegi & Sunter 1969) with rates that are estimated without labels, and
//!    weighs hypotheses about the household of all children named in one event: this child, a brother or sister who
//!    is on the register, one who is not, a stranger;
//! 4. [`earned`] says from which score a match may be sent without a person;
//! 5. [`files`] does all of it for two files.
//!
//! [`spelling`] has the sound of a name and the distance between two, [`person`] what is known of a child on either
//! side.

mod address;
pub mod adult;
pub mod alike;
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

pub use address::{Address, Homes};
pub use entry::{Enrolment, Entry, Place, Written};
pub use evidence::{Compared, Evidence, Scored, Searched, Seen, Standing, Weighed, points, score_of};
pub use facts::Facts;
pub use flags::{Adulthood, Flags};
pub use name::Name;
pub use officer::Officer;
pub use rule::{Confirmation, Grounds, Registers, Relative, Verdict, decide};

/// The version of these rules, kept with every decision.
pub const VERSION: &str = "weights-2";
