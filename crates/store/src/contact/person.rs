//! The sealed part of a contact.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

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
