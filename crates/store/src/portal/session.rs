//! Portal sessions: a browser that has proved that its reader has a contact's mail, and who that reader says to be.

use encompass_core::id::ContactId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::db::row;
use crate::{Error, Result, Store, Tx};

/// How long a session lives without being used, by the machine's clock.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How long a session lives at most.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(2);
/// A session's end is written anew no more often than this.
const WRITTEN_EACH: SignedDuration = SignedDuration::from_mins(1);

/// Who is reading, in their own words. Stored sealed only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// Their name.
    pub name: String,
    /// What they are at the setting.
    pub role: String,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader(personal data)")
    }
}

/// A session that has not ended.
#[derive(Clone, Debug)]
pub struct Session {
    /// Hash of its token.
    pub token: [u8; 32],
    /// Whose mail its reader has.
    pub contact: ContactId,
    /// Who is reading, once they have said so.
    pub reader: Option<Reader>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl Session {
    /// When it ends if it is used at `machine` and not again.
    fn end(created_at: Timestamp, machine: Timestamp) -> Timestamp {
        let idle = machine.saturating_add(IDLE).unwrap_or(Timestamp::MAX);
        idle.min(created_at.saturating_add(LONGEST).unwrap_or(Timestamp::MAX))
    }

    /// Whether its use at `machine` should be written down with [`Tx::keep_portal_session`].
    pub fn wants_keeping(&self, machine: Timestamp) -> bool {
        Self::end(self.created_at, machine).duration_since(self.expires_at) >= WRITTEN_EACH
    }
}

impl Tx {
    /// Begins a session of a contact.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin_portal_session(
        &mut self,
        contact: ContactId,
        token: &[u8; 32],
        machine: Timestamp,
    ) -> Result<()> {
        let delete = "DELETE FROM portal_session WHERE expires_at < $1";
        sqlx::query(delete).bind(machine.as_microsecond()).execute(self.conn()).await?;
        let insert = "INSERT INTO portal_session (token_hash, contact_id, created_at, expires_at) \
             VALUES ($1, $2, $3, $4)";
        sqlx::query(insert)
            .bind(token.to_vec())
            .bind(contact.bytes().to_vec())
            .bind(machine.as_microsecond())
            .bind(Session::end(machine, machine).as_microsecond())
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Writes down that a session was used at `machine`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn keep_portal_session(&mut self, session: &Session, machine: Timestamp) -> Result<()> {
        let update = "UPDATE portal_session SET expires_at = $2 WHERE token_hash = $1 AND ended_at IS NULL";
        let query = sqlx::query(update).bind(session.token.to_vec());
        query.bind(Session::end(session.created_at, machine).as_microsecond()).execute(self.conn()).await?;
        Ok(())
    }

    /// Keeps who is reading.
    ///
    /// # Errors
    /// [`Error::Changed`] when the session has ended; else as the database says.
    pub async fn name_reader(&mut self, session: &Session, reader: &Reader) -> Result<()> {
        let sealed = self.keys().directory().seal_json(&place(&session.token), reader);
        let update =
            "UPDATE portal_session SET sealed_reader = $2 WHERE token_hash = $1 AND ended_at IS NULL";
        let query = sqlx::query(update).bind(session.token.to_vec()).bind(sealed);
        let done = query.execute(self.conn()).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Changed) }
    }

    /// Ends a session, and forgets who was reading.
    ///
    /// # Errors
    /// As the database says.
    pub async fn end_portal_session(&mut self, session: &Session, machine: Timestamp) -> Result<()> {
        let update = "UPDATE portal_session SET ended_at = $2, sealed_reader = NULL WHERE token_hash = $1";
        let query = sqlx::query(update).bind(session.token.to_vec()).bind(machine.as_microsecond());
        query.execute(self.conn()).await?;
        Ok(())
    }
}

impl Store {
    /// The session of a token, unless it has ended or its contact is not verified any more.
    ///
    /// # Errors
    /// As the database says.
    pub async fn portal_session(&self, token: &[u8; 32], machine: Timestamp) -> Result<Option<Session>> {
        let select = "SELECT portal_session.* FROM portal_session JOIN contact ON contact.id = contact_id \
             WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2 AND contact.state = 'verified'";
        let query = sqlx::query(select).bind(token.to_vec()).bind(machine.as_microsecond());
        let Some(found) = query.fetch_optional(self.read()).await? else { return Ok(None) };
        let sealed = row::opt_bytes(&found, "sealed_reader")?;
        let reader =
            sealed.map(|sealed| self.keys().directory().open_json(&place(token), &sealed)).transpose()?;
        Ok(Some(Session {
            token: *token,
            contact: row::id(&found, "contact_id")?,
            reader,
            created_at: row::instant(&found, "created_at")?,
            expires_at: row::instant(&found, "expires_at")?,
        }))
    }
}

/// Where the reader of a session is sealed.
fn place(token: &[u8; 32]) -> String {
    use std::fmt::Write;
    token.iter().fold("portal_session.reader ".to_owned(), |mut place, byte| {
        write!(place, "{byte:02x}").expect("writing to a string can't fail");
        place
    })
}
