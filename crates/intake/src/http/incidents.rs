//! `POST /v1/incidents`: one event or an array, each answered by itself, durable before it is answered.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use encompass_core::event::{Inbound, Refusal, Submitted, from_http};
use encompass_store::refused::{self, Message, Origin};
use encompass_web::Problem;
use serde_json::{Value, json};

use super::Shared;
use super::answer::Answer;
use super::key::{Caller, caller, failed};
use crate::accept::{Arrived, Batch, Item, Outcome, Sender, take};
use crate::metrics::Counted;
use crate::{Error, Intake, Result};

pub(super) async fn publish(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let since = Instant::now();
    let caller = match caller(&shared, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let intake = &shared.intake;
    if !intake.is_ready() {
        return Problem::busy().into_response();
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let submitted = from_http(header, &body, encompass_web::Limits::API.body_bytes);
    let (is_one, items) = match submitted {
        Ok(Submitted::One(item)) => (true, vec![(item.bytes, item.event)]),
        Ok(Submitted::Many(items)) => {
            (false, items.into_iter().map(|item| (item.bytes, item.event)).collect())
        }
        Err(refusal) => (true, vec![(body.to_vec(), Err(refusal))]),
    };
    for _ in &items {
        if let Err(wait) = shared.limiter.check(&caller.force, intake.clock.machine()) {
            return Problem::too_many(wait.0).into_response();
        }
    }
    let items: Vec<Item> = items
        .into_iter()
        .map(|(bytes, event)| Item::read(arrived(intake, &caller, &headers, bytes, event), &intake.rules))
        .collect();
    let mut batch = Batch { items, advances: Vec::new() };
    match store(intake, &mut batch, since).await {
        Ok(outcomes) => answer(is_one, &batch.items, &outcomes),
        Err(error) => failed(&error),
    }
}

async fn store(intake: &Intake, batch: &mut Batch, since: Instant) -> Result<Vec<Outcome>> {
    let counted: Vec<Counted> = batch.items.iter().map(Counted::of).collect();
    let outcomes =
        take(&intake.store, &intake.rules, batch, intake.clock.now()).await.map_err(Error::from)?;
    intake.metrics.taken(&counted, &outcomes, since.elapsed());
    Ok(outcomes)
}

fn arrived(
    intake: &Intake,
    caller: &Caller,
    headers: &HeaderMap,
    bytes: Vec<u8>,
    event: Result<Inbound, Refusal>,
) -> Arrived {
    let received_at = intake.clock.now();
    let event = match event {
        Ok(_) if bytes.len() > intake.config.event_bytes_max => {
            Err(Refusal::too_large(intake.config.event_bytes_max))
        }
        event => event,
    };
    Arrived {
        origin: Origin::Http(caller.label.clone()),
        sender: Sender::of(&caller.force),
        event,
        fingerprint: intake.store.identity().hash("request", &[&bytes]),
        message: Message { key: None, headers: kept(headers), payload: Some(refused::Bytes(bytes)) },
        arrived_at: received_at,
        received_at,
    }
}

/// The headers that an event needs to be read again; the key that was presented is not among them.
fn kept(headers: &HeaderMap) -> Vec<(String, refused::Bytes)> {
    headers
        .iter()
        .filter(|(name, _)| *name == CONTENT_TYPE || name.as_str().starts_with("ce-"))
        .map(|(name, value)| (name.as_str().to_owned(), refused::Bytes(value.as_bytes().to_vec())))
        .collect()
}

fn answer(is_one: bool, items: &[Item], outcomes: &[Outcome]) -> Response {
    let answers = items.iter().zip(outcomes).map(|(item, outcome)| Answer::about(item, outcome));
    if !is_one {
        let answers: Vec<Value> = answers.map(|answer| one_of_many(&answer)).collect();
        return Json(answers).into_response();
    }
    let Some(answer) = answers.into_iter().next() else { return Problem::internal().into_response() };
    let mut response = (answer.status, Json(answer.body)).into_response();
    if answer.status != StatusCode::OK {
        let media_type = HeaderValue::from_static(encompass_web::problem::MEDIA_TYPE);
        response.headers_mut().insert(CONTENT_TYPE, media_type);
    }
    response
}

fn one_of_many(answer: &Answer) -> Value {
    let mut one = json!({ "status": answer.status.as_u16() });
    if let (Value::Object(one), Value::Object(body)) = (&mut one, &answer.body) {
        one.extend(body.clone());
    }
    one
}
