//! What goes wrong beyond the reader's own doing, as a page or a problem.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use encompass_web::{Problem, page};

/// Why a request can't be answered.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The store failed.
    Store(encompass_store::Error),
    /// A stored incident can't be read, or names no such child.
    Unreadable,
    /// Nothing that this reader may see.
    NotFound,
    /// The force's profile does not allow it.
    Forbidden,
}

impl From<encompass_store::Error> for Fault {
    fn from(error: encompass_store::Error) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    /// The status, with a line in the log where somebody should know.
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Store(error) if error.is_transient() => {
                tracing::warn!(%error, "the store is away");
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Store(error) => {
                tracing::error!(%error, "the store failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::Unreadable => {
                tracing::error!("a stored incident can't be read or does not name its child");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        page::error(self.status())
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::of(fault.status())
    }
}
