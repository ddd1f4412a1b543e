//! Which link of the chain a late telling is put down to.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Timeliness;
use crate::state::{UnknownWord, words};

words! {
    /// Where the time went. Every miss has exactly one cause: the first link that left too little time for the rest.
    Cause {
        /// It reached us after the due time, or too shortly before it.
        LateFromPolice = "late_from_police",
        /// What the force sent was refused and had to be mended first.
        Refused = "refused",
        /// The child's setting was not found, or too late.
        NoMatch = "no_match",
        /// A person's decision was waited for because sending was unsafe.
        Held = "held",
        /// The setting had no verified contact whose address works.
        BadContact = "bad_contact",
        /// There was a good contact, but no relay or endpoint took it in time.
        Delivery = "delivery",
        /// It was sent in time, and nobody opened or answered it.
        NoAcknowledgement = "no_acknowledgement",
    }
}

/// When each link of the chain was in place for one child; `None` where it never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// When the setting must have been told.
    pub due: Timestamp,
    /// When the force's message first reached us, refused or not.
    pub received_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When the setting was decided.
    pub resolved_at: Option<Timestamp>,
    /// When it was free to be sent: the same as `resolved_at` where nothing held it.
    pub released_at: Option<Timestamp>,
    /// When the setting had a verified contact whose address works, if it does.
    pub contact_at: Option<Timestamp>,
    /// When a relay or an endpoint first took it.
    pub sent_at: Option<Timestamp>,
    /// When the setting was told.
    pub told_at: Option<Timestamp>,
}

/// The cause of a miss, or `None` while there is none: told in time, or still time at `now`.
///
/// A link that was in place less than `margin` before the due time left too little for the rest.
#[must_use]
pub fn attribute_miss(chain: &Chain, margin: SignedDuration, now: Timestamp) -> Option<Cause> {
    if Timeliness::of(chain.due, chain.told_at, now) != Timeliness::Late {
        return None;
    }
    let last = chain.due.checked_sub(margin).unwrap_or(Timestamp::MIN);
    let links = [
        (Some(chain.received_at), Cause::LateFromPolice),
        (chain.accepted_at, Cause::Refused),
        (chain.resolved_at, Cause::NoMatch),
        (chain.released_at, Cause::Held),
        (chain.contact_at, Cause::BadContact),
        (chain.sent_at, Cause::Delivery),
    ];
    let broken = links.into_iter().find(|(at, _)| at.is_none_or(|at| at > last));
    Some(broken.map_or(Cause::NoAcknowledgement, |(_, cause)| cause))
}
