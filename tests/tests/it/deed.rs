//! What people do about single notifications, and what must then be the matter with the child.

use std::collections::BTreeMap;

use encompass_core::id::NotificationId;
use encompass_core::state::{ChildState, NotificationState};

/// The last thing that somebody did about a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    Open,
    Acknowledge,
    NotHere,
    Close,
}

/// State and word of the child, and state of its notification.
pub const fn expected(deed: Option<Deed>) -> (ChildState, Option<&'static str>, NotificationState) {
    match deed {
        None => (ChildState::Notified, None, NotificationState::Sent),
        Some(Deed::Open) => (ChildState::Notified, None, NotificationState::Opened),
        Some(Deed::Acknowledge) => (ChildState::Notified, None, NotificationState::Acknowledged),
        Some(Deed::NotHere) => (ChildState::Held, Some("not_here"), NotificationState::Closed),
        Some(Deed::Close) => (ChildState::Closed, Some("unsafe"), NotificationState::Closed),
    }
}

/// The events that tell of a deed at the portal, in their order.
pub const fn told_of(deed: Option<Deed>) -> &'static [&'static str] {
    match deed {
        None => &[],
        Some(Deed::Open) => &["notification opened"],
        Some(Deed::Acknowledge) => &["notification opened", "notification acknowledged"],
        Some(Deed::NotHere) => &["child held", "notification closed"],
        Some(Deed::Close) => &["notification closed", "child closed"],
    }
}

/// All that people did.
#[derive(Debug, Default)]
pub struct Acted {
    /// What stands at the end about each notification that somebody did anything about.
    pub deeds: BTreeMap<NotificationId, Deed>,
    /// How often a code was asked for, the times included at which nobody knows whether it was heard.
    pub codes: usize,
}
