//! `POST /notices/{id}/answer`: is this child with you?

use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, post};
use encompass_core::id::NotificationId;
use encompass_core::state::{NotificationEnd, NotificationState};
use encompass_store::portal::{Notice, View};
use encompass_store::{Actor, Tx};
use encompass_web::form::{Choice, Fields};

use crate::State;
use crate::fault::Fault;
use crate::list;
use crate::metrics::NoticeState;
use crate::part::Message;
use crate::session::Reading;

pub(crate) const QUESTION: &str = "Is this child with you?";
pub(crate) const UNANSWERED: &str = "Say whether this child is with you";
/// The three answers. The first opens the notice, the others close it.
pub(crate) const CHOICES: [Choice; 3] = [Choice::new("yes", "Yes"), NO, LEFT];
/// The answers that close it.
pub(crate) const NOT_HERE: [Choice; 2] = [Choice { chosen: true, ..NO }, LEFT];
const NO: Choice = Choice::new("no", "No, we do not know this child");
const LEFT: Choice = Choice::new("left", "No, this child has left");

pub(crate) fn route() -> MethodRouter<State> {
    post(take)
}

/// The name of the question's field: each child on a page has its own.
pub(crate) fn field(id: NotificationId) -> String {
    format!("with_you_{id}")
}

/// What the question's form token is for.
pub(crate) fn purpose(id: NotificationId) -> String {
    format!("answer {id}")
}

/// Where one notice is read.
pub(crate) fn place(id: NotificationId) -> String {
    format!("/notices/{id}")
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
    let end = match fields.one(&field(id)) {
        "yes" => None,
        "no" => Some(NotificationEnd::NotHere),
        "left" => Some(NotificationEnd::Left),
        _ => return list::page(&state, &reading, Some(id)).await,
    };
    let mut tx = state.store.begin().await?;
    let notice = tx.notice_of(reading.session.contact, id, state.now()).await?.ok_or(Fault::NotFound)?;
    match (notice.notification.state, end) {
        (NotificationState::Waiting | NotificationState::Sent, None) => open(&state, tx, &notice).await?,
        (NotificationState::Acknowledged, Some(_)) => return Ok(too_late(&state, &reading, &notice)),
        (NotificationState::Waiting | NotificationState::Sent | NotificationState::Opened, Some(end)) => {
            close(&state, tx, &reading, &notice, end).await?;
        }
        // Closed meanwhile, or opened before: the notice's own page says what is the matter.
        (NotificationState::Closed, _) | (_, None) => {}
    }
    Ok(Redirect::to(&place(id)).into_response())
}

async fn open(state: &State, mut tx: Tx, notice: &Notice) -> Result<(), Fault> {
    let by = Actor::Contact(notice.contact);
    tx.opened(std::slice::from_ref(&notice.notification), "portal", &by, state.now()).await?;
    tx.commit().await?;
    count(state, notice, NoticeState::Opened);
    Ok(())
}

async fn close(
    state: &State,
    mut tx: Tx,
    reading: &Reading,
    notice: &Notice,
    end: NotificationEnd,
) -> Result<(), Fault> {
    let (by, now) = (Actor::Contact(notice.contact), state.now());
    tx.not_here(&notice.notification, end, &by, now).await?;
    tx.viewed(notice, View::NotHere, &by, &reading.reader, end.as_str(), now);
    tx.commit().await?;
    let counted = if end == NotificationEnd::Left { NoticeState::Left } else { NoticeState::NotHere };
    count(state, notice, counted);
    Ok(())
}

pub(crate) fn count(state: &State, notice: &Notice, what: NoticeState) {
    state.metrics.notice(&notice.notification.child.force, notice.notification.setting_kind, what);
}

fn too_late(state: &State, reading: &Reading, notice: &Notice) -> Response {
    let texts = &[
        "Somebody at your setting has acknowledged this notification, so it can't be sent back here.",
        "If the child is not with you, telephone the desk now: the right setting has to be told.",
    ];
    let desks = [state.desk(&notice.notification.child.force)];
    let title = "This notification has been acknowledged";
    Message { title, texts, onward: Some(("Back to your notifications", "/notices")), desks: &desks }
        .answer_to(reading, StatusCode::CONFLICT)
}
