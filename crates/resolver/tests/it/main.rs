//! The resolver through the real store: each scenario on SQLite and on PostgreSQL.

mod corrections;
mod dues;
mod persons;
mod scenarios;
mod throughput;
mod world;
