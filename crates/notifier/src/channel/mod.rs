//! Channels: the ways out to a contact.
//!
//! A channel answers with an [`Outcome`], whatever the world did. [`Error`] is kept for faults of our own, which
//! no retry mends and which must not be counted against a contact.

mod outcome;
pub mod smtp;
mod tls;
pub mod webhook;

use std::path::PathBuf;

pub use encompass_core::plan::Class;
pub use outcome::{Code, Enhanced, Outcome};

/// Our own fault: wrong configuration or a message that must not leave. Poison: a retry changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting cannot be used.
    #[error("channel configuration: {0}")]
    Config(&'static str),
    /// A file of certificates cannot be read.
    #[error("channel configuration: certificates in {path} cannot be read")]
    Certificates {
        /// The file as configured.
        path: PathBuf,
        /// What the reader said.
        source: rustls::pki_types::pem::Error,
    },
    /// A header we were about to write holds a line break or another control character.
    #[error("the {0} header would not be one line")]
    Header(&'static str),
}
