//! Dead letters: refused messages, put back as they were or mended, or closed.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::RefusedId;
use encompass_core::state::RefusedState;
use encompass_store::Error;
use encompass_store::refused::Listed;
use encompass_web::Html;
use encompass_web::form::{ErrorSummary, Fields, Hidden, TextArea};
use encompass_web::page::{Column, Row, SummaryList, Table, TimeLeft};
use zeroize::Zeroizing;

use super::task::collision;
use super::{committed, id};
use crate::State;
use crate::case::when;
use crate::failure::{Answer, Failure, Wrong, wrong_with};
use crate::frame::Frame;
use crate::list::{Asked, link, table};
use crate::put_back::{Returned, Sent as PutBack};
use crate::sent::Sent;
use crate::staff::Staff;
use crate::words;

/// The list shows the most urgent ones; a person works them off from the top.
const LISTED_MAX: i64 = 100;
/// Characters of a message that a page shows; a longer one is mended at its source.
const SHOWN_MAX: usize = 9_000;

#[derive(Template)]
#[template(path = "dead_letters.html")]
struct ListPage<'a> {
    table: Option<Table<'a>>,
}

#[derive(Template)]
#[template(path = "dead_letter.html")]
struct LetterPage<'a> {
    errors: ErrorSummary<'a>,
    time_left: Option<TimeLeft>,
    about: SummaryList<'a>,
    headers: Option<Table<'a>>,
    payload: String,
    acts: Option<Acts<'a>>,
}

struct Acts<'a> {
    put_back_action: String,
    put_back_token: Hidden<'a>,
    mended: Option<TextArea<'a>>,
    note: TextArea<'a>,
    close_action: String,
    close_token: Hidden<'a>,
    why: TextArea<'a>,
}

const COLUMNS: &[Column<'_>] = &[
    Column::text("Message"),
    Column::text("Time left"),
    Column::text("Where in it"),
    Column::text("Came from"),
    Column::text("Received"),
];

pub(crate) async fn list(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let letters = state.store().refused(&staff.scope, RefusedState::Open, LISTED_MAX).await?;
    let now = state.now();
    let rows = letters.iter().map(|letter| {
        vec![
            link(format!("/dead-letters/{}", letter.id), words::plain(letter.kind.word())),
            Html::of(&TimeLeft::until(letter.due_at, now)),
            Html::text(letter.pointer.as_deref().unwrap_or("–")),
            Html::text(letter.origin.in_words()),
            Html::text(when(letter.received_at)),
        ]
    });
    let table = table("Dead letters", COLUMNS, rows).map(Table::caption_hidden);
    let frame = Frame::new(&staff, "Dead letters", "/dead-letters").done(asked.done()).wide();
    Ok(frame.show(&ListPage { table }))
}

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(refused): Path<String>,
) -> Answer {
    page(&state, &staff, id(&refused)?, None, &Fields::from(Vec::new())).await
}

async fn page(
    state: &State,
    staff: &Staff,
    id: RefusedId,
    error: Option<Wrong<'_>>,
    sent: &Fields,
) -> Answer {
    let opened = state.store().view_refused(id, &staff.scope, state.now()).await?;
    let payload = opened.message.payload.as_ref().map_or(&[][..], |payload| &payload.0);
    let text = String::from_utf8_lossy(payload);
    let is_whole = text.chars().count() <= SHOWN_MAX && std::str::from_utf8(payload).is_ok();
    let headers = opened
        .message
        .headers
        .iter()
        .map(|(name, value)| vec![Html::text(name), Html::text(String::from_utf8_lossy(&value.0))]);
    let headers: Vec<_> = headers.collect();
    let columns = &[Column::text("Header"), Column::text("Value")];
    let is_open = opened.listed.state == RefusedState::Open;
    let mended = match sent.one("mended") {
        "" => text.to_string(),
        mended => mended.to_owned(),
    };
    let content = LetterPage {
        errors: ErrorSummary { errors: error.into_iter().collect() },
        time_left: is_open.then(|| TimeLeft::until(opened.listed.due_at, state.now())),
        about: SummaryList { rows: about(state, &opened.listed, payload.len()) },
        headers: (!headers.is_empty()).then(|| Table::new("Headers", columns, headers)),
        payload: text.chars().take(SHOWN_MAX).collect(),
        acts: is_open.then(|| acts(staff, id, is_whole.then_some(&mended), error, sent)),
    };
    let frame = Frame::new(staff, "One refused message", "/dead-letters").back("/dead-letters").wide();
    Ok(frame.failed(error.is_some()).show(&content))
}

