//! The desk: held children, tasks, calls, dead letters, incidents, settings and their contacts.

mod agreement;
pub(crate) mod ask;
pub(crate) mod call;
pub(crate) mod candidate;
pub(crate) mod child;
mod compare;
pub(crate) mod contact;
pub(crate) mod dead_letter;
pub(crate) mod decide;
pub(crate) mod decided;
pub(crate) mod evidence;
pub(crate) mod explain;
mod form;
pub(crate) mod held;
pub(crate) mod incident;
pub(crate) mod join;
pub(crate) mod names;
mod outlook;
pub(crate) mod register;
pub(crate) mod setting;
pub(crate) mod task;
mod timeline;
mod trusted;

use std::str::FromStr;

use encompass_core::id::{Id, IncidentId};
use encompass_store::Tx;
use encompass_store::audit_log::Entry;
use encompass_web::form::Fields;

use crate::State;
use crate::failure::Failure;
use crate::staff::Staff;

/// An id of an address. What is none names nothing.
pub(crate) fn id<Of>(text: &str) -> Result<Id<Of>, Failure> {
    Id::from_str(text).map_err(|_| Failure::Store(encompass_store::Error::NotFound))
}

/// An id of a form.
pub(crate) fn field_id<Of>(fields: &Fields, name: &str) -> Option<Id<Of>> {
    fields.one(name).parse().ok()
}

/// Commits a change. `None` where somebody else was first: nothing of it stays.
pub(crate) async fn committed<T>(tx: Tx, change: encompass_store::Result<T>) -> Result<Option<T>, Failure> {
    match change {
        Err(encompass_store::Error::Changed) => Ok(None),
        change => {
            let changed = change?;
            tx.commit().await?;
            Ok(Some(changed))
        }
    }
}

/// Writes a view of a case to the audit log, before anything of it is shown.
pub(crate) async fn viewed(
    state: &State,
    staff: &Staff,
    (force, incident): (&str, IncidentId),
    action: &'static str,
    subject: String,
) -> Result<(), Failure> {
    let mut tx = state.store().begin().await?;
    tx.audit(Entry::new(force, state.now(), staff.scope.actor.clone(), action, subject).of(incident));
    Ok(tx.commit().await?)
}
