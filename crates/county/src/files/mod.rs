//! The county in the forms in which directories and registers are really published.

mod bank_holidays;
mod contacts;
mod early_years;
mod gias;
mod history;
mod register;
mod table;
mod terms;

pub use bank_holidays::bank_holidays;
pub(crate) use contacts::one_contact;
pub use contacts::{contacts, teams};
pub use early_years::early_years;
pub use gias::gias;
pub(crate) use gias::one_school;
pub use history::{decided_incidents, decisions};
pub use register::register;
pub(crate) use register::{Roll, one_register};
pub use terms::{term_calendar, term_json};
