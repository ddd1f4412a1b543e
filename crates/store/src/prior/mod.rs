//! What became of children and notifications before this store knows: it was restored from an older copy, and the
//! lifecycle topic, which has gone on, tells of them. What was told is taken as told, so that nobody is notified again; what
//! was closed, by a person or because the child was not there, is closed again.
//!
//! Their ids are derived from that of their incident, and the topic tells that one too, so that they are recognised when
//! the same incidents are accepted and resolved anew.

mod end;
mod note;
mod recover;

pub use note::{Step, Told};
