//! The record of a call by which the desk verified a contact.

use encompass_core::id::ContactId;
use jiff::Timestamp;

use crate::audit_log::{Entry, INSTALLATION};
use crate::{Scope, Tx};

impl Tx {
    /// Writes down which number was called and where it was from, sealed with the directory's key.
    pub fn note_verification_call(
        &mut self,
        contact: ContactId,
        called: &str,
        scope: &Scope,
        now: Timestamp,
    ) {
        let place = format!("audit_log.shown_to contact:{contact}");
        let sealed = self.keys().directory().seal(&place, called.as_bytes());
        let actor = scope.actor.clone();
        let mut entry = Entry::new(INSTALLATION, now, actor, "contact.called", format!("contact:{contact}"));
        entry.shown_to = Some(sealed);
        self.audit(entry);
    }
}
