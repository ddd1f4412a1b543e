//! Bank holidays and term dates.

pub mod bank_holiday;
mod content_line;
mod ics;
mod json;
mod reading;
pub mod term;

pub use encompass_core::calendar::{DayKind, DayRow};
