//! Verifying an address: a link and a code in one mail. The code makes a person enter it, because mail scanners
//! follow links; it is tried as often as any other.

use encompass_core::id::ContactId;
use encompass_core::state::DeliveryKind;
use jiff::{SignedDuration, Timestamp};

use super::passcode::{Purpose, draw};
use crate::contact::How;
use crate::delivery::{Body, Mail, hash_token, token};
use crate::{Actor, Error, Result, Tx};

/// How long the link of a verification holds.
pub const VERIFICATION_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Tx {
    /// Mails a contact the link and the code by which it verifies its address. An earlier link ends. `force` is
    /// the one that asks; `machine` and `now` are machine and domain time.
    ///
    /// # Errors
    /// [`Error::Changed`] when the contact was retired; else as the database says.
    pub async fn send_verification(
        &mut self,
        contact: ContactId,
        force: &str,
        machine: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let (token, code) = (token(), draw());
        let hash = hash_of(&token)?;
        let until = machine.saturating_add(VERIFICATION_FOR).unwrap_or(Timestamp::MAX);
        self.begin_verification(contact, &hash, until).await?;
        self.insert_passcode(contact, Purpose::Verification, &hash, &code, machine, until).await?;
        let mail = Mail {
            kind: DeliveryKind::Verification,
            force: force.to_owned(),
            contact: Some(contact),
            task: None,
            body: Body { token: Some(token), code: Some(code), ..Body::default() },
            due_at: now.saturating_add(VERIFICATION_FOR).unwrap_or(Timestamp::MAX),
        };
        self.queue_mails(vec![mail], now).await
    }

    /// Verifies the contact of a link, if the code is right. The try counts once the transaction is committed.
    ///
    /// # Errors
    /// As the database says.
    pub async fn verify_by_link(
        &mut self,
        token: &str,
        code: &str,
        machine: Timestamp,
        now: Timestamp,
    ) -> Result<Option<ContactId>> {
        let hash = hash_of(token)?;
        let Some(passed) = self.try_passcode(&hash, code, machine, now).await? else { return Ok(None) };
        if passed.purpose != Purpose::Verification || !self.holds_verification(passed.contact, &hash).await? {
            return Ok(None);
        }
        self.verify_contact(passed.contact, How::Link, Actor::Contact(passed.contact), now).await?;
        Ok(Some(passed.contact))
    }

    /// Whether this link is the contact's newest.
    async fn holds_verification(&mut self, contact: ContactId, hash: &[u8; 32]) -> Result<bool> {
        let select = "SELECT id FROM contact WHERE id = $1 AND verification_hash = $2 AND state <> 'retired'";
        let query = sqlx::query(select).bind(contact.bytes().to_vec()).bind(hash.to_vec());
        Ok(query.fetch_optional(self.conn()).await?.is_some())
    }
}

/// The hash of a link's token, as contacts keep it.
pub(super) fn hash_of(token: &str) -> Result<[u8; 32]> {
    hash_token(token).try_into().map_err(|_| Error::Sealed)
}
