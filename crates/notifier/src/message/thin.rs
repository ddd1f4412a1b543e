//! The body of a webhook: that something waits, and nothing about it.

use jiff::Timestamp;
use serde::Serialize;

/// Type of the event, as the setting's system sees it.
const WAITING: &str = "encompass.notice.waiting.v1";

#[derive(Serialize)]
struct Event<'a> {
    r#type: &'static str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    notice_id: &'a str,
    due_at: Timestamp,
    count: usize,
}

/// JSON body (Standard Webhooks 1.0, "Payload structure") that says that the notice `notice_id` with `count`
/// notifications waits and is due at `due_at`. `at` is when the notice was made, the same on every attempt.
pub fn waiting(notice_id: &str, due_at: Timestamp, count: usize, at: Timestamp) -> String {
    let event = Event { r#type: WAITING, timestamp: at, data: Data { notice_id, due_at, count } };
    serde_json::to_string(&event).expect("strings, numbers and instants always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_says_that_something_waits_and_no_more() {
        let at = "2026-07-03T22:10:00Z".parse().expect("an instant");
        let due = "2026-07-06T07:40:00Z".parse().expect("an instant");
        assert_eq!(
            waiting("0197d2a0", due, 3, at),
            r#"{"type":"encompass.notice.waiting.v1","timestamp":"2026-07-03T22:10:00Z","data":{"notice_id":"0197d2a0","due_at":"2026-07-06T07:40:00Z","count":3}}"#
        );
    }
}
