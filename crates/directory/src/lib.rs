//! The directory's files, read: bytes in; typed rows, set-aside rows and a [`report::Report`] out.
//!
//! Settings (the school register, the early-years register), bank holidays, term dates, contacts,
//! teams and registers of children. Pure: the bytes, the limits and the day are arguments, nothing is written.
//!
//! One rule holds for all of them. A file that lacks a required column is refused as a whole; a bad row is set
//! aside under its line number and a [`report::Reason`]; a bad field that a row can do without is left out. None of
//! the three ever repeats what stood in the row, because a report is mailed and logged and a register is not.

pub mod calendar;
pub mod contact;
mod error;
pub mod mapping;
pub mod register;
pub mod report;
pub mod setting;
pub mod shrink;
pub mod team;
pub mod text;
pub mod value;

pub use error::Error;
