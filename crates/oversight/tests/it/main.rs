//! Staff's pages from outside: every route over a real store, as the right person and as every wrong one.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod access;
mod accounts;
mod browse;
mod collisions;
mod contacts;
mod decisions;
mod evidence;
mod identify;
mod letters;
mod matches;
mod outlook;
mod pages;
mod quality;
mod world;
