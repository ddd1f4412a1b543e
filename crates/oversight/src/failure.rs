//! What goes wrong on a page, and the page that says so.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use encompass_store as store;

/// Why staff's pages can't be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration makes no sense.
    #[error("oversight: {0}")]
    Config(String),
    /// The store failed.
    #[error("oversight: {0}")]
    Store(#[from] store::Error),
}

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The store refused or is away. What is not there, or not in scope, is 404.
    Store(store::Error),
    /// What was sent makes no sense, such as an id that is none.
    Bad,
    /// The answer is written already.
    Answer(Box<Response>),
}

/// A page, or why there is none.
pub(crate) type Answer = Result<Response, Failure>;

/// The id of a field, and what is wrong with what was filled in; the page comes back and says so.
pub(crate) type Wrong<'a> = (&'a str, &'a str);

/// What is wrong with this field.
pub(crate) fn wrong_with<'a>(field: &str, wrong: Option<Wrong<'a>>) -> Option<&'a str> {
    wrong.filter(|(at, _)| *at == field).map(|(_, text)| text)
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Response> for Failure {
    fn from(response: Response) -> Self {
        Self::Answer(Box::new(response))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error = match self {
            Self::Answer(response) => return *response,
            Self::Bad => return StatusCode::BAD_REQUEST.into_response(),
            Self::Store(error) => error,
        };
        match error {
            // A case that was erased is no longer there for anybody.
            store::Error::NotFound | store::Error::Sealed => StatusCode::NOT_FOUND.into_response(),
            store::Error::Changed => StatusCode::CONFLICT.into_response(),
            error if error.is_transient() => {
                tracing::warn!(%error, "a page waits for the store");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            error => {
                tracing::error!(%error, "a page failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
