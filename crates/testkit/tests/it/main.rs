//! Each server is started, used and stopped once for real.

mod browser;
mod kafka;
mod mail;
mod postfix;
mod postgres;
mod prometheus;
mod service;
mod smtp;
mod webhook;