fn acts<'a>(
    staff: &Staff,
    id: RefusedId,
    mended: Option<&'a String>,
    error: Option<Wrong<'a>>,
    sent: &'a Fields,
) -> Acts<'a> {
    let put_back_action = format!("/dead-letters/{id}/put-back");
    let close_action = format!("/dead-letters/{id}/close");
    let of = |field| wrong_with(field, error);
    Acts {
        put_back_token: staff.form(&put_back_action),
        mended: mended.map(|text| TextArea {
            id: "mended",
            label: "The message",
            rows: 16,
            value: text,
            hint: Some("Leave it as it is to put it back unchanged, or mend it here. It is read as if it had just come."),
            error: of("mended"),
        }),
        note: TextArea {
            id: "note",
            label: "Why?",
            rows: 2,
            value: sent.one("note"),
            hint: Some("Such as who confirmed what was mended."),
            error: of("note"),
        },
        close_token: staff.form(&close_action),
        why: TextArea {
            id: "why",
            label: "Why is it not taken?",
            rows: 3,
            value: "",
            hint: Some("A child may be in it. Write how you know that nobody needs to be told, or who was."),
            error: of("why"),
        },
        put_back_action,
        close_action,
    }
}

fn about(state: &State, letter: &Listed, bytes: usize) -> Vec<Row<'static>> {
    let mut rows = vec![
        Row::text("Why it was refused", words::plain(letter.kind.word())),
        Row::text("Where in it", letter.pointer.clone().unwrap_or_else(|| "The whole message".to_owned())),
        Row::text("Force", state.force_name(&letter.force).to_owned()),
        Row::text("Came from", letter.origin.in_words()),
        Row::text("Received", when(letter.received_at)),
        Row::text("Length", format!("{bytes} bytes")),
    ];
    if let (Some(by), Some(at)) = (&letter.settled_by, letter.settled_at) {
        rows.push(Row::text("Dealt with", format!("{}, {}", words::actor(by), when(at))));
    }
    rows
}

pub(crate) async fn put_back(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(refused): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let id = id(&refused)?;
    if fields.one("note").is_empty() {
        return page(&state, &staff, id, Some(("note", "Write why it is put back")), &fields).await;
    }
    let mended = changed(&state, &staff, id, fields.one("mended")).await?;
    let sent = PutBack {
        id,
        mended,
        scope: staff.scope.clone(),
        note: Zeroizing::new(fields.one("note").to_owned()),
        now: state.now(),
    };
    match state.put_back()(sent).await {
        Ok(Returned::Taken) => Ok(Redirect::to("/dead-letters?done=put-back").into_response()),
        Ok(Returned::Refused(why)) => {
            let field = if fields.one("mended").is_empty() { "note" } else { "mended" };
            page(&state, &staff, id, Some((field, &format!("Refused again: {why}"))), &fields).await
        }
        Err(Error::Changed) => overtaken(&state, &staff, id).await,
        Err(error) => Err(error.into()),
    }
}

/// What replaces the value, if the person changed it. Browsers send line ends as CR LF and cut outer space.
async fn changed(
    state: &State,
    staff: &Staff,
    id: RefusedId,
    mended: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    if mended.is_empty() {
        return Ok(None);
    }
    let opened = state.store().view_refused(id, &staff.scope, state.now()).await?;
    let payload = opened.message.payload.as_ref().map_or(&[][..], |payload| &payload.0);
    let is_same =
        String::from_utf8_lossy(payload).replace("\r\n", "\n").trim() == mended.replace("\r\n", "\n").trim();
    Ok((!is_same).then(|| Zeroizing::new(mended.as_bytes().to_vec())))
}

pub(crate) async fn close(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(refused): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let id = id(&refused)?;
    if fields.one("why").is_empty() {
        return page(&state, &staff, id, Some(("why", "Write why it is not taken")), &fields).await;
    }
    let mut tx = state.store().begin().await?;
    let opened = tx.open_refused(id, &staff.scope).await?;
    let (why, now) = (fields.one("why"), state.now());
    let closed = tx.settle_refused(&opened, RefusedState::Closed, &staff.scope, why, now).await;
    match committed(tx, closed).await? {
        None => overtaken(&state, &staff, id).await,
        Some(_) => Ok(Redirect::to("/dead-letters?done=letter-closed").into_response()),
    }
}

async fn overtaken(state: &State, staff: &Staff, id: RefusedId) -> Answer {
    state.metrics().collisions.with_label_values(&["dead_letter"]).inc();
    let opened = state.store().view_refused(id, &staff.scope, state.now()).await?;
    let by = opened.listed.settled_by.as_deref().map_or("Somebody", words::actor);
    let at = opened.listed.settled_at.map(when).unwrap_or_default();
    let said = format!("{by} dealt with this message at {at}.");
    collision(
        staff,
        "/dead-letters",
        &said,
        &format!("/dead-letters/{id}"),
        "Look at the message as it is now",
    )
}
