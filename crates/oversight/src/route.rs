//! Every route and who may use it: the one table from which the router is built and which a test walks.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use encompass_core::state::Role;

use crate::staff::{Guard, admit};
use crate::{State, desk, figures, matching, quality, service, sign_in};

/// How a route is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Changes nothing but the audit log.
    Get,
    /// A form.
    Post,
}

/// One route.
pub struct Route {
    /// How it is asked.
    pub verb: Verb,
    /// Its path, with `{…}` for ids.
    pub path: &'static str,
    /// Who may use it; empty: everybody, also who is not signed in.
    pub roles: &'static [Role],
    handler: fn() -> MethodRouter<State>,
}

const NOBODY: &[Role] = &[];
const ANYONE: &[Role] = Role::ALL;
const DESK: &[Role] = &[Role::Desk];
const REVIEWER: &[Role] = &[Role::Reviewer];
const LEADER: &[Role] = &[Role::Leader];
const OPERATOR: &[Role] = &[Role::Operator];
/// Who sees how far matches are sent without a person, and who says how far.
pub(crate) const WATCHES: &[Role] = &[Role::Desk, Role::Leader, Role::Operator];
const SETS: &[Role] = &[Role::Leader, Role::Operator];

const fn read(path: &'static str, roles: &'static [Role], handler: fn() -> MethodRouter<State>) -> Route {
    Route { verb: Verb::Get, path, roles, handler }
}

const fn send(path: &'static str, roles: &'static [Role], handler: fn() -> MethodRouter<State>) -> Route {
    Route { verb: Verb::Post, path, roles, handler }
}

/// Every route.
pub const TABLE: &[Route] = &[
    read("/sign-in", NOBODY, || get(sign_in::show)),
    send("/sign-in", NOBODY, || post(sign_in::sign_in)),
    send("/sign-out", ANYONE, || post(sign_in::sign_out)),
    read("/", ANYONE, || get(sign_in::start)),
    read("/held", DESK, || get(desk::held::list)),
    read("/held/next", DESK, || get(desk::held::next)),
    read("/children/{child}", DESK, || get(desk::child::show)),
    send("/children/{child}/decide", DESK, || post(desk::decide::decide)),
    send("/children/{child}/hand-over", DESK, || post(desk::decide::hand_over)),
    send("/children/{child}/part", DESK, || post(desk::join::part)),
    send("/children/{child}/ask", DESK, || post(desk::ask::ask)),
    send("/children/{child}/answer", DESK, || post(desk::ask::answer)),
    read("/tasks", DESK, || get(desk::task::list)),
    read("/tasks/{task}", DESK, || get(desk::task::show)),
    send("/tasks/{task}/claim", DESK, || post(desk::task::claim)),
    send("/tasks/{task}/release", DESK, || post(desk::task::release)),
    send("/tasks/{task}/settle", DESK, || post(desk::task::settle)),
    read("/tasks/{task}/call", DESK, || get(desk::call::show)),
    send("/tasks/{task}/call", DESK, || post(desk::call::record)),
    read("/dead-letters", DESK, || get(desk::dead_letter::list)),
    read("/dead-letters/{refused}", DESK, || get(desk::dead_letter::show)),
    send("/dead-letters/{refused}/put-back", DESK, || post(desk::dead_letter::put_back)),
    send("/dead-letters/{refused}/close", DESK, || post(desk::dead_letter::close)),
    read("/incidents", DESK, || get(desk::incident::find_form)),
    send("/incidents", DESK, || post(desk::incident::find)),
    read("/incidents/{incident}", DESK, || get(desk::incident::show)),
    read("/settings", DESK, || get(desk::setting::find)),
    read("/settings/{setting}", DESK, || get(desk::setting::show)),
    send("/settings/{setting}/contacts", DESK, || post(desk::contact::add)),
    read("/contacts/{contact}", DESK, || get(desk::contact::show)),
    send("/contacts/{contact}/address", DESK, || post(desk::contact::change_address)),
    send("/contacts/{contact}/verify-by-call", DESK, || post(desk::contact::verify_by_call)),
    send("/contacts/{contact}/send-verification", DESK, || post(desk::contact::send_verification)),
    send("/contacts/{contact}/retire", DESK, || post(desk::contact::retire)),
    read("/reviews", REVIEWER, || get(quality::queue::show)),
    read("/reviews/done", REVIEWER, || get(quality::queue::done)),
    read("/reviews/{sample}/{child}", REVIEWER, || get(quality::review::show)),
    send("/reviews/{sample}/{child}", REVIEWER, || post(quality::review::answer)),
    read("/matches", REVIEWER, || get(matching::queue::show)),
    read("/matches/{child}", REVIEWER, || get(matching::review::show)),
    send("/matches/{child}", REVIEWER, || post(matching::review::answer)),
    read("/matching", WATCHES, || get(matching::page::show)),
    read("/matching/{force}/{register}", SETS, || get(matching::show_automatic)),
    send("/matching/{force}/{register}", SETS, || post(matching::set)),
    read("/figures", LEADER, || get(figures::page::show)),
    read("/service", OPERATOR, || get(service::show)),
    send("/service/tasks/{task}/settle", OPERATOR, || post(service::settle)),
];

/// The routes of staff's pages, each behind its guard. The executable dresses them with `encompass_web::App::pages`.
pub fn routes(state: State) -> Router {
    let router = TABLE.iter().fold(Router::new(), |router, route| {
        let handler = (route.handler)();
        if route.roles.is_empty() {
            return router.route(route.path, handler);
        }
        let guard = Guard { state: state.clone(), roles: route.roles };
        router.route(route.path, handler.route_layer(from_fn_with_state(guard, admit)))
    });
    router.with_state(state)
}
