//! `/verify/{token}`: where the mail leads that asks a contact to confirm its address.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use encompass_store::delivery::hash_token;
use encompass_web::form::{Button, ButtonKind, ErrorSummary, Fields, Hidden, InputKind, TextInput};
use encompass_web::{Page, Peer};

use crate::State;
use crate::code::digits;
use crate::fault::Fault;
use crate::metrics::CodeState;
use crate::part::{Desks, Message};
use crate::session::may_send;

const VERIFY: &str = "verify an address";
const CODE: &str = "code";

pub(crate) fn route() -> MethodRouter<State> {
    get(show).post(enter)
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Confirm<'a> {
    errors: ErrorSummary<'a>,
    title: &'a str,
    token: Hidden<'a>,
    code: TextInput<'a>,
    button: Button<'a>,
    desks: Desks<'a>,
}

async fn show(Given(state): Given<State>, Path(token): Path<String>) -> Result<Response, Fault> {
    if holds(&state, &token).await? { Ok(form(&state, &token, None)) } else { Ok(ended(&state)) }
}

/// Whether the link is a contact's newest and has not expired.
async fn holds(state: &State, token: &str) -> Result<bool, Fault> {
    let Ok(hash) = <[u8; 32]>::try_from(hash_token(token)) else { return Ok(false) };
    Ok(state.store.find_verification(&hash, state.machine()).await?.is_some())
}

fn form(state: &State, token: &str, error: Option<&'static str>) -> Response {
    let title = "Confirm your mail address";
    let desks = state.desks();
    let content = Confirm {
        errors: ErrorSummary { errors: error.iter().map(|error| (CODE, *error)).collect() },
        title,
        token: Hidden::token(token.as_bytes(), VERIFY),
        code: TextInput::new(CODE, "Code from the mail", InputKind::Code).hint("Six digits").error(error),
        button: Button::new("Confirm", ButtonKind::Main),
        desks: Desks(&desks),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, Page::new(title).failed(error.is_some()).show(&content)).into_response()
}

async fn enter(
    Given(state): Given<State>,
    Path(token): Path<String>,
    peer: Peer,
    fields: Fields,
) -> Result<Response, Fault> {
    if let Err(answer) = may_send(&state, &peer, &fields, token.as_bytes(), VERIFY) {
        return Ok(*answer);
    }
    if !holds(&state, &token).await? {
        return Ok(ended(&state));
    }
    let Some(code) = digits(fields.one(CODE)) else {
        return Ok(form(&state, &token, Some("Enter the six digits of the code in the mail")));
    };
    let mut tx = state.store.begin().await?;
    let verified = tx.verify_by_link(&token, &code, state.machine(), state.now()).await?;
    tx.commit().await?;
    state.metrics.code(if verified.is_some() { CodeState::Right } else { CodeState::Wrong });
    Ok(match verified {
        Some(_) => confirmed(&state),
        None => form(
            &state,
            &token,
            Some("The code is not right, or its five tries are over. Check the newest mail"),
        ),
    })
}

fn confirmed(state: &State) -> Response {
    let texts = &[
        "From now on notifications under Operation Encompass can be sent to it. They say nothing about any child; each has \
         a link to a page that asks for a code first.",
        "If you stop looking after safeguarding at your setting, tell the desk by telephone.",
    ];
    let title = "Your mail address is confirmed";
    Message { title, texts, onward: None, desks: &state.desks() }.answer(StatusCode::OK)
}

fn ended(state: &State) -> Response {
    let texts = &[
        "The address has been confirmed already, a newer mail has been sent, or the link has expired.",
        "If you are not sure, telephone the desk: it can send you a new one.",
    ];
    let title = "This link no longer opens";
    Message { title, texts, onward: None, desks: &state.desks() }.answer(StatusCode::GONE)
}
