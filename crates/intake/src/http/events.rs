//! `GET /v1/events?after=`: our lifecycle events for forces that have no broker, in one order without gaps.
//!
//! With `wait` an answer that would be empty is held back until there is an event, so that nobody has to ask often.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use encompass_store::outbox::Written;
use encompass_web::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::Shared;
use super::key::{failed, reader};
use crate::Result;

const MOST: i64 = 1000;
/// The longest wait, in seconds: below what proxies and the listener allow.
const WAIT_MAX: u64 = 30;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The `next` of the answer before; nothing: from the first.
    #[serde(default)]
    after: i64,
    /// How many at most.
    #[serde(default = "hundred")]
    limit: i64,
    /// How long to wait for an event, in seconds, where there is none.
    #[serde(default)]
    wait: u64,
}

const fn hundred() -> i64 {
    100
}

impl Asked {
    fn makes_sense(&self) -> bool {
        self.after >= 0 && (1..=MOST).contains(&self.limit) && self.wait <= WAIT_MAX
    }
}

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    asked: std::result::Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let caller = match reader(&shared, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let asked = match asked {
        Ok(Query(asked)) if asked.makes_sense() => asked,
        _ => return not_understood().into_response(),
    };
    match events(&shared, &caller.force, &asked).await {
        Ok(events) => Json(answer(&events, asked.after)).into_response(),
        Err(error) => failed(&error),
    }
}

/// The events, waited for where there are none and a place to wait is free.
async fn events(shared: &Shared, force: &str, asked: &Asked) -> Result<Vec<Written>> {
    let store = &shared.intake.store;
    let place = (asked.wait > 0).then(|| shared.waiting.try_acquire().ok()).flatten();
    let wait = place.as_ref().map_or(Duration::ZERO, |_| Duration::from_secs(asked.wait));
    let until = Instant::now() + wait;
    let mut published = store.follow_published();
    loop {
        let events = store.published_events(force, asked.after, asked.limit).await?;
        if !events.is_empty() || Instant::now() >= until {
            return Ok(events);
        }
        let stopping = shared.intake.stopping.cancelled();
        tokio::select! {
            () = stopping => return Ok(events),
            // Also when the time is over, and when another replica's wake-up was not heard: one last look.
            changed = timeout_at(until, published.changed()) => drop(changed),
        }
    }
}

fn not_understood() -> Problem {
    let advice = format!(
        "Ask with after (the next of the answer before), limit (1 to {MOST}) and wait (0 to {WAIT_MAX} seconds), \
         each a whole number."
    );
    Problem::new(StatusCode::BAD_REQUEST, "query", "The query can't be understood").detail(advice)
}

fn answer(events: &[Written], after: i64) -> Value {
    let next = events.last().map_or(after, |event| event.number);
    let bodies: Vec<Value> =
        events.iter().map(|event| serde_json::from_str(&event.body).unwrap_or(Value::Null)).collect();
    json!({ "events": bodies, "next": next })
}
