//! `/code`: entering the six digits, in the browser that asked for them.

use askama::Template;
use axum::extract::State as Given;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use encompass_store::portal::{Asked, Passed, Purpose, Sent};
use encompass_web::form::{Button, ButtonKind, ErrorSummary, Fields, Hidden, InputKind, TextInput};
use encompass_web::session::Token;
use encompass_web::{Page, Peer};

use crate::State;
use crate::fault::Fault;
use crate::link::{send_code, too_many_codes};
use crate::metrics::CodeState;
use crate::part::Desks;
use crate::session::{BROWSER, SESSION, browser_of};

const ENTER: &str = "enter a code";
const AGAIN: &str = "another code";
const CODE: &str = "code";
/// One answer for a code that is wrong, has expired, was tried too often or was never sent, so that it tells nobody
/// whether an address is known.
const NOT_RIGHT: &str = "The code is not right, or its ten minutes or five tries are over. Check the newest mail, or ask for a new code";

pub(crate) fn route() -> MethodRouter<State> {
    get(show).post(enter)
}

pub(crate) fn again() -> MethodRouter<State> {
    post(send_again)
}

#[derive(Template)]
#[template(path = "code.html")]
struct Enter<'a> {
    errors: ErrorSummary<'a>,
    title: &'a str,
    token: Hidden<'a>,
    code: TextInput<'a>,
    button: Button<'a>,
    again_token: Hidden<'a>,
    again: Button<'a>,
    desks: Desks<'a>,
}

async fn show(Given(state): Given<State>, peer: Peer, headers: HeaderMap) -> Response {
    match BROWSER.read(&headers, &peer) {
        Some(browser) => form(&state, &browser, None),
        None => Redirect::to("/sign-in").into_response(),
    }
}

fn form(state: &State, browser: &Token, error: Option<&'static str>) -> Response {
    let title = "Enter your code";
    let desks = state.desks();
    let content = Enter {
        errors: ErrorSummary { errors: error.iter().map(|error| (CODE, *error)).collect() },
        title,
        token: Hidden::token(browser.secret(), ENTER),
        code: TextInput::new(CODE, "Code from the mail", InputKind::Code).hint("Six digits").error(error),
        button: Button::new("Continue", ButtonKind::Main),
        again_token: Hidden::token(browser.secret(), AGAIN),
        again: Button::new("Send a new code", ButtonKind::Secondary),
        desks: Desks(&desks),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, Page::new(title).failed(error.is_some()).show(&content)).into_response()
}

async fn enter(
    Given(state): Given<State>,
    peer: Peer,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    let browser = match browser_of(&state, &peer, &headers, &fields, ENTER) {
        Ok(browser) => browser,
        Err(answer) => return Ok(*answer),
    };
    let Some(code) = digits(fields.one(CODE)) else {
        return Ok(form(&state, &browser, Some("Enter the six digits of the code in the mail")));
    };
    let session = state.draw();
    if !begin(&state, &browser, &code, &session).await? {
        state.metrics.code(CodeState::Wrong);
        return Ok(form(&state, &browser, Some(NOT_RIGHT)));
    }
    state.metrics.code(CodeState::Right);
    let cookies =
        AppendHeaders([(SET_COOKIE, SESSION.set(&session, &peer)), (SET_COOKIE, BROWSER.remove(&peer))]);
    Ok((cookies, Redirect::to("/reader")).into_response())
}

/// Tries the code, and begins a session if it is right. The try counts in either case.
async fn begin(state: &State, browser: &Token, code: &str, session: &Token) -> Result<bool, Fault> {
    let machine = state.machine();
    let mut tx = state.store.begin().await?;
    let passed = tx.try_passcode(&browser.hash(), code, machine, state.now()).await?;
    let contact = match passed {
        Some(Passed { contact, purpose: Purpose::Link | Purpose::Address }) => Some(contact),
        Some(Passed { purpose: Purpose::Verification, .. }) | None => None,
    };
    if let Some(contact) = contact {
        tx.begin_portal_session(contact, &session.hash(), machine).await?;
    }
    tx.commit().await?;
    Ok(contact.is_some())
}

/// Six digits, however they were spaced.
pub(crate) fn digits(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    (code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

async fn send_again(
    Given(state): Given<State>,
    peer: Peer,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    let before = match browser_of(&state, &peer, &headers, &fields, AGAIN) {
        Ok(browser) => browser,
        Err(answer) => return Ok(*answer),
    };
    // What was asked for by address starts there again, where the answer is the same for every address.
    let Some((Passed { contact, purpose: Purpose::Link }, force)) =
        state.store.asked_passcode(&before.hash(), state.machine()).await?
    else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let browser = state.draw();
    let asked = Asked {
        contact,
        force,
        purpose: Purpose::Link,
        browser: browser.hash(),
        before: Some(before.hash()),
    };
    Ok(match send_code(&state, &asked).await? {
        Sent::Queued => ([(SET_COOKIE, BROWSER.set(&browser, &peer))], Redirect::to("/code")).into_response(),
        Sent::TooMany => too_many_codes(&state.desks()),
        Sent::NoMail => Redirect::to("/sign-in").into_response(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_spaced() {
        for (text, read) in [
            ("012345", Some("012345")),
            (" 012 345 ", Some("012345")),
            ("012-345", Some("012345")),
            ("12345", None),
            ("1234567", None),
            ("12345a", None),
            ("", None),
            ("\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}", None),
        ] {
            assert_eq!(digits(text).as_deref(), read, "{text}");
        }
    }
}
