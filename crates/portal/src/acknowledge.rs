//! `POST /notices/{id}/acknowledgement`: "I have it".

use axum::extract::{Path, State as Given};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, post};
use encompass_core::id::NotificationId;
use encompass_core::state::NotificationState;
use encompass_store::Actor;
use encompass_store::portal::{Notice, Reader, View};
use encompass_web::form::Fields;

use crate::State;
use crate::answer::{count, place};
use crate::fault::Fault;
use crate::metrics::NoticeState;
use crate::session::Reading;

pub(crate) fn route() -> MethodRouter<State> {
    post(take)
}

/// What the button's form token is for.
pub(crate) fn purpose(id: NotificationId) -> String {
    format!("acknowledge {id}")
}

async fn take(
    Given(state): Given<State>,
    Path(id): Path<NotificationId>,
    reading: Reading,
    fields: Fields,
) -> Result<Response, Fault> {
    if let Err(forged) = fields.verify(reading.token.secret(), &purpose(id)) {
        return Ok(forged.into_response());
    }
    let mut tx = state.store.begin().await?;
    let notice = tx.notice_of(reading.session.contact, id, state.now()).await?.ok_or(Fault::NotFound)?;
    if notice.notification.state == NotificationState::Opened {
        acknowledge(&state, tx, &notice, "portal", &Actor::Contact(notice.contact), &reading.reader).await?;
    }
    // Closed or acknowledged meanwhile, or not opened yet: the notice's own page says what is the matter.
    Ok(Redirect::to(&place(id)).into_response())
}

/// Records that a named person has it, and ends the transaction.
pub(crate) async fn acknowledge(
    state: &State,
    mut tx: encompass_store::Tx,
    notice: &Notice,
    how: &'static str,
    by: &Actor,
    reader: &Reader,
) -> Result<(), Fault> {
    let now = state.now();
    tx.acknowledged(std::slice::from_ref(&notice.notification), how, by, now).await?;
    let detail = format!("version {}", notice.notification.version());
    tx.viewed(notice, View::Acknowledged, by, reader, &detail, now);
    tx.commit().await?;
    count(state, notice, NoticeState::Acknowledged);
    Ok(())
}
