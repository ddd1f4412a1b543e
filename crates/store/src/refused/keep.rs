//! Setting a message aside.

use encompass_core::event::{Body, Outgoing, Place, Refusal, RefusalKind, Refused};
use encompass_core::id::RefusedId;
use encompass_core::state::{RefusedState, TaskKind};
use jiff::Timestamp;

use super::message::{Message, message_place};
use crate::db::{Value, batch};
use crate::{Actor, Result, Tx, audit_log, task};

/// Where a message came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A broker.
    Kafka(Place),
    /// A force's own system, by its key's label.
    Http(String),
}

impl Origin {
    /// The word that is stored and counted: where it came by.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Kafka(_) => "kafka",
            Self::Http(_) => "http",
        }
    }

    /// In one line: the place in a topic, or the system.
    pub fn in_words(&self) -> String {
        match self {
            Self::Kafka(place) => format!("kafka:{}/{}/{}", place.topic, place.partition, place.offset),
            Self::Http(label) => format!("http:{label}"),
        }
    }

    const fn place(&self) -> Option<&Place> {
        match self {
            Self::Kafka(place) => Some(place),
            Self::Http(_) => None,
        }
    }
}

/// A message to be set aside.
#[derive(Clone, Debug)]
pub struct New {
    /// The force that it names if its sender may speak for it, else the sender's own.
    pub force: String,
    /// The police reference, where it could be read and the sender may speak of it.
    pub reference: Option<String>,
    /// Where it came from.
    pub origin: Origin,
    /// Hash of the message: a topic made anew has other messages at the same places.
    pub fingerprint: [u8; 32],
    /// The sender's trace context, where it could be read.
    pub traceparent: Option<String>,
    /// Why it was refused.
    pub refusal: Refusal,
    /// The message.
    pub message: Message,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Until when a person must have dealt with it: a child may wait in it.
    pub due_at: Timestamp,
}

impl Tx {
    /// Sets messages aside and asks a person; says the id of each. One that was set aside before stays as it is.
    pub async fn refuse(&mut self, refused: Vec<New>) -> Result<Vec<RefusedId>> {
        let head = "INSERT INTO refused (id, force_id, kind, pointer, source, topic, part, message_offset, wrapped_key, \
             sealed_message, received_at, due_at, state)";
        let mut ids = Vec::with_capacity(refused.len());
        for new in refused {
            let id = self.refused_id(&new);
            ids.push(id);
            let row = row(self, id, &new);
            let is_first = batch::insert(self.conn(), head, vec![row], "ON CONFLICT DO NOTHING").await? > 0;
            let tasks = self.unsettled_tasks(id, &new).await?;
            self.open_tasks(tasks, new.received_at).await?;
            self.tell_refused(id, new, is_first);
        }
        Ok(ids)
    }

    fn refused_id(&self, new: &New) -> RefusedId {
        let hash: String = new.fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
        let place = match &new.origin {
            Origin::Kafka(_) => new.origin.in_words(),
            // Another key of the same force is no reason to ask again.
            Origin::Http(_) => format!("http:{}", new.force),
        };
        self.identity().refused(&format!("{place}/{hash}"))
    }

    /// The tasks that it needs: none for a message that is met again after a person dealt with it.
    async fn unsettled_tasks(&mut self, id: RefusedId, new: &New) -> Result<Vec<task::New>> {
        let select = "SELECT id FROM refused WHERE id = $1 AND state = 'open'";
        let open = sqlx::query(select).bind(id.bytes().to_vec()).fetch_optional(self.conn()).await?;
        if open.is_none() {
            return Ok(Vec::new());
        }
        let about = |kind| task::New {
            refused: Some(id),
            detail: new.refusal.kind.word().to_owned(),
            ..task::New::about(&new.force, kind, format!("refused:{id}"), new.due_at)
        };
        let mut tasks = vec![about(TaskKind::DeadLetter)];
        if new.refusal.kind == RefusalKind::WrongForce {
            tasks.push(about(TaskKind::WrongForce));
        }
        Ok(tasks)
    }

    /// Writes the audit row, and tells the force of one that is met for the first time.
    fn tell_refused(&mut self, id: RefusedId, new: New, is_first: bool) {
        let at = new.received_at;
        let subject = format!("refused:{id}");
        let entry =
            audit_log::Entry::new(&new.force, at, Actor::Service("intake"), "message.refused", subject);
        self.audit(entry.because(format!("{} from {}", new.refusal.kind.word(), new.origin.in_words())));
        if !is_first {
            return;
        }
        let force = new.force.clone();
        self.emit_about_refused(&force, id, at, move |_, event| {
            let body = Body::Refused(Refused {
                force: new.force,
                reference: new.reference,
                dead_letter: id.uuid(),
                place: new.origin.place().cloned(),
                refusal: new.refusal,
            });
            Outgoing { traceparent: new.traceparent, ..Outgoing::new(event.uuid(), at, body) }
        });
    }
}

fn row(tx: &Tx, id: RefusedId, new: &New) -> Vec<Value> {
    let (key, wrapped) = tx.keys().draw(&id.bytes());
    let place = new.origin.place();
    vec![
        id.into(),
        new.force.clone().into(),
        new.refusal.kind.word().into(),
        new.refusal.pointer.as_ref().map(ToString::to_string).into(),
        new.origin.in_words().into(),
        place.map(|place| place.topic.clone()).into(),
        place.map(|place| i64::from(place.partition)).into(),
        place.map(|place| place.offset).into(),
        wrapped.into(),
        key.seal_json(&message_place(id), &new.message).into(),
        new.received_at.into(),
        new.due_at.into(),
        RefusedState::Open.as_str().into(),
    ]
}
