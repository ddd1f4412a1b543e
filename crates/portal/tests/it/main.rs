//! The portal from outside: its routes over a real store, with a made-up incident that was accepted and decided.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod access;
mod browser;
mod codes;
mod links;
mod made_up;
mod meanwhile;
mod notices;
mod pages;
mod place;
mod pull;
mod verification;
mod wrong_hands;
