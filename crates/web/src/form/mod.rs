//! Forms: what a browser sent, checked for size and forgery, and the fields that pages show.

pub mod csrf;
mod fields;
pub(crate) mod origin;

pub use fields::{
    Button, ButtonKind, Choice, ErrorSummary, Hidden, InputKind, Options, Select, TextArea, TextInput,
};

use std::fmt;

use axum::extract::{Form, FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// More fields than any of our forms has.
const FIELDS_MAX: usize = 200;
/// Characters of one field; our longest is a reviewer's remark.
const FIELD_CHARS_MAX: usize = 10_000;

/// The fields of an `application/x-www-form-urlencoded` body, in their order.
#[derive(Clone, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first field of this name without surrounding space, or `""`.
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value.trim())
    }

    /// All fields of this name, as ticked boxes send them, without surrounding space.
    pub fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.trim())
    }

    /// Checks the form's token, made by [`csrf::token`] with the same secret and purpose.
    ///
    /// # Errors
    /// [`csrf::Forged`], which answers with a page that says what to do.
    pub fn verify(&self, secret: &[u8], purpose: &str) -> Result<(), csrf::Forged> {
        csrf::verify(secret, purpose, self.one(csrf::FIELD))
    }
}

impl From<Vec<(String, String)>> for Fields {
    fn from(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fields({} fields)", self.0.len())
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let read = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let Form(fields) = read.map_err(IntoResponse::into_response)?;
        let too_long =
            |(name, value): &(String, String)| name.len() > 100 || value.chars().count() > FIELD_CHARS_MAX;
        if fields.len() > FIELDS_MAX || fields.iter().any(too_long) {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        Ok(Self(fields))
    }
}
