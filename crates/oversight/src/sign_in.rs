//! Signing in and out. Answers are the same whatever was wrong.

use askama::Template;
use axum::extract::State as Extract;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use encompass_store::account::{Password, SignedIn};
use encompass_web::form::{Button, ButtonKind, ErrorSummary, Fields, InputKind, TextInput};
use encompass_web::session::Token;
use encompass_web::{Page, Peer, limit};
use ring::rand::SystemRandom;

use crate::State;
use crate::failure::{Answer, Failure};
use crate::frame::home;
use crate::sent::Sent;
use crate::staff::{COOKIE, Staff};

/// A login as long as any of ours; longer ones are cut before they are looked up.
const LOGIN_CHARS_MAX: usize = 100;
const WRONG: &str = "The login or the password is not right";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    errors: ErrorSummary<'a>,
    login: TextInput<'a>,
    password: TextInput<'a>,
    button: Button<'a>,
}

/// The form.
pub(crate) async fn show() -> Response {
    page(StatusCode::OK, "", None)
}

fn page(status: StatusCode, login: &str, error: Option<&str>) -> Response {
    let form = SignInPage {
        errors: ErrorSummary { errors: error.map(|text| ("login", text)).into_iter().collect() },
        login: TextInput::new("login", "Login", InputKind::Text)
            .value(login)
            .error(error)
            .autocomplete("username"),
        password: TextInput::new("password", "Password", InputKind::Password),
        button: Button::new("Sign in", ButtonKind::Main),
    };
    (status, Page::new("Sign in").failed(error.is_some()).show(&form)).into_response()
}

/// Compares login and password, a limited number of times for each login and each source.
pub(crate) async fn sign_in(Extract(state): Extract<State>, peer: Peer, fields: Fields) -> Answer {
    let login: String = fields.one("login").chars().take(LOGIN_CHARS_MAX).collect();
    let key = login.to_lowercase();
    let limits = state.limits();
    let machine = state.machine();
    let allowed = limits
        .by_source
        .check(limit::source(peer.address), machine)
        .and_then(|()| limits.by_login.check(&key, machine));
    if allowed.is_err() {
        count(&state, "limited");
        return Ok(StatusCode::TOO_MANY_REQUESTS.into_response());
    }
    let _place = limits.comparisons.acquire().await.map_err(|_| Failure::Bad)?;
    let password = Password::typed(fields.one("password"));
    let SignedIn::Yes(account) = state.store().sign_in(&key, password, state.now()).await? else {
        count(&state, "rejected");
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &login, Some(WRONG)));
    };
    limits.by_login.forget(&key);
    count(&state, "accepted");
    let token = Token::draw(&SystemRandom::new());
    state.store().begin_session(&account, &token.hash(), state.life(), machine).await?;
    Ok((AppendHeaders([(SET_COOKIE, COOKIE.set(&token, &peer))]), Redirect::to("/")).into_response())
}

fn count(state: &State, word: &str) {
    state.metrics().sign_ins.with_label_values(&[word]).inc();
}

/// Ends the session.
pub(crate) async fn sign_out(
    Extract(state): Extract<State>,
    peer: Peer,
    headers: HeaderMap,
    _staff: Staff,
    Sent(_): Sent,
) -> Answer {
    if let Some(token) = COOKIE.read(&headers, &peer) {
        state.store().end_session(&token.hash()).await?;
    }
    Ok((AppendHeaders([(SET_COOKIE, COOKIE.remove(&peer))]), Redirect::to("/sign-in")).into_response())
}

/// Where a member of staff begins.
pub(crate) async fn start(staff: Staff) -> Redirect {
    Redirect::to(home(&staff))
}
