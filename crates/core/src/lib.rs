//! What things are and what the rules say.
//!
//! Pure: no IO, no clock, no environment. Time, randomness and data are arguments.
//! The words are those of the glossary in `ARCHITECTURE.md`; each module is one noun of it.

pub mod calendar;
pub mod disclosure;
pub mod due;
pub mod event;
pub mod force;
pub mod id;
pub mod incident;
pub mod plan;
pub mod routing;
pub mod state;
