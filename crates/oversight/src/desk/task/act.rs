//! Taking a task, giving it back, settling it.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::TaskId;
use encompass_store::Tx;

use super::overtaken;
use super::page::page;
use super::ways::ways;
use crate::State;
use crate::desk::{committed, id};
use crate::failure::Answer;
use crate::sent::Sent;
use crate::staff::Staff;

pub(crate) async fn claim(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Sent(_): Sent,
) -> Answer {
    let id = id(&task)?;
    state.store().task(&staff.scope, id).await?;
    let mut tx = state.store().begin().await?;
    let claimed = tx.claim_task(id, &staff.scope, state.now()).await;
    finish(&state, &staff, id, tx, claimed, "claimed").await
}

pub(crate) async fn release(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Sent(_): Sent,
) -> Answer {
    let id = id(&task)?;
    state.store().task(&staff.scope, id).await?;
    let mut tx = state.store().begin().await?;
    let released = tx.release_task(id, &staff.scope, state.now()).await;
    finish(&state, &staff, id, tx, released, "released").await
}

pub(crate) async fn settle(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let id = id(&task)?;
    let known = state.store().task(&staff.scope, id).await?;
    let how = ways(known.kind).iter().find(|(word, _)| *word == fields.one("how"));
    let Some((how, _)) = how else {
        return page(&state, &staff, id, "", Some(("how", "Choose how it was settled"))).await;
    };
    if fields.one("note").is_empty() {
        return page(&state, &staff, id, "", Some(("note", "Write what was done"))).await;
    }
    let mut tx = state.store().begin().await?;
    let settled = tx.settle_task(id, how, fields.one("note"), &staff.scope, state.now()).await;
    finish(&state, &staff, id, tx, settled, "settled").await
}

/// Commits what was done and goes back to the task, or says who was first.
async fn finish<T>(
    state: &State,
    staff: &Staff,
    id: TaskId,
    tx: Tx,
    change: encompass_store::Result<T>,
    done: &str,
) -> Answer {
    match committed(tx, change).await? {
        None => overtaken(state, staff, id).await,
        Some(_) => Ok(Redirect::to(&format!("/tasks/{id}?done={done}")).into_response()),
    }
}
