//! The browser's own word on where a form was sent from, before its token is looked at.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::page;

/// Refuses what another site made the browser send.
pub(crate) async fn check(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || from_our_own_page(request.headers()) {
        return next.run(request).await;
    }
    page::stale_form()
}

/// `Sec-Fetch-Site` decides where the browser sends it (over https and on loopback). Without it `Origin` has to be our own host; it may
/// be absent or `null`, which is what our referrer policy makes of it, and then the form's token alone decides.
fn from_our_own_page(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("?"));
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    match text(ORIGIN) {
        None | Some("null") => true,
        Some(origin) => {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            host.is_some() && host == text(HOST)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_send_forms() {
        for (headers, ours) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://desk.example"),
                    ("host", "desk.example"),
                ],
                false,
            ),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (&[("origin", "https://desk.example"), ("host", "desk.example")], true),
            (&[("origin", "https://desk.example:8443"), ("host", "desk.example:8443")], true),
            (&[("origin", "https://desk.example"), ("host", "desk.example:8443")], false),
            (&[("origin", "https://evil.example"), ("host", "desk.example")], false),
            (&[("origin", "desk.example"), ("host", "desk.example")], false),
            (&[("origin", "https://desk.example")], false),
            (&[("origin", "null"), ("host", "desk.example")], true),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, value.parse().unwrap());
            }
            assert_eq!(from_our_own_page(&map), ours, "{headers:?}");
        }
    }
}
