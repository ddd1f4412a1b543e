//! All routes of the portal.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::{State, acknowledge, answer, code, link, list, notice, pull, reader, session, sign_in, verify};

/// The pages that settings' people see: the only ones that the public reaches.
pub fn routes(state: State) -> Router {
    Router::new()
        .route("/", get(async || Redirect::to("/notices")))
        .route("/n/{token}", link::route())
        .route("/sign-in", sign_in::route())
        .route("/code", code::route())
        .route("/code/again", code::again())
        .route("/reader", reader::route())
        .route("/notices", list::route())
        .route("/notices/{id}", notice::route())
        .route("/notices/{id}/answer", answer::route())
        .route("/notices/{id}/acknowledgement", acknowledge::route())
        .route("/sign-out", session::sign_out())
        .route("/verify/{token}", verify::route())
        .with_state(state)
}

/// What settings' systems fetch, on the listener for systems.
pub fn api(state: State) -> Router {
    Router::new()
        .route("/v1/notices/{id}", pull::fetch())
        .route("/v1/notices/{id}/acknowledgements", pull::acknowledge())
        .with_state(state)
}
