//! What a person at the desk does with a task: takes it, gives it back, settles it. Two people at once do not
//! collide: the second is told that it changed.

use encompass_core::id::{ChildId, IncidentId, RefusedId, TaskId};
use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use crate::audit_log::Entry;
use crate::db::row;
use crate::seal::SealingKey;
use crate::{Error, Result, Scope, Signal, Store, Tx};

/// A claim stands for half the time left to the due time, and for no longer than this. Then the task alerts again, and
/// the watchdog counts it as unasked for until it is settled or given back.
const CLAIM_FOR: SignedDuration = SignedDuration::from_hours(1);

impl Tx {
    /// A person takes a task that nobody has taken. The caller has read it in the person's scope. Nothing is decided of a
    /// held child by what a register says while it is in hand.
    ///
    /// # Errors
    /// [`Error::Changed`] when somebody has, or when it is settled.
    pub async fn claim_task(&mut self, id: TaskId, scope: &Scope, at: Timestamp) -> Result<()> {
        let child = self.lock_held_child(id).await?;
        let update = "UPDATE task SET state = 'claimed', claimed_at = $2, claimed_by = $3, alerts = 0, \
             next_at = $2 + CASE WHEN due_at <= $2 OR (due_at - $2) / 2 > $4 THEN $4 ELSE (due_at - $2) / 2 END \
             WHERE id = $1 AND state = 'open' RETURNING force_id, incident_id, kind";
        let longest = i64::try_from(CLAIM_FOR.as_micros()).unwrap_or(i64::MAX);
        let query = sqlx::query(update).bind(id.bytes().to_vec()).bind(at.as_microsecond());
        let query = query.bind(scope.actor.to_string()).bind(longest);
        let found = query.fetch_optional(self.conn()).await?;
        self.task_changed(id, &found.ok_or(Error::Changed)?, "task.claimed", "", scope, at)?;
        match child {
            Some(child) => self.leave_in_hand(child, at).await,
            None => Ok(()),
        }
    }

    /// A person gives back a task that the same person took; alerts begin anew, and a held child is looked at again.
    ///
    /// # Errors
    /// [`Error::Changed`] when it is not that person's, or is settled.
    pub async fn release_task(&mut self, id: TaskId, scope: &Scope, at: Timestamp) -> Result<()> {
        let child = self.lock_held_child(id).await?;
        let update = "UPDATE task SET state = 'open', claimed_at = NULL, claimed_by = NULL, alerts = 0, \
             next_at = $2 \
             WHERE id = $1 AND state = 'claimed' AND claimed_by = $3 RETURNING force_id, incident_id, kind";
        let query = sqlx::query(update).bind(id.bytes().to_vec()).bind(at.as_microsecond());
        let found = query.bind(scope.actor.to_string()).fetch_optional(self.conn()).await?;
        self.task_changed(id, &found.ok_or(Error::Changed)?, "task.released", "", scope, at)?;
        match child {
            Some(child) => self.reconsider_released(child, at).await,
            None => Ok(()),
        }
    }

    /// The child of a hold task, locked before the task: in the order of whoever decides on the child, and settles the task.
    async fn lock_held_child(&mut self, task: TaskId) -> Result<Option<ChildId>> {
        let select = "SELECT child_id FROM task WHERE id = $1 AND kind = 'hold' AND child_id IS NOT NULL";
        let found = sqlx::query(select).bind(task.bytes().to_vec()).fetch_optional(self.conn()).await?;
        let child = found.map(|found| row::id(&found, "child_id")).transpose()?;
        self.children(child.as_slice()).await?;
        Ok(child)
    }

