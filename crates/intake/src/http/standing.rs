//! `GET /v1/incidents/{reference}`: where a force's own incident stands. States, moments and ids; nothing personal.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use encompass_store::incident::{ChildStanding, NotificationStanding, Standing};
use encompass_web::Problem;
use serde_json::{Value, json};

use super::Shared;
use super::key::{failed, reader};
use crate::Error;

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    Path(reference): Path<String>,
    headers: HeaderMap,
) -> Response {
    let caller = match reader(&shared, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    match shared.intake.store.standing(&caller.force, &reference).await {
        Ok(Some(standing)) => Json(incident(&standing)).into_response(),
        Ok(None) => Problem::of(StatusCode::NOT_FOUND).into_response(),
        Err(error) => failed(&Error::from(error)),
    }
}

fn incident(standing: &Standing) -> Value {
    let children: Vec<Value> = standing.children.iter().map(child).collect();
    json!({
        "incident": standing.id,
        "version": standing.version,
        "withdrawn": standing.is_withdrawn,
        "received_at": standing.received_at,
        "sequence": standing.sequence,
        "children": children,
    })
}

fn child(child: &ChildStanding) -> Value {
    let notifications: Vec<Value> = child.notifications.iter().map(notification).collect();
    let reason = child.hold.map(|hold| hold.as_str()).or(child.reason.map(|reason| reason.as_str()));
    json!({
        "child": child.id,
        "state": child.state.as_str(),
        "reason": reason,
        "due_at": child.due_at,
        "provisional": child.is_provisional,
        "told_at": child.told_at,
        "notifications": notifications,
    })
}

fn notification(notification: &NotificationStanding) -> Value {
    json!({
        "notification": notification.id,
        "setting_kind": notification.setting_kind.as_str(),
        "state": notification.state.as_str(),
        "reason": notification.ended.map(|ended| ended.as_str()),
        "due_at": notification.due_at,
        "sent_at": notification.sent_at,
        "opened_at": notification.opened_at,
        "acknowledged_at": notification.acknowledged_at,
    })
}
