//! Problems: what went wrong with a request, for the system that sent it (RFC 9457).
//!
//! Nothing of the request is echoed: a pointer names a place by the schema's own names, texts are ours.

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field, as a JSON Pointer (RFC 6901) made of the schema's names and array positions.
    pub pointer: String,
    /// What is wrong with it, never its value.
    pub problem: Cow<'static, str>,
    /// What to send instead.
    pub advice: Cow<'static, str>,
}

/// An answer in `application/problem+json`; `instance` is left out, the request id in the headers serves for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A name that stays the same, for programs to decide by.
    #[serde(rename = "type")]
    kind: Cow<'static, str>,
    title: Cow<'static, str>,
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem of a kind of its own: `slug` is the last part of `urn:encompass:problem:…`, `title` the same for all of its kind.
    pub fn new(status: StatusCode, slug: &'static str, title: &'static str) -> Self {
        Self { kind: format!("urn:encompass:problem:{slug}").into(), title: title.into(), ..Self::of(status) }
    }

    /// A problem that says no more than its status does (`about:blank`), with our advice as detail.
    pub fn of(status: StatusCode) -> Self {
        Self {
            kind: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status,
            detail: advice(status).map(Cow::Borrowed),
            errors: Vec::new(),
            retry_after: retry(status),
        }
    }

    /// 413: the body has more bytes than are taken.
    pub fn too_large(bytes_max: usize) -> Self {
        let detail = format!(
            "The body is too large: at most {bytes_max} bytes are taken here. Send fewer items at once."
        );
        Self::of(StatusCode::PAYLOAD_TOO_LARGE).detail(detail)
    }

    /// 500: our own fault, of which the caller learns nothing more.
    pub fn internal() -> Self {
        Self::of(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// 503: too much at once, or the store is away.
    pub fn busy() -> Self {
        Self::of(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// 429: too many tries.
    pub fn too_many(retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::of(StatusCode::TOO_MANY_REQUESTS) }
    }

    /// Says what is the matter this time; never with a value from the request.
    pub fn detail(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Names the fields that are wrong.
    pub fn errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// The status it answers with.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after) = (self.status, self.retry_after);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(wait) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds(wait));
        }
        response
    }
}

/// `Retry-After` in whole seconds, rounded up so that the next try is not too early.
pub(crate) fn seconds(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

/// How long to wait after an answer of this status, where waiting helps.
pub(crate) fn retry(status: StatusCode) -> Option<Duration> {
    let waits = matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
    waits.then_some(Duration::from_secs(5))
}

fn advice(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::BAD_REQUEST => {
            "The request could not be read. Check its body against the published schema."
        }
        StatusCode::UNAUTHORIZED => "Send the key that was issued to you in the Authorization header.",
        StatusCode::FORBIDDEN => {
            "This key or connection may not do that. Connect by https with the key for this force or setting."
        }
        StatusCode::NOT_FOUND => "Nothing is here for this key. Check the address.",
        StatusCode::METHOD_NOT_ALLOWED => "Use one of the methods in the Allow header.",
        StatusCode::REQUEST_TIMEOUT => "The body did not arrive in time. Send it again.",
        StatusCode::PAYLOAD_TOO_LARGE => {
            "The body is larger than is accepted here. Send fewer items at once."
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "Send JSON, with the content type application/json or application/cloudevents+json."
        }
        StatusCode::UNPROCESSABLE_ENTITY => {
            "The body is JSON, but not what is expected here. Check it against the published schema."
        }
        StatusCode::TOO_MANY_REQUESTS => "Too many requests. Wait for the time in the Retry-After header.",
        StatusCode::INTERNAL_SERVER_ERROR => {
            "The fault is ours and has been recorded. It is safe to send the request again."
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            "The service is busy or being started. It is safe to send the request again after the time in the Retry-After header."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_the_members_of_rfc_9457_and_ours() {
        let problem =
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-incident", "The incident is not valid")
                .detail("One field is wrong.")
                .errors(vec![FieldError {
                    pointer: "/children/0/birth_date".into(),
                    problem: "is no date".into(),
                    advice: "write it as 2015-03-31".into(),
                }]);
        let written = serde_json::to_value(&problem).unwrap();
        let expected = serde_json::json!({
            "type": "urn:encompass:problem:invalid-incident",
            "title": "The incident is not valid",
            "status": 422,
            "detail": "One field is wrong.",
            "errors": [{"pointer": "/children/0/birth_date", "problem": "is no date", "advice": "write it as 2015-03-31"}],
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn waiting_is_told_in_whole_seconds_rounded_up() {
        for (wait, told) in
            [(Duration::from_millis(1), "1"), (Duration::from_secs(7), "7"), (Duration::ZERO, "0")]
        {
            let response = Problem::too_many(wait).into_response();
            assert_eq!(response.headers()[RETRY_AFTER], told);
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(Problem::busy().into_response().headers().contains_key(RETRY_AFTER));
        assert!(!Problem::internal().into_response().headers().contains_key(RETRY_AFTER));
    }
}
