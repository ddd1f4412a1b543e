//! What settings see and answer.
//!
//! A link in a mail opens a page that changes nothing by being fetched, because mail scanners follow links. A button
//! there sends a code to the contact; the code opens a session, the session asks who is reading, and only then is a
//! child's name shown, with the question whether the child is there. Whatever is shown is written to the audit log
//! before it leaves.

mod acknowledge;
mod answer;
mod code;
mod config;
mod content;
mod fault;
mod link;
mod list;
mod metrics;
mod notice;
mod part;
mod pull;
mod reader;
mod routes;
mod session;
mod sign_in;
mod state;
mod verify;

pub use config::Config;
pub use metrics::Metrics;
pub use routes::{API, PAGES, Route, api, routes};
pub use state::{Clocks, State};
