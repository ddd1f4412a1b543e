//! Tokens against forged forms: an HMAC under the session's secret, so that nothing needs to be stored.

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::page;

/// The name of the hidden field.
pub const FIELD: &str = "form_token";

/// The form was not made by us for this session and purpose, or is from a session that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the form's token does not fit its session")]
pub struct Forged;

impl IntoResponse for Forged {
    fn into_response(self) -> Response {
        page::stale_form()
    }
}

/// The token for forms of this `purpose` (the action and what it acts on) in the session with this `secret`.
pub fn token(secret: &[u8], purpose: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&key(secret), purpose.as_bytes()))
}

/// Checks a token in constant time.
///
/// # Errors
/// [`Forged`] for anything but the token of this secret and purpose.
pub fn verify(secret: &[u8], purpose: &str, token: &str) -> Result<(), Forged> {
    let tag = URL_SAFE_NO_PAD.decode(token).map_err(|_| Forged)?;
    hmac::verify(&key(secret), purpose.as_bytes(), &tag).map_err(|_| Forged)
}

/// A key of its own, so that a session's secret used elsewhere with HMAC gives no form tokens.
fn key(secret: &[u8]) -> hmac::Key {
    let parent = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&parent, b"encompass form token v1").as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_own_session_and_purpose_only() {
        let good = token(b"session one", "acknowledge 7");
        let mut cut = good.clone();
        cut.pop();
        for (secret, purpose, given, fits) in [
            ("session one", "acknowledge 7", good.as_str(), true),
            ("session two", "acknowledge 7", &good, false),
            ("session one", "acknowledge 8", &good, false),
            ("session one", "acknowledge 7", "", false),
            ("session one", "acknowledge 7", "!!", false),
            ("session one", "acknowledge 7", &cut, false),
            ("session one", "acknowledge 7", &format!("{good}A"), false),
        ] {
            let verdict = verify(secret.as_bytes(), purpose, given);
            assert_eq!(verdict.is_ok(), fits, "{secret}, {purpose}");
        }
    }
}
