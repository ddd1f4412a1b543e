//! Who asks: a force's system, by the key that was issued to it.

use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use encompass_store::api_key::Owner;
use encompass_web::Problem;

use super::Shared;

/// A force's system.
pub(super) struct Caller {
    pub force: String,
    /// What people call the key.
    pub label: String,
}

/// The caller, or the answer that there is none. The scheme's name is compared without case (RFC 9110 11.1).
pub(super) async fn caller(shared: &Shared, headers: &HeaderMap) -> Result<Caller, Response> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let (scheme, token) = header.split_once(' ').unwrap_or(("", ""));
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(unauthorised());
    }
    let intake = &shared.intake;
    let found = intake.store.find_api_key(token.trim(), intake.clock.machine()).await;
    match found {
        Ok(Some(key)) => match key.owner {
            Owner::Force(force) => Ok(Caller { force, label: key.label }),
            Owner::Setting(_) => Err(Problem::of(StatusCode::FORBIDDEN).into_response()),
        },
        Ok(None) => Err(unauthorised()),
        Err(error) => Err(failed(&error.into())),
    }
}

/// The caller of a route that reads; the answer that there is none, or that it asks too often.
pub(super) async fn reader(shared: &Shared, headers: &HeaderMap) -> Result<Caller, Response> {
    let caller = caller(shared, headers).await?;
    match shared.limiter.check(&caller.force, shared.intake.clock.machine()) {
        Ok(()) => Ok(caller),
        Err(wait) => Err(Problem::too_many(wait.0).into_response()),
    }
}

fn unauthorised() -> Response {
    let mut answer = Problem::of(StatusCode::UNAUTHORIZED).into_response();
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}

/// Our own failure: worth a repetition when it is transient.
pub(super) fn failed(error: &crate::Error) -> Response {
    if error.is_transient() {
        return Problem::busy().into_response();
    }
    tracing::error!(%error, "a request failed");
    Problem::internal().into_response()
}
