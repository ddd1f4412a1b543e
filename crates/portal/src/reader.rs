//! `/reader`: who is reading, asked before anything is shown.

use askama::Template;
use axum::extract::State as Given;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use encompass_store::portal::Reader;
use encompass_web::Page;
use encompass_web::form::{Button, ButtonKind, ErrorSummary, Fields, Hidden, InputKind, TextInput};

use crate::State;
use crate::fault::Fault;
use crate::part::Desks;
use crate::session::SignedIn;

const PURPOSE: &str = "say who is reading";
const NAME: &str = "name";
const ROLE: &str = "role";
const CHARS: std::ops::RangeInclusive<usize> = 2..=100;

pub(crate) fn route() -> MethodRouter<State> {
    get(show).post(keep)
}

#[derive(Template)]
#[template(path = "reader.html")]
struct Who<'a> {
    errors: ErrorSummary<'a>,
    title: &'a str,
    token: Hidden<'a>,
    name: TextInput<'a>,
    role: TextInput<'a>,
    button: Button<'a>,
    desks: Desks<'a>,
}

async fn show(Given(state): Given<State>, signed_in: SignedIn) -> Response {
    let said = signed_in.session.reader.clone();
    form(&state, &signed_in, &said.unwrap_or_else(nobody), &Wrong::default())
}

fn nobody() -> Reader {
    Reader { name: String::new(), role: String::new() }
}

/// What is wrong with what a reader said.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) name: Option<&'static str>,
    pub(crate) role: Option<&'static str>,
}

impl Wrong {
    pub(crate) fn with(reader: &Reader) -> Self {
        let fits = |text: &str| CHARS.contains(&text.chars().count()) && !text.chars().any(char::is_control);
        Self {
            name: (!fits(&reader.name)).then_some("Enter your first and last name"),
            role: (!fits(&reader.role)).then_some("Enter what you are at your setting"),
        }
    }
}

fn form(state: &State, signed_in: &SignedIn, said: &Reader, wrong: &Wrong) -> Response {
    let title = "Who is reading?";
    let errors = [(NAME, wrong.name), (ROLE, wrong.role)];
    let errors: Vec<_> =
        errors.into_iter().filter_map(|(id, error)| error.map(|error| (id, error))).collect();
    let failed = !errors.is_empty();
    let desks = state.desks();
    let content = Who {
        errors: ErrorSummary { errors },
        title,
        token: Hidden::token(signed_in.token.secret(), PURPOSE),
        name: TextInput::new(NAME, "Your name", InputKind::Text)
            .autocomplete("name")
            .value(&said.name)
            .error(wrong.name),
        role: TextInput::new(ROLE, "What you are at your setting", InputKind::Text)
            .autocomplete("organization-title")
            .hint("Such as designated safeguarding lead, deputy, or head teacher")
            .value(&said.role)
            .error(wrong.role),
        button: Button::new("Continue", ButtonKind::Main),
        desks: Desks(&desks),
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, Page::new(title).failed(failed).show(&content)).into_response()
}

async fn keep(Given(state): Given<State>, signed_in: SignedIn, fields: Fields) -> Result<Response, Fault> {
    if let Err(forged) = fields.verify(signed_in.token.secret(), PURPOSE) {
        return Ok(forged.into_response());
    }
    let reader = Reader { name: fields.one(NAME).to_owned(), role: fields.one(ROLE).to_owned() };
    let wrong = Wrong::with(&reader);
    if wrong != Wrong::default() {
        return Ok(form(&state, &signed_in, &reader, &wrong));
    }
    let mut tx = state.store.begin().await?;
    tx.name_reader(&signed_in.session, &reader).await?;
    tx.commit().await?;
    Ok(Redirect::to("/notices").into_response())
}
