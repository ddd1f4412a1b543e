//! What keeps people safe when a setting is told, and whom police told already.

use jiff::Timestamp;
use jiff::civil::Date;

use serde_json::Value;

use super::record::record;
use super::text::{Key, Prose};
use super::words::OrderKind;

record! {
    /// What keeps people safe. Whatever is wrong in here asks for a person before anything is sent.
    Safety as "safety" {
        /// Whether an address in the incident must not become known.
        stated protected_address: bool,
        /// How, when and on which number the victim can be reached safely.
        stated safe_contact: Prose,
        /// Who must not learn of the notification.
        stated do_not_tell: Prose,
        /// Who may not collect the child.
        stated may_not_collect: Prose,
        /// Orders and notices in force.
        stated orders: Vec<Order>,
        /// Whether the case is for named people only.
        stated restricted: bool,
        /// Whether the setting may speak to the parents about it.
        stated may_speak_to_parents: bool,
        /// Other instructions for handling what is told.
        stated handling: Prose,
    }
}

/// Whether the data of an event says that its case is for named people only. Whatever stands there but `false` counts,
/// also what can't be read: who may open the case comes before what it says.
pub fn is_restricted(data: &Value) -> bool {
    let said = data.pointer("/safety/restricted");
    !matches!(said, None | Some(Value::Null | Value::Bool(false)))
}

record! {
    /// An order or notice in force.
    Order as "order" {
        /// What it is.
        stated kind: OrderKind,
        /// What it forbids or demands.
        stated conditions: Prose,
        /// The last day on which it holds.
        stated until: Date,
    }
}

record! {
    /// Whom else police told.
    Referrals as "referrals" {
        /// Children's services.
        stated childrens_services: Referral,
        /// The multi-agency risk assessment conference.
        stated marac: Referral,
        /// Health.
        stated health: Referral,
    }
}

record! {
    /// One referral.
    Referral as "referral" {
        /// Whether it was made.
        stated made: bool,
        /// When.
        stated at: Timestamp,
        /// The receiver's reference.
        stated reference: Key,
    }
}
