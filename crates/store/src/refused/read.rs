//! Reading refused messages: the list without content, and one message, which is audited.

use encompass_core::event::{Place, RefusalKind};
use encompass_core::id::RefusedId;
use encompass_core::state::RefusedState;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::keep::Origin;
use super::message::{Message, message_place};
use crate::db::{batch, row};
use crate::{Error, Result, Scope, Store, Tx, audit_log};

/// A refused message without its content.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: RefusedId,
    /// The force whose topic or key it came by, or that it may speak for.
    pub force: String,
    /// Why it was refused.
    pub kind: RefusalKind,
    /// Where in its data, as a JSON Pointer of the schema's own names.
    pub pointer: Option<String>,
    /// Where it came from.
    pub origin: Origin,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Until when a person must have dealt with it.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: RefusedState,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// By whom.
    pub settled_by: Option<String>,
}

/// A refused message with its content.
pub struct Opened {
    /// All but its content.
    pub listed: Listed,
    /// The message as it came.
    pub message: Message,
}

impl Store {
    /// The refused messages in scope that stand so, the most urgent first.
    pub async fn refused(&self, scope: &Scope, state: RefusedState, most: i64) -> Result<Vec<Listed>> {
        // A message that nobody could read has no area that it is known to belong to.
        if !scope.sees_area(None) {
            return Ok(Vec::new());
        }
        let select = "SELECT * FROM refused WHERE state = $1 ORDER BY due_at, id LIMIT $2";
        let rows = match scope.forces() {
            None => sqlx::query(select).bind(state.as_str()).bind(most).fetch_all(self.read()).await?,
            Some(forces) => {
                let mut conn = self.read().acquire().await?;
                let values = forces.iter().map(|force| force.clone().into()).collect();
                batch::within(
                    &mut conn,
                    "SELECT * FROM refused WHERE force_id IN",
                    values,
                    "ORDER BY due_at, id",
                )
                .await?
            }
        };
        let listed = rows.iter().map(listed).collect::<Result<Vec<_>>>()?;
        let most = usize::try_from(most).unwrap_or(0);
        Ok(listed.into_iter().filter(|one| one.state == state).take(most).collect())
    }

    /// Opens one message for a person to see, and writes that to the audit log.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not in scope.
    pub async fn view_refused(&self, id: RefusedId, scope: &Scope, at: Timestamp) -> Result<Opened> {
        let mut tx = self.begin().await?;
        let opened = tx.open_refused(id, scope).await?;
        let subject = format!("refused:{id}");
        let entry =
            audit_log::Entry::new(&opened.listed.force, at, scope.actor.clone(), "message.viewed", subject);
        tx.audit(entry);
        tx.commit().await?;
        Ok(opened)
    }
}

impl Tx {
    /// Reads one message, locked until the transaction ends.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not in scope.
    pub async fn open_refused(&mut self, id: RefusedId, scope: &Scope) -> Result<Opened> {
        let for_update = self.backend().for_update();
        let select = "SELECT * FROM refused WHERE id IN";
        let rows = batch::within(self.conn(), select, vec![id.into()], for_update).await?;
        let found = rows.first().ok_or(Error::NotFound)?;
        let listed = listed(found)?;
        if !scope.sees_force(&listed.force) || !scope.sees_area(None) {
            return Err(Error::NotFound);
        }
        let wrapped = row::bytes(found, "wrapped_key")?;
        let key = self.keys().unwrap(&id.bytes(), Some(&wrapped))?;
        let message: Message = key.open_json(&message_place(id), &row::bytes(found, "sealed_message")?)?;
        if is_restricted(&message) && !scope.sees_restricted() {
            return Err(Error::NotFound);
        }
        Ok(Opened { listed, message })
    }
}

/// Whether a message that could not be accepted still says that its case is for named people only. The word
/// alone counts, because what can't be read can't be asked.
fn is_restricted(message: &Message) -> bool {
    const WORD: &[u8] = b"\"restricted\"";
    let payload = message.payload.as_ref().map_or(&[][..], |payload| &payload.0);
    let Ok(event) = serde_json::from_slice::<serde_json::Value>(payload) else {
        return payload.windows(WORD.len()).any(|part| part == WORD);
    };
    encompass_core::incident::is_restricted(event.get("data").unwrap_or(&event))
}

pub(super) fn listed(found: &AnyRow) -> Result<Listed> {
    let kind = row::text(found, "kind")?;
    Ok(Listed {
        id: row::id(found, "id")?,
        force: row::text(found, "force_id")?,
        kind: RefusalKind::from_word(&kind).ok_or_else(|| Error::Corrupt("kind".into()))?,
        pointer: row::opt_text(found, "pointer")?,
        origin: origin(found)?,
        received_at: row::instant(found, "received_at")?,
        due_at: row::instant(found, "due_at")?,
        state: row::word(found, "state")?,
        settled_at: row::opt_instant(found, "settled_at")?,
        settled_by: row::opt_text(found, "settled_by")?,
    })
}

fn origin(found: &AnyRow) -> Result<Origin> {
    let Some(topic) = row::opt_text(found, "topic")? else {
        let source = row::text(found, "source")?;
        return Ok(Origin::Http(source.strip_prefix("http:").unwrap_or_default().to_owned()));
    };
    let partition = i32::try_from(row::int(found, "part")?).map_err(|_| Error::Corrupt("part".into()))?;
    Ok(Origin::Kafka(Place { topic, partition, offset: row::int(found, "message_offset")? }))
}
