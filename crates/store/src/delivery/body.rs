//! What a delivery must remember to be sent: sealed with the case's key, or the directory's where there is no case.

use encompass_core::id::DeliveryId;
use serde::{Deserialize, Serialize};

/// The parts that a template is filled with. Only what the delivery's kind needs is there.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Body {
    /// The link's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The address, where there is no contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The kind of task that an alert is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_kind: Option<String>,
    /// Whether it tells the authority's officer that a child of the area waits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_for_officer: bool,
    /// Whether an alert goes to the second address, or repeats.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_second: bool,
}

/// Why a delivery has no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBody {
    /// Its case was erased.
    Erased,
    /// It can't be opened: it is damaged, or was sealed under another key.
    Unreadable,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Body(sealed)")
    }
}

/// Where a delivery's body is sealed.
pub(crate) fn place(id: DeliveryId) -> String {
    format!("delivery.body {id}")
}