    /// A person settles a task, with how (a word of ours) and a note, which is sealed.
    ///
    /// # Errors
    /// [`Error::Changed`] when it is settled, or was taken by somebody else.
    pub async fn settle_task(
        &mut self,
        id: TaskId,
        how: &'static str,
        note: &str,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<()> {
        let key = self.note_key_of(id).await?;
        let sealed = (!note.is_empty()).then(|| key.seal(&note_place(id), note.as_bytes()));
        let update = "UPDATE task SET state = 'settled', settled_at = $2, settled_by = $3, settled_how = $4, \
             sealed_note = $5, next_at = NULL WHERE id = $1 AND state <> 'settled' \
             AND (claimed_by IS NULL OR claimed_by = $3) RETURNING force_id, incident_id, kind";
        let found = sqlx::query(update)
            .bind(id.bytes().to_vec())
            .bind(at.as_microsecond())
            .bind(scope.actor.to_string())
            .bind(how)
            .bind(sealed)
            .fetch_optional(self.conn())
            .await?;
        self.task_changed(id, &found.ok_or(Error::Changed)?, "task.settled", how, scope, at)
    }

    /// Adds to the log that a call was tried, without settling the task.
    ///
    /// # Errors
    /// [`Error::Changed`] when it is settled.
    pub async fn note_call(
        &mut self,
        id: TaskId,
        what: &'static str,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<()> {
        let select = "SELECT force_id, incident_id, kind FROM task WHERE id = $1 AND state <> 'settled'";
        let found = sqlx::query(select).bind(id.bytes().to_vec()).fetch_optional(self.conn()).await?;
        self.task_changed(id, &found.ok_or(Error::Changed)?, "call.tried", what, scope, at)
    }

    fn task_changed(
        &mut self,
        id: TaskId,
        found: &AnyRow,
        action: &'static str,
        how: &str,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<()> {
        let force = row::text(found, "force_id")?;
        let kind = row::text(found, "kind")?;
        let mut entry = Entry::new(&force, at, scope.actor.clone(), action, format!("task:{id}"));
        entry.incident = row::opt_id(found, "incident_id")?;
        self.audit(entry.because(format!("{kind} {how}").trim_end()));
        self.wake(Signal::Tasks);
        Ok(())
    }

    async fn note_key_of(&mut self, id: TaskId) -> Result<SealingKey> {
        let select = "SELECT task.incident_id AS incident_id, task.refused_id AS refused_id, \
             incident.wrapped_key AS incident_key, refused.wrapped_key AS refused_key FROM task \
             LEFT JOIN incident ON incident.id = task.incident_id LEFT JOIN refused ON refused.id = task.refused_id \
             WHERE task.id = $1";
        let found = sqlx::query(select).bind(id.bytes().to_vec()).fetch_optional(self.conn()).await?;
        key_of(self.keys(), &found.ok_or(Error::NotFound)?)
    }
}

/// The key of a task's case: of its incident, else of its refused message, else of the directory.
fn key_of(keys: &crate::seal::Keys, found: &AnyRow) -> Result<SealingKey> {
    if let Some(incident) = row::opt_id::<encompass_core::id::of::Incident>(found, "incident_id")? {
        return keys.unwrap(&incident.bytes(), row::opt_bytes(found, "incident_key")?.as_deref());
    }
    if let Some(refused) = row::opt_id::<encompass_core::id::of::Refused>(found, "refused_id")? {
        return keys.unwrap(&refused.bytes(), row::opt_bytes(found, "refused_key")?.as_deref());
    }
    Ok(keys.directory().clone())
}

/// The same, for reading.
pub(crate) async fn note_key(
    store: &Store,
    incident: Option<IncidentId>,
    refused: Option<RefusedId>,
) -> Result<SealingKey> {
    let wrapped = async |select: &'static str, id: Vec<u8>| -> Result<Option<Vec<u8>>> {
        let found = sqlx::query(select).bind(id).fetch_optional(store.read()).await?;
        found.map_or(Ok(None), |found| row::opt_bytes(&found, "wrapped_key"))
    };
    if let Some(id) = incident {
        let key = wrapped("SELECT wrapped_key FROM incident WHERE id = $1", id.bytes().to_vec()).await?;
        return store.keys().unwrap(&id.bytes(), key.as_deref());
    }
    if let Some(id) = refused {
        let key = wrapped("SELECT wrapped_key FROM refused WHERE id = $1", id.bytes().to_vec()).await?;
        return store.keys().unwrap(&id.bytes(), key.as_deref());
    }
    Ok(store.keys().directory().clone())
}

/// Where a task's note is sealed.
pub(crate) fn note_place(id: TaskId) -> String {
    format!("task.note {id}")
}
