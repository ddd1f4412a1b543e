//! Verifying a contact: by link and code, or by a call that the desk recorded.

use encompass_core::id::ContactId;
use jiff::Timestamp;

use crate::audit_log::{Entry, INSTALLATION};
use crate::scope::Actor;
use crate::{Error, Result, Tx};

/// How a contact was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It followed the link that was sent to its address, and entered the code.
    Link,
    /// The desk spoke to it on a number known otherwise, and recorded that.
    Call,
}

impl How {
    /// The word in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Call => "call",
        }
    }
}

impl Tx {
    /// Keeps the hash of the token that a contact is sent; it holds until `until`, machine time. An earlier link
    /// of the contact ends.
    ///
    /// # Errors
    /// [`Error::Changed`] when the contact was retired; else as the database says.
    pub async fn begin_verification(
        &mut self,
        contact: ContactId,
        token_hash: &[u8; 32],
        until: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE contact SET verification_hash = $2, verification_until = $3 \
             WHERE id = $1 AND state <> 'retired'";
        let query = sqlx::query(update).bind(contact.bytes().to_vec()).bind(token_hash.to_vec());
        let done = query.bind(until.as_microsecond()).execute(self.conn()).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Changed) }
    }

    /// Marks a contact as verified; also one that was bad, since whoever entered the code has its mail.
    ///
    /// # Errors
    /// [`Error::Changed`] when the contact was retired; else as the database says.
    pub async fn verify_contact(
        &mut self,
        contact: ContactId,
        how: How,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE contact SET state = 'verified', verified_at = $2, verified_how = $3, \
             verification_hash = NULL, verification_until = NULL, changed_at = $2 WHERE id = $1 AND state <> 'retired'";
        let query = sqlx::query(update).bind(contact.bytes().to_vec()).bind(now.as_microsecond());
        let done = query.bind(how.as_str()).execute(self.conn()).await?;
        if done.rows_affected() != 1 {
            return Err(Error::Changed);
        }
        let entry = Entry::new(INSTALLATION, now, by, "contact.verified", format!("contact:{contact}"));
        self.audit(entry.because(how.as_str()));
        Ok(())
    }
}
