//! The sealed part of a contact.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encompass_core::state::Channel;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::seal;

/// Who a contact is and how to reach it. Stored sealed only, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name; `None` for a mailbox or system.
    pub name: Option<String>,
    /// Address in its channel.
    pub address: String,
    /// For calls by the desk.
    pub telephone: Option<String>,
    /// What a webhook is signed with.
    pub secret: Option<String>,
}

impl Person {
    /// The same, with a secret drawn for a webhook that has none, in the form of Standard Webhooks 1.0.
    pub(super) fn with_secret(mut self, channel: Channel) -> Self {
        if channel == Channel::Webhook && self.secret.is_none() {
            let drawn: Zeroizing<[u8; 32]> = Zeroizing::new(seal::random());
            self.secret = Some(format!("whsec_{}", STANDARD.encode(*drawn)));
        }
        self
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.address.zeroize();
        [&mut self.name, &mut self.telephone, &mut self.secret].into_iter().for_each(Zeroize::zeroize);
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(personal data)")
    }
}
