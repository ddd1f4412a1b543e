//! `/n/{token}`: where a notice's mail leads. Fetching it changes nothing, because mail scanners follow links.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use encompass_core::id::ContactId;
use encompass_store::portal::{Asked, Link, Purpose, Reach, Sent};
use encompass_web::form::{Button, ButtonKind, Fields, Hidden};
use encompass_web::page::TimeLeft;
use encompass_web::{Page, Peer};

use crate::State;
use crate::fault::Fault;
use crate::metrics::CodeState;
use crate::part::{Desk, Desks, Message, spoken};
use crate::session::{self, BROWSER, may_send};
use crate::sign_in;

const SEND_CODE: &str = "send a code";

pub(crate) fn route() -> MethodRouter<State> {
    get(show).post(send)
}

#[derive(Template)]
#[template(path = "link.html")]
struct Waiting<'a> {
    title: &'a str,
    force: &'a str,
    count: usize,
    due: Option<(String, TimeLeft)>,
    signed_in: bool,
    reachable: bool,
    token: Hidden<'a>,
    button: Button<'a>,
    desks: Desks<'a>,
}

async fn show(
    Given(state): Given<State>,
    Path(token): Path<String>,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let Some(link) = state.store.portal_link(&token, state.now()).await? else {
        return Ok(sign_in::instead_of_link(&state, &peer, &headers));
    };
    let session = session::of_headers(&state, &headers, &peer).await?;
    let signed_in = session.is_some_and(|signed_in| Reach::Mail(signed_in.session.contact) == link.reach);
    let title = title(link.waiting);
    let desks = [state.desk(&link.force)];
    let page = Waiting {
        title: &title,
        force: &desks[0].force,
        count: link.waiting,
        due: link.due_at.map(|due| (spoken(due), TimeLeft::until(due, state.now()))),
        signed_in,
        reachable: link.reach != Reach::Nowhere,
        token: Hidden::token(token.as_bytes(), SEND_CODE),
        button: Button::new("Send me a code", ButtonKind::Main),
        desks: Desks(&desks),
    };
    Ok(Page::new(&title).show(&page).into_response())
}

fn title(waiting: usize) -> String {
    match waiting {
        0 => "Nothing new waits for you".to_owned(),
        1 => "A notification waits for you".to_owned(),
        more => format!("{more} notifications wait for you"),
    }
}

async fn send(
    Given(state): Given<State>,
    Path(token): Path<String>,
    peer: Peer,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    if let Err(answer) = may_send(&state, &peer, &fields, token.as_bytes(), SEND_CODE) {
        return Ok(*answer);
    }
    let Some(link) = state.store.portal_link(&token, state.now()).await? else {
        return Ok(sign_in::instead_of_link(&state, &peer, &headers));
    };
    let desks = [state.desk(&link.force)];
    match link.reach {
        Reach::Mail(contact) => send_to(&state, contact, &link, &peer, &headers, &desks).await,
        Reach::Nowhere => Ok(no_mail(&desks)),
    }
}

async fn send_to(
    state: &State,
    contact: ContactId,
    link: &Link,
    peer: &Peer,
    headers: &HeaderMap,
    desks: &[Desk],
) -> Result<Response, Fault> {
    let browser = state.draw();
    let asked = Asked {
        contact,
        force: link.force.clone(),
        purpose: Purpose::Link,
        browser: browser.hash(),
        before: BROWSER.read(headers, peer).map(|token| token.hash()),
    };
    Ok(match send_code(state, &asked).await? {
        Sent::Queued => ([(SET_COOKIE, BROWSER.set(&browser, peer))], Redirect::to("/code")).into_response(),
        Sent::TooMany => too_many_codes(desks),
        Sent::NoMail => no_mail(desks),
    })
}

/// Queues a code and counts it.
pub(crate) async fn send_code(state: &State, asked: &Asked) -> Result<Sent, Fault> {
    let mut tx = state.store.begin().await?;
    let most = i64::from(state.config.codes_per_contact);
    let sent = tx.send_passcode(asked, most, state.machine(), state.now()).await?;
    tx.commit().await?;
    match sent {
        Sent::Queued => state.metrics.code(CodeState::Sent),
        Sent::TooMany => state.metrics.code(CodeState::TooMany),
        Sent::NoMail => {}
    }
    Ok(sent)
}

pub(crate) fn too_many_codes(desks: &[Desk]) -> Response {
    let texts = &[
        "Several codes have been sent to you within the last hour. Use the newest one, in the browser in which you \
         asked for it, or wait and ask again later.",
        "If no code reaches you, look in your junk mail, then telephone the desk: it can tell you what there is to know.",
    ];
    let title = "Too many codes asked for";
    Message { title, texts, onward: Some(("Enter a code", "/code")), desks }
        .answer(StatusCode::TOO_MANY_REQUESTS)
}

fn no_mail(desks: &[Desk]) -> Response {
    let texts = &[
        "This notification was sent to your safeguarding system, and no verified mail address of the same person is \
         known to us. A code can only be sent to a verified mail address.",
        "If you have one, sign in with it. Else telephone the desk: it can tell you what there is to know.",
    ];
    let title = "No code can be sent";
    Message { title, texts, onward: Some(("Sign in with a mail address", "/sign-in")), desks }
        .answer(StatusCode::CONFLICT)
}
