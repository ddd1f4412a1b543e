//! The notifier: from a plan to deliveries, over the channels a contact can be reached by.

pub mod channel;
pub mod message;
