//! Intake's tests: on SQLite and PostgreSQL, with a real Kafka broker where one can be had.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod accept;
mod brokerless;
mod feed;
mod http;
mod made_up;
mod outgoing;
mod replicas;
mod secured;
