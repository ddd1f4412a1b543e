//! The seam between SQLite and PostgreSQL: connecting, statements over many rows, reading columns.
//!
//! Everything else in this crate is SQL that both understand: `ON CONFLICT`, `RETURNING`, `$1`, common
//! table expressions, BIGINT, TEXT and bytes.

pub mod batch;
mod checkpoint;
mod connect;
pub mod migrate;
pub mod row;
pub mod value;

pub use connect::{Backend, Db, Options};
pub use value::Value;
