//! The reader's session, as routes ask for it.

use axum::extract::FromRequestParts;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, post};
use encompass_store::portal::{GOOD_FOR, Reader, Session};
use encompass_web::cookie::{Cookie, SameSite};
use encompass_web::form::{Fields, Hidden};
use encompass_web::page::Account;
use encompass_web::session::Token;
use encompass_web::{Peer, page};

use crate::State;
use crate::fault::Fault;

/// Binds a code to the browser that asked for it. It goes when the code does.
pub(crate) const BROWSER: Cookie = Cookie::new("portal_code", SameSite::Lax)
    .max_age(std::time::Duration::from_secs(GOOD_FOR.as_secs().unsigned_abs()));
/// The session. `Lax`, so that the link in a later mail finds the reader signed in.
pub(crate) const SESSION: Cookie = Cookie::new("portal", SameSite::Lax);

const SIGN_OUT: &str = "sign out";

/// A browser whose reader has a contact's mail, and may not have said yet who they are.
pub(crate) struct SignedIn {
    pub(crate) session: Session,
    pub(crate) token: Token,
}

/// A session whose reader has said who they are: only with it may a child be shown.
pub(crate) struct Reading {
    pub(crate) session: Session,
    pub(crate) reader: Reader,
    pub(crate) token: Token,
}

impl Reading {
    /// The reader's name and the way out, for the head of a page.
    pub(crate) fn account(&self) -> Account<'_> {
        let token = Hidden::token(self.token.secret(), SIGN_OUT);
        Account { name: &self.reader.name, sign_out: "/sign-out", token }
    }
}

/// The browser that sent a form: one that was given the form, for this purpose, and has tries left. Else the answer.
pub(crate) fn browser_of(
    state: &State,
    peer: &Peer,
    headers: &HeaderMap,
    fields: &Fields,
    purpose: &str,
) -> Result<Token, Box<Response>> {
    let browser = BROWSER.read(headers, peer).ok_or_else(|| Box::new(page::stale_form()))?;
    may_send(state, peer, fields, browser.secret(), purpose)?;
    Ok(browser)
}

/// Whether a form may be read: it is ours, made with this secret for this purpose, and its sender has tries left. Else
/// the answer.
pub(crate) fn may_send(
    state: &State,
    peer: &Peer,
    fields: &Fields,
    secret: &[u8],
    purpose: &str,
) -> Result<(), Box<Response>> {
    fields.verify(secret, purpose).map_err(|forged| Box::new(forged.into_response()))?;
    state.may_try(peer).map_err(|_| Box::new(page::error(StatusCode::TOO_MANY_REQUESTS)))
}

/// The session that these headers carry, if it has not ended.
pub(crate) async fn of_headers(
    state: &State,
    headers: &HeaderMap,
    peer: &Peer,
) -> Result<Option<SignedIn>, Fault> {
    let Some(token) = SESSION.read(headers, peer) else { return Ok(None) };
    let session = state.store.portal_session(&token.hash(), state.machine()).await?;
    Ok(session.map(|session| SignedIn { session, token }))
}

impl FromRequestParts<State> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let peer = Peer::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let found = of_headers(state, &parts.headers, &peer).await.map_err(IntoResponse::into_response)?;
        let signed_in = found.ok_or_else(|| Redirect::to("/sign-in").into_response())?;
        signed_in.keep(state).await.map_err(IntoResponse::into_response)?;
        Ok(signed_in)
    }
}

impl SignedIn {
    /// Lets the session live on while it is used.
    async fn keep(&self, state: &State) -> Result<(), Fault> {
        let machine = state.machine();
        if self.session.wants_keeping(machine) {
            let mut tx = state.store.begin().await?;
            tx.keep_portal_session(&self.session, machine).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

impl FromRequestParts<State> for Reading {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let SignedIn { session, token } = SignedIn::from_request_parts(parts, state).await?;
        let reader = session.reader.clone().ok_or_else(|| Redirect::to("/reader").into_response())?;
        Ok(Self { session, reader, token })
    }
}

/// `POST /sign-out`.
pub(crate) fn sign_out() -> MethodRouter<State> {
    post(end)
}

async fn end(
    axum::extract::State(state): axum::extract::State<State>,
    peer: Peer,
    signed_in: SignedIn,
    fields: Fields,
) -> Result<Response, Fault> {
    if let Err(forged) = fields.verify(signed_in.token.secret(), SIGN_OUT) {
        return Ok(forged.into_response());
    }
    let mut tx = state.store.begin().await?;
    tx.end_portal_session(&signed_in.session, state.machine()).await?;
    tx.commit().await?;
    Ok(([(SET_COOKIE, SESSION.remove(&peer))], Redirect::to("/sign-in")).into_response())
}
