//! `/sign-in`: by a contact's address. The answer is the same, in words and time, whether the address is known or not.

use std::time::Duration;

use askama::Template;
use axum::extract::State as Given;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use encompass_core::calendar::london;
use encompass_store::contact::Contact;
use encompass_store::portal::{Asked, Purpose};
use encompass_web::form::{Button, ButtonKind, ErrorSummary, Fields, Hidden, InputKind, TextInput};
use encompass_web::session::Token;
use encompass_web::{Page, Peer};
use tokio::time::Instant;

use crate::State;
use crate::fault::Fault;
use crate::link::send_code;
use crate::part::Desks;
use crate::session::{BROWSER, browser_of};

const SIGN_IN: &str = "sign in";
const ADDRESS: &str = "address";
/// Every answer takes this long, so that its time does not tell whether a code was sent.
const ANSWER_AFTER: Duration = Duration::from_millis(300);

pub(crate) fn route() -> MethodRouter<State> {
    get(show).post(send)
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    errors: ErrorSummary<'a>,
    title: &'a str,
    link_ended: bool,
    token: Hidden<'a>,
    address: TextInput<'a>,
    button: Button<'a>,
    desks: Desks<'a>,
}

async fn show(Given(state): Given<State>, peer: Peer, headers: HeaderMap) -> Response {
    form(&state, &peer, &headers, "Sign in with your mail address", StatusCode::OK, None)
}

/// In place of a link that is unknown, has expired or was closed: all three look the same.
pub(crate) fn instead_of_link(state: &State, peer: &Peer, headers: &HeaderMap) -> Response {
    form(state, peer, headers, "This link no longer opens", StatusCode::GONE, None)
}

/// The form, bound to the browser by a cookie that it gets with the page.
fn form(
    state: &State,
    peer: &Peer,
    headers: &HeaderMap,
    title: &'static str,
    status: StatusCode,
    error: Option<&'static str>,
) -> Response {
    let known = BROWSER.read(headers, peer);
    let cookie = known.clone().unwrap_or_else(|| state.draw());
    let desks = state.desks();
    let content = SignIn {
        errors: ErrorSummary { errors: error.iter().map(|error| (ADDRESS, *error)).collect() },
        title,
        link_ended: status == StatusCode::GONE,
        token: Hidden::token(cookie.secret(), SIGN_IN),
        address: TextInput::new(ADDRESS, "Your mail address", InputKind::Email)
            .hint("The one at which Operation Encompass writes to you.")
            .error(error),
        button: Button::new("Send me a code", ButtonKind::Main),
        desks: Desks(&desks),
    };
    let shown = Page::new(title).failed(error.is_some()).show(&content);
    match known {
        Some(_) => (status, shown).into_response(),
        None => (status, [(SET_COOKIE, BROWSER.set(&cookie, peer))], shown).into_response(),
    }
}

async fn send(
    Given(state): Given<State>,
    peer: Peer,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    let before = match browser_of(&state, &peer, &headers, &fields, SIGN_IN) {
        Ok(browser) => browser,
        Err(answer) => return Ok(*answer),
    };
    let address = fields.one(ADDRESS);
    if !looks_like_address(address) {
        let error = Some("Enter a mail address, such as name@school.example");
        let title = "Sign in with your mail address";
        return Ok(form(&state, &peer, &headers, title, StatusCode::UNPROCESSABLE_ENTITY, error));
    }
    let answer_at = Instant::now() + ANSWER_AFTER;
    let browser = state.draw();
    send_if_known(&state, address, &browser, &before).await?;
    tokio::time::sleep_until(answer_at).await;
    Ok(([(SET_COOKIE, BROWSER.set(&browser, &peer))], Redirect::to("/code")).into_response())
}

/// One code serves for all settings at which the person is a contact: the mailbox that it proves is the same.
async fn send_if_known(state: &State, address: &str, browser: &Token, before: &Token) -> Result<(), Fault> {
    let contacts = state.store.contacts_by_address(address).await?;
    let Some(contact) = contacts.first() else { return Ok(()) };
    let asked = Asked {
        contact: contact.id,
        force: force_of(state, contact),
        purpose: Purpose::Address,
        browser: browser.hash(),
        before: Some(before.hash()),
    };
    send_code(state, &asked).await?;
    Ok(())
}

/// The force whose desk the mail names: the first that may tell the contact.
fn force_of(state: &State, contact: &Contact) -> String {
    let today = london::date(state.now());
    let forces = contact.forces.iter().map(|(force, _)| force);
    let mut eligible =
        forces.filter(|force| contact.is_eligible(force, today) && state.forces.get(force).is_some());
    eligible.next().cloned().unwrap_or_default()
}

/// Enough to notice an empty or half-typed field; the directory decides the rest.
fn looks_like_address(text: &str) -> bool {
    let parts = text.split_once('@');
    text.len() <= 254 && parts.is_some_and(|(before, host)| !before.is_empty() && host.contains('.'))
}
