//! Putting a refused message back is intake's work: services never import each other, so the executable hands the
//! way to it in.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use encompass_core::id::RefusedId;
use encompass_store::{Error, Scope};
use jiff::Timestamp;
use zeroize::Zeroizing;

/// A message that a person puts back.
pub struct Sent {
    /// The message.
    pub id: RefusedId,
    /// What replaces its value; `None`: as it was.
    pub mended: Option<Zeroizing<Vec<u8>>>,
    /// Who, and what they may see.
    pub scope: Scope,
    /// Why, in the person's own words.
    pub note: Zeroizing<String>,
    /// Domain time.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned {
    /// It was taken.
    Taken,
    /// It is refused again, and why: our own words, nothing of the message.
    Refused(String),
}

/// The way back into our own acceptance.
pub type PutBack =
    Arc<dyn Fn(Sent) -> Pin<Box<dyn Future<Output = Result<Returned, Error>> + Send>> + Send + Sync>;
