//! The consumer: positions from the store, batches of what has arrived, one transaction each.

mod batch;
mod begin;
mod buffer;
mod consumer;
mod context;
mod load;
mod record;

pub use consumer::consume;
