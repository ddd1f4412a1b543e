//! Refused messages: stored sealed in the commit that lets the position move, until a person has dealt with them.

mod keep;
mod message;
mod mirror;
mod read;
mod settle;

pub use keep::{New, Origin};
pub use message::{Bytes, Message};
pub use mirror::Unmirrored;
pub use read::{Listed, Opened};
