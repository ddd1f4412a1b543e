//! Desk, quality, leaders' and operators' pages.
//!
//! Staff sign in; what each may open stands in one table ([`route::TABLE`]) from which the router is built and
//! which a test walks as every wrong person. What is outside a person's forces and areas is not found. Each view
//! of a child's data and each decision is written to the audit log before it is shown or done.

mod case;
mod config;
mod desk;
mod failure;
mod figures;
mod frame;
mod list;
mod matching;
mod metrics;
mod put_back;
mod quality;
pub mod route;
mod sent;
mod service;
mod sign_in;
mod staff;
mod state;
mod words;

pub use config::{Config, Sampling, SignIn};
pub use failure::Error;
pub use figures::suppress;
pub use metrics::Metrics;
pub use put_back::{PutBack, Returned, Sent as Return};
pub use quality::{Criteria, Criterion, draw_sample, run, step};
pub use route::routes;
pub use state::{Parts, State};
