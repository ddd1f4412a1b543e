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
pub(crate) mod setting;
pub(crate) mod task;
mod timeline;

use std::str::FromStr;

use encompass_core::id::{Id, IncidentId};
use encompass_store::audit_log::Entry;
use encompass_web::form::Fields;
use serde::Deserialize;

use crate::State;
use crate::failure::Failure;
use crate::staff::Staff;

/// What a list's address may carry.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// The page, from 1.
    #[serde(default)]
    page: Option<u32>,
    /// What was just done.
    #[serde(default)]
    pub done: Option<String>,
    /// What is looked for in the directory.
    #[serde(default)]
    pub q: Option<String>,
}

/// No list is walked further than this by hand.
const PAGES_MAX: u32 = 2_000;

impl Asked {
    /// The page, from 0.
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1).clamp(1, PAGES_MAX) - 1
    }

    pub fn done(&self) -> &str {
        self.done.as_deref().unwrap_or("")
    }
}

/// The addresses of the pages before and after.
pub(crate) struct Around {
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl Around {
    pub fn of(path: &str, page: u32, has_next: bool) -> Self {
        let link = |page: u32| format!("{path}?page={}", page + 1);
        Self { previous: page.checked_sub(1).map(link), next: has_next.then(|| link(page + 1)) }
    }

    pub fn pagination(&self) -> encompass_web::page::Pagination<'_> {
        encompass_web::page::Pagination { previous: self.previous.as_deref(), next: self.next.as_deref() }
    }
}

/// An id of an address. What is none names nothing.
pub(crate) fn id<Of>(text: &str) -> Result<Id<Of>, Failure> {
    Id::from_str(text).map_err(|_| Failure::Store(encompass_store::Error::NotFound))
}

/// An id of a form.
pub(crate) fn field_id<Of>(fields: &Fields, name: &str) -> Option<Id<Of>> {
    fields.one(name).parse().ok()
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
