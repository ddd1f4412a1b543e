//! The county in the forms in which directories and registers are really published.

mod bank_holidays;
mod early_years;
mod gias;
mod table;
mod terms;

pub use bank_holidays::bank_holidays;
pub use early_years::early_years;
pub use gias::gias;
pub use terms::{term_calendar, term_json};
