//! Who is signed in.

use axum::extract::{FromRequestParts, Request, State as Extract};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use encompass_core::state::Role;
use encompass_store::Scope;
use encompass_store::account::Account;
use encompass_web::Peer;
use encompass_web::cookie::{Cookie, SameSite};
use encompass_web::form::Hidden;
use encompass_web::session::Token;

use crate::State;
use crate::failure::Failure;

/// Browsers don't keep the ports of one host apart: the portal's cookies have other names.
pub(crate) const COOKIE: Cookie = Cookie::new("encompass-desk", SameSite::Strict);

/// A member of staff, signed in.
#[derive(Clone)]
pub(crate) struct Staff {
    /// The account as it is now.
    pub account: Account,
    /// What the account may see.
    pub scope: Scope,
    token: Token,
}

impl Staff {
    /// The token of a form that is sent to `action`.
    pub fn form(&self, action: &str) -> Hidden<'static> {
        Hidden::token(self.token.secret(), action)
    }

    /// What the session's form tokens are made with.
    pub fn secret(&self) -> &[u8] {
        self.token.secret()
    }

    pub fn has(&self, role: Role) -> bool {
        self.account.has_any(&[role])
    }
}

/// Which roles may use a route, with what is needed to find out.
#[derive(Clone)]
pub(crate) struct Guard {
    pub state: State,
    pub roles: &'static [Role],
}

/// Lets through who has one of the route's roles; sends who is not signed in to sign in.
pub(crate) async fn admit(
    Extract(guard): Extract<Guard>,
    peer: Peer,
    headers: HeaderMap,
    mut request: Request,
    next: Next,
) -> Response {
    match signed_in(&guard.state, &headers, &peer).await {
        Err(failure) => failure.into_response(),
        Ok(None) if request.method() == Method::GET => Redirect::to("/sign-in").into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Ok(Some(staff)) if !staff.account.has_any(guard.roles) => StatusCode::FORBIDDEN.into_response(),
        Ok(Some(staff)) => {
            request.extensions_mut().insert(staff);
            next.run(request).await
        }
    }
}

async fn signed_in(state: &State, headers: &HeaderMap, peer: &Peer) -> Result<Option<Staff>, Failure> {
    let Some(token) = COOKIE.read(headers, peer) else { return Ok(None) };
    let account = state.store().session(&token.hash(), state.life(), state.machine()).await?;
    Ok(account.map(|account| Staff { scope: account.scope(), account, token }))
}

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let staff = parts.extensions.get::<Self>().cloned();
        // Only a route outside the table has none; it shows nothing.
        staff.ok_or_else(|| StatusCode::FORBIDDEN.into_response())
    }
}
