//! One span and one count per request, by the route's pattern: no raw path, no query, no value from the path, no client address.

use std::fmt;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use ring::rand::{SecureRandom, SystemRandom};
use tracing::Instrument;

use crate::app::Kind;
use crate::metrics::HttpMetrics;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The trace that a request belongs to (W3C Trace Context, version 00): 32 hexadecimal digits, also sent back as `x-request-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId([u8; 16]);

impl TraceId {
    fn draw() -> Self {
        let mut bytes = [0; 16];
        SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
        Self(bytes)
    }

    /// Reads `00-<trace id>-<parent id>-<flags>`; anything else is no trace.
    pub fn of_traceparent(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let sized = version == "00" && trace.len() == 32 && parent.len() == 16 && flags.len() == 2;
        let lower_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        if !sized || !lower_hex || parts.next().is_some() || parent.bytes().all(|byte| byte == b'0') {
            return None;
        }
        let id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        Some(Self(id.to_be_bytes()))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// What [`watch`] needs to know of the listener.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) kind: Kind,
    pub(crate) listener: &'static str,
    pub(crate) metrics: HttpMetrics,
}

/// Runs a request in its span and counts it.
pub(crate) async fn watch(State(watch): State<Watch>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let method = known(request.method());
    let trace = trace_of(watch.kind, request.headers());
    request.extensions_mut().insert(trace);
    let span = tracing::info_span!("request", listener = watch.listener, method, route, trace = %trace);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    watch.metrics.observe(watch.listener, method, route, status, took);
    span.in_scope(|| tracing::debug!(status, took_ms = took.as_millis(), "answered"));
    let id = HeaderValue::from_str(&trace.to_string()).expect("hexadecimal digits are visible ASCII");
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Police systems' traces go on here; a browser's word is not asked for.
fn trace_of(kind: Kind, headers: &HeaderMap) -> TraceId {
    let given = match kind {
        Kind::Api => headers.get(TRACEPARENT).and_then(|value| value.to_str().ok()),
        Kind::Pages => None,
    };
    given.and_then(TraceId::of_traceparent).unwrap_or_else(TraceId::draw)
}

/// A method as a label: those of the standard by name, so that clients can't make labels of their own.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_traceparent_is_taken() {
        let whole = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let taken = TraceId::of_traceparent(whole).map(|id| id.to_string());
        assert_eq!(taken.as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for wrong in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            assert_eq!(TraceId::of_traceparent(wrong), None, "{wrong}");
        }
    }
}
