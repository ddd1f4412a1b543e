//! What deciding takes and what it leaves: the resolver's queue, the settings and contacts that it looks at, targets
//! with their due times and plans, and decisions by a person. Services never import each other, so what resolver and
//! desk have in common is here.

mod accepted;
mod again;
mod aged;
mod contact;
mod due;
mod lead;
mod named;
mod open;
mod person;
mod queue;
mod reconsider;
mod restricted;
mod target;
mod who;

pub use again::Kept;
pub use contact::{Contacts, Reach};
pub use due::{OpenDue, Redue, known};
pub use lead::Lead;
pub use named::{NamedSetting, Naming};
pub use person::{ByPerson, Choice, Outcome, Recipient, Shown};
pub use queue::{Batch, Case, Work};
pub use target::{Rules, Site, due_of, provisional_due};
pub use who::{Said, Who};
