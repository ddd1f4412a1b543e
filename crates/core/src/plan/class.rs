//! What kind of failure an attempt ended in, and what follows from it.

use serde::{Deserialize, Serialize};

use crate::state::{UnknownWord, words};

words! {
    /// The class of a failed attempt: a word for the record and the metrics, never the server's own text.
    Class {
        /// Greylisted, or too busy just now.
        Busy = "busy",
        /// We sent too much in too short a time.
        RateLimited = "rate_limited",
        /// The mailbox is full.
        MailboxFull = "mailbox_full",
        /// No such mailbox or domain.
        BadAddress = "bad_address",
        /// The endpoint is gone for good (HTTP 410).
        Gone = "gone",
        /// The other side's policy refused us: spam rules, a block list.
        Policy = "policy",
        /// No TLS with a valid certificate was to be had; nothing was sent in clear.
        TlsRequired = "tls_required",
        /// Our own sign-in at the relay or provider was refused.
        Auth = "auth",
        /// No connection: name service, routing, refused.
        Network = "network",
        /// No answer in time.
        Timeout = "timeout",
        /// The other side failed inside.
        ServerError = "server_error",
        /// None of these.
        Unknown = "unknown",
    }
}

/// Who can mend a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Time.
    Wait,
    /// A better contact: a task asks for one.
    Contact,
    /// Our own operator: an alert says so.
    Operator,
}

impl Class {
    /// Who can mend it.
    #[must_use]
    pub const fn remedy(self) -> Remedy {
        match self {
            Self::Busy
            | Self::RateLimited
            | Self::Network
            | Self::Timeout
            | Self::ServerError
            | Self::Unknown => Remedy::Wait,
            Self::MailboxFull | Self::BadAddress | Self::Gone | Self::TlsRequired => Remedy::Contact,
            Self::Policy | Self::Auth => Remedy::Operator,
        }
    }

    /// Whether the same address is worth another attempt. What people can mend without us is tried on meanwhile.
    #[must_use]
    pub const fn is_worth_retrying(self) -> bool {
        !matches!(self, Self::BadAddress | Self::Gone)
    }
}
