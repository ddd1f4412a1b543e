//! The servers that tests run against, started for real on loopback: Apache Kafka, PostgreSQL, Postfix,
//! Prometheus, Chromium, a scripted SMTP server, a webhook receiver, and the `encompass` executable itself.
//!
//! Each server is a value: dropping it ends the process and removes its folder. Should the test itself be
//! killed, the kernel ends its servers and the next test run removes the folders. `scripts/setup` installs
//! the programs. Readiness is asked for in the server's own protocol; every wait is bounded.
//!
//! Only tests depend on this crate.

mod availability;
pub mod browser;
pub mod exchange;
mod folder;
pub mod http;
pub mod kafka;
pub mod ports;
pub mod postfix;
pub mod postgres;
mod process;
pub mod project;
pub mod prometheus;
pub mod service;
pub mod smtp;
pub mod tls;
pub mod webhook;

pub use availability::{Missing, left_out, or_left_out};
pub use folder::Folder;
