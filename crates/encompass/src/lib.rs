//! The executable's own parts: configuration, telemetry, roles and their wiring, commands for people, the demo.
//!
//! The same builder serves production, the demo and the end-to-end tests.

mod arguments;
mod command;
pub mod config;
pub mod demo;
pub mod directory;
pub mod history;
mod learning;
pub mod role;
pub mod telemetry;
mod trial;

pub use arguments::{Arguments, run};
