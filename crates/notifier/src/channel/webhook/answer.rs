//! What an endpoint's answer means.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::channel::{Class, Code, Outcome};

/// Outcome of an HTTP status. A 2xx is an acceptance whatever its body says (Standard Webhooks 1.0, "Operational
/// considerations"); a redirect is not followed, since it would lead to an address that nobody has confirmed.
pub(super) fn outcome(status: u16, retry_after: Option<Duration>) -> Outcome {
    let code = Code::plain(status);
    let deferred = |class| Outcome::Deferred { class, code: Some(code), retry_after };
    let rejected = |class| Outcome::Rejected { class, code: Some(code) };
    match status {
        200..=299 => Outcome::Accepted { code },
        410 => rejected(Class::Gone),
        429 => deferred(Class::RateLimited),
        503 => deferred(Class::Busy),
        408 | 504 => deferred(Class::Timeout),
        // Conflict, locked, too early: about this moment, not about the request.
        409 | 423 | 425 => deferred(Class::Busy),
        401 | 403 | 407 => rejected(Class::Auth),
        300..=499 => rejected(Class::BadAddress),
        500..=599 => deferred(Class::ServerError),
        _ => deferred(Class::Unknown),
    }
}

/// Reads `Retry-After`, seconds or a date (RFC 9110, section 10.2.3), no longer than `most`. `None` for what can't
/// be read and for a date that has passed.
pub(super) fn retry_after(value: &str, now: Timestamp, most: Duration) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are an endless wait, which the bound cuts.
        return Some(value.parse().map_or(most, Duration::from_secs).min(most));
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let wait = now.duration_until(at);
    if wait <= SignedDuration::ZERO { None } else { Some(wait.unsigned_abs().min(most)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_classed() {
        let wait = Some(Duration::from_secs(7));
        let deferred =
            |class, status| Outcome::Deferred { class, code: Some(Code::plain(status)), retry_after: wait };
        let rejected = |class, status| Outcome::Rejected { class, code: Some(Code::plain(status)) };
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(outcome(status, wait), Outcome::Accepted { code: Code::plain(status) });
        }
        let cases = [
            (&[429][..], Class::RateLimited),
            (&[503, 409, 423, 425][..], Class::Busy),
            (&[408, 504][..], Class::Timeout),
            (&[500, 501, 502, 599][..], Class::ServerError),
            (&[101, 600][..], Class::Unknown),
        ];
        for (statuses, class) in cases {
            for status in statuses {
                assert_eq!(outcome(*status, wait), deferred(class, *status));
            }
        }
        for status in [301, 302, 307, 308, 400, 404, 405, 413, 415, 422] {
            assert_eq!(outcome(status, wait), rejected(Class::BadAddress, status));
        }
        for status in [401, 403] {
            assert_eq!(outcome(status, wait), rejected(Class::Auth, status));
        }
        assert_eq!(outcome(410, wait), rejected(Class::Gone, 410));
    }

    #[test]
    fn retry_after_is_read_and_bounded() {
        let now = "2026-07-06T07:00:00Z".parse().expect("an instant");
        let most = Duration::from_secs(900);
        let cases = [
            ("30", Some(30)),
            (" 0 ", Some(0)),
            ("86400", Some(900)),
            ("99999999999999999999999", Some(900)),
            ("Mon, 06 Jul 2026 07:01:00 GMT", Some(60)),
            ("Mon, 06 Jul 2026 09:00:00 GMT", Some(900)),
            ("Mon, 06 Jul 2026 06:00:00 GMT", None),
            ("-1", None),
            ("soon", None),
            ("", None),
        ];
        for (value, seconds) in cases {
            assert_eq!(retry_after(value, now, most), seconds.map(Duration::from_secs), "{value}");
        }
    }
}
