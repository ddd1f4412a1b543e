//! The resolver through the real store: each scenario on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test ends where its own preparation fails")]

mod begin;
mod by_table;
mod changed;
mod corrections;
mod dues;
mod ends;
mod learning;
mod namesakes;
mod persons;
mod reconsidered;
mod restricted;
mod routes;
mod scenarios;
mod throughput;
mod world;
