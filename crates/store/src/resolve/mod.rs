//! What deciding takes and what it leaves: the resolver's queue, the settings and contacts that it looks at, targets
//! with their due times and plans, and decisions by a person. Services never import each other, so what resolver and
//! desk have in common is here.

mod accepted;
mod again;
mod aged;
mod ask;
mod chosen;
mod contact;
mod coverage;
mod due;
mod lead;
mod named;
mod open;
mod person;
mod queue;
mod reconsider;
mod restricted;
mod shown;
mod target;
mod tell;
mod who;

pub use again::Kept;
pub use ask::{Ask, Registered};
pub use contact::{Contacts, Reach};
pub use coverage::Coverage;
pub use due::{OpenDue, Redue, known};
pub use lead::Lead;
pub use named::{NamedSetting, Naming};
pub use person::{Besides, ByPerson, Choice, IsConnected, Outcome, Recipient, Shown};
pub use queue::{Batch, Case, Work};
pub use reconsider::Versions;
pub use target::{Rules, Site, besides, due_of, provisional_due};
pub use tell::Outlook;
pub use who::{Said, Ticked, Who};
