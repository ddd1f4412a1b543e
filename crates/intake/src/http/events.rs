//! `GET /v1/events?after=`: our lifecycle events for forces that have no broker, in one order without gaps.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use encompass_store::outbox::Written;
use encompass_web::Problem;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::key::{caller, failed};
use crate::Error;

const MOST: i64 = 1000;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// The `next` of the answer before; nothing: from the first.
    #[serde(default)]
    after: i64,
    /// How many at most.
    limit: Option<i64>,
}

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let caller = match caller(&shared, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let Ok(Query(asked)) = asked else { return Problem::of(StatusCode::BAD_REQUEST).into_response() };
    let most = asked.limit.unwrap_or(100).clamp(1, MOST);
    match shared.intake.store.published_events(&caller.force, asked.after, most).await {
        Ok(events) => Json(answer(&events, asked.after)).into_response(),
        Err(error) => failed(&Error::from(error)),
    }
}

fn answer(events: &[Written], after: i64) -> Value {
    let next = events.last().and_then(|event| event.number).unwrap_or(after);
    let bodies: Vec<Value> =
        events.iter().map(|event| serde_json::from_str(&event.body).unwrap_or(Value::Null)).collect();
    json!({ "events": bodies, "next": next })
}
