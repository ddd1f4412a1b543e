//! Dealing with a refused message: put back through our own acceptance, or closed by a named person.

use encompass_core::state::RefusedState;
use jiff::Timestamp;

use super::message::note_place;
use super::read::Opened;
use crate::db::row;
use crate::{Error, Result, Scope, Signal, Tx, audit_log};

impl Tx {
    /// Settles a message that was opened in this transaction, with the person's note, and its tasks with it.
    ///
    /// # Errors
    /// [`Error::Changed`] when it was settled before.
    pub async fn settle_refused(
        &mut self,
        opened: &Opened,
        how: RefusedState,
        scope: &Scope,
        note: &str,
        at: Timestamp,
    ) -> Result<()> {
        let id = opened.listed.id;
        let select = "SELECT wrapped_key FROM refused WHERE id = $1 AND state = 'open'";
        let found = sqlx::query(select).bind(id.bytes().to_vec()).fetch_optional(self.conn()).await?;
        let wrapped = row::bytes(&found.ok_or(Error::Changed)?, "wrapped_key")?;
        let key = self.keys().unwrap(&id.bytes(), Some(&wrapped))?;
        let update =
            "UPDATE refused SET state = $2, settled_at = $3, settled_by = $4, sealed_note = $5 WHERE id = $1";
        sqlx::query(update)
            .bind(id.bytes().to_vec())
            .bind(how.as_str())
            .bind(at.as_microsecond())
            .bind(scope.actor.to_string())
            .bind(key.seal(&note_place(id), note.as_bytes()))
            .execute(self.conn())
            .await?;
        self.settle_refused_tasks(opened, how, scope, at).await?;
        let action = match how {
            RefusedState::PutBack => "message.put_back",
            RefusedState::Closed | RefusedState::Open => "message.closed",
        };
        let subject = format!("refused:{id}");
        self.audit(audit_log::Entry::new(&opened.listed.force, at, scope.actor.clone(), action, subject));
        Ok(())
    }

    /// The dead letter's own task; a security alert stays until somebody has looked into it.
    async fn settle_refused_tasks(
        &mut self,
        opened: &Opened,
        how: RefusedState,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE task SET state = 'settled', settled_at = $2, settled_by = $3, settled_how = $4, \
             next_at = NULL WHERE refused_id = $1 AND kind = 'dead_letter' AND state <> 'settled'";
        sqlx::query(update)
            .bind(opened.listed.id.bytes().to_vec())
            .bind(at.as_microsecond())
            .bind(scope.actor.to_string())
            .bind(how.as_str())
            .execute(self.conn())
            .await?;
        self.wake(Signal::Tasks);
        Ok(())
    }
}
