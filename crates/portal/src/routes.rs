//! All routes of the portal: the tables from which the routers are built and which a test walks.

use axum::Router;
use axum::response::Redirect;
use axum::routing::{MethodRouter, get};

use crate::{State, acknowledge, answer, code, link, list, notice, pull, reader, session, sign_in, verify};

/// One route.
pub struct Route {
    /// Its path, with `{…}` for ids and tokens.
    pub path: &'static str,
    handler: fn() -> MethodRouter<State>,
}

const fn at(path: &'static str, handler: fn() -> MethodRouter<State>) -> Route {
    Route { path, handler }
}

/// The pages that settings' people see: the only ones that the public reaches.
pub const PAGES: &[Route] = &[
    at("/", || get(async || Redirect::to("/notices"))),
    at("/n/{token}", link::route),
    at("/sign-in", sign_in::route),
    at("/code", code::route),
    at("/code/again", code::again),
    at("/reader", reader::route),
    at("/notices", list::route),
    at("/notices/{id}", notice::route),
    at("/notices/{id}/answer", answer::route),
    at("/notices/{id}/acknowledgement", acknowledge::route),
    at("/sign-out", session::sign_out),
    at("/verify/{token}", verify::route),
];

/// What settings' systems fetch, on the listener for systems.
pub const API: &[Route] =
    &[at("/v1/notices/{id}", pull::fetch), at("/v1/notices/{id}/acknowledgements", pull::acknowledge)];

/// The pages.
pub fn routes(state: State) -> Router {
    router(PAGES, state)
}

/// The routes for systems.
pub fn api(state: State) -> Router {
    router(API, state)
}

fn router(routes: &[Route], state: State) -> Router {
    let router =
        routes.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    router.with_state(state)
}
