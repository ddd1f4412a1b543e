//! `/notices/{id}`: one child, as far as its state allows.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use encompass_core::id::NotificationId;
use encompass_core::state::{NotificationEnd, NotificationState};
use encompass_store::Actor;
use encompass_store::portal::{Notice, Since, View};
use encompass_web::Page;
use encompass_web::form::{Button, ButtonKind, Hidden, Options};
use encompass_web::page::{Banner, Row, SummaryList, Warning};

use crate::State;
use crate::content::{Content, content, words};
use crate::fault::Fault;
use crate::part::{Desk, Desks, Handling, Message, spoken};
use crate::session::Reading;
use crate::{acknowledge, answer};

pub(crate) fn route() -> MethodRouter<State> {
    get(show)
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Shown<'a> {
    title: &'a str,
    acknowledged: Option<Banner<'a>>,
    since: Option<Warning<'a>>,
    facts: SummaryList<'a>,
    handling: Handling<'a>,
    id: NotificationId,
    acknowledge_token: Hidden<'a>,
    acknowledge: Button<'a>,
    not_here: Options<'a>,
    not_here_token: Hidden<'a>,
    send_back: Button<'a>,
    desks: Desks<'a>,
}

async fn show(
    Given(state): Given<State>,
    Path(id): Path<NotificationId>,
    reading: Reading,
) -> Result<Response, Fault> {
    let now = state.now();
    let mut tx = state.store.begin().await?;
    let notice = tx.notice_of(reading.session.contact, id, now).await?.ok_or(Fault::NotFound)?;
    let desks = [state.desk(&notice.notification.child.force)];
    let content = match notice.notification.state {
        NotificationState::Closed => return Ok(closed(&reading, notice.ended, &desks)),
        // Nobody there has said yet that the child is with them.
        NotificationState::Waiting | NotificationState::Sent => {
            return Ok(Redirect::to("/notices").into_response());
        }
        NotificationState::Opened | NotificationState::Acknowledged => content(&state, &notice)?,
    };
    let Some(content) = content else { return Ok(closed(&reading, notice.ended, &desks)) };
    let by = Actor::Contact(notice.contact);
    tx.viewed(&notice, View::Disclosed, &by, &reading.reader, &content.detail, now);
    if !content.withheld.is_empty() {
        tx.withheld(&notice, &words(&content.withheld), now).await?;
    }
    tx.commit().await?;
    Ok(page(&reading, &notice, &content, &desks))
}

fn page(reading: &Reading, notice: &Notice, content: &Content, desks: &[Desk]) -> Response {
    let id = notice.notification.id;
    let secret = reading.token.secret();
    let said = notice.notification.acknowledged_at.map(|at| format!("Acknowledged at {}.", spoken(at)));
    let field = answer::field(id);
    let title = "What police have told us";
    let shown = Shown {
        title,
        acknowledged: said.as_deref().map(|text| Banner { success: true, text }),
        since: content.since.map(|since| Warning { text: said_since(since) }),
        facts: facts(content),
        handling: Handling(&content.handling),
        id,
        acknowledge_token: Hidden::token(secret, &acknowledge::purpose(id)),
        acknowledge: Button::new("I have it", ButtonKind::Main),
        not_here: Options::one_of(&field, "Why is it not for you?", &answer::NOT_HERE),
        not_here_token: Hidden::token(secret, &answer::purpose(id)),
        send_back: Button::new("Send it back", ButtonKind::Warning),
        desks: Desks(desks),
    };
    Page::new(title).back("/notices").account(reading.account()).show(&shown).into_response()
}

const fn said_since(since: Since) -> &'static str {
    match since {
        Since::Corrected => {
            "The police have corrected this incident since your setting was told. Telephone the desk before you use what it says here."
        }
        Since::Withdrawn => {
            "The police have withdrawn this incident since your setting was told. Telephone the desk before you use what it says here."
        }
    }
}

fn facts(content: &Content) -> SummaryList<'_> {
    let rows = content.items.iter().map(|item| Row::text(item.field.label(), item.value.shown()));
    SummaryList { rows: rows.collect() }
}

/// A notification that was closed, in words that name nobody.
fn closed(reading: &Reading, ended: Option<NotificationEnd>, desks: &[Desk]) -> Response {
    let (title, texts): (&str, &[&str]) = match ended {
        Some(NotificationEnd::NotHere | NotificationEnd::Left) => (
            "Thank you: this notification is closed for you",
            &[
                "The police have been told that the child is not with you. A person at the desk now finds who has to be told.",
                "Please do not keep, use or pass on what you have seen of it.",
            ],
        ),
        Some(NotificationEnd::Withdrawn) => (
            "The police have withdrawn this notification",
            &[
                "There is nothing for you to do. If you have read it before, telephone the desk before you use what it said.",
            ],
        ),
        Some(NotificationEnd::Corrected) => (
            "The police have corrected this notification",
            &[
                "Who has to be told is being looked at again. There is nothing for you to do unless you are notified anew.",
            ],
        ),
        Some(NotificationEnd::ByPerson) | None => (
            "This notification has been closed",
            &[
                "The desk has closed it. There is nothing for you to do. If you have a question, telephone the desk.",
            ],
        ),
    };
    Message { title, texts, onward: Some(("Back to your notifications", "/notices")), desks }
        .answer_to(reading, StatusCode::OK)
}
