//! From now to the due time: who is sent to when, how often it is tried again, and when a person is asked.
//!
//! Everything is worked out backwards from the due time. A send is never put off; only waits between attempts and
//! between people are set here. Times that lie in the past mean "at once".

mod check;
mod class;
mod draw;
mod escalate;
mod retry;
mod rules;

pub use class::{Class, Remedy};
pub use draw::{Plan, Rung, call_task_at};
pub use escalate::{Address, Escalation, escalations, reminders};
pub use retry::{Attempted, GiveUp, Next, next_attempt_at};
pub use rules::{Call, Contacts, Escalate, HoldLeads, Retry, Rules};

#[cfg(test)]
mod tests;
