//! The only place that opens an HTTP listener: limits, problems, sessions, health, metrics; the services give it routes.
//!
//! A service builds an [`axum::Router`], says with [`App::pages`] or [`App::api`] what kind of answers it gives, and hands it to a
//! [`listen::Bound`]. What every answer has to keep (security headers, no echo of the request, bounded sizes and waits, no path
//! value in a log or metric) is added there, so that no service can forget it.

pub mod app;
pub mod assets;
pub mod cookie;
pub mod form;
pub mod headers;
pub mod health;
pub mod limit;
pub mod listen;
pub mod metrics;
pub mod page;
pub mod peer;
pub mod problem;
pub mod session;
pub mod trace;

pub use app::{App, Kind, Limits};
pub use listen::{Bound, Error, Listener, TlsFiles};
pub use page::{Html, Page};
pub use peer::{Network, Peer, ProxyTrust};
pub use problem::Problem;
