//! `/v1/notices/{id}`: what a setting's own system fetches with its key, by the id in the webhook that told it.

use axum::Json;
use axum::extract::{Path, State as Given};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{MethodRouter, get, post};
use encompass_core::id::{DeliveryId, NotificationId, SettingId};
use encompass_core::state::NotificationState;
use encompass_store::api_key::Owner;
use encompass_store::portal::{Notice, Reader, Since, View};
use encompass_store::{Actor, Tx};
use encompass_web::problem::FieldError;
use encompass_web::{Peer, Problem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::State;
use crate::acknowledge::acknowledge as record;
use crate::answer::count;
use crate::content::{Content, content, words};
use crate::fault::Fault;
use crate::metrics::NoticeState;
use crate::reader::Wrong;

pub(crate) fn fetch() -> MethodRouter<State> {
    get(give)
}

pub(crate) fn acknowledge() -> MethodRouter<State> {
    post(take)
}

/// A setting's system that showed its key.
struct System {
    setting: SettingId,
    label: String,
}

impl System {
    fn actor(&self) -> Actor {
        Actor::System(self.label.clone())
    }
}

#[derive(Serialize)]
struct Body<'a> {
    notice_id: DeliveryId,
    force: &'a str,
    desk_telephone: Option<&'a str>,
    notifications: Vec<One>,
}

/// One child.
#[derive(Serialize)]
struct One {
    notification_id: NotificationId,
    state: NotificationState,
    version: i64,
    /// What the police have said since the setting was told: telephone the desk before using it.
    changed_since: Option<&'static str>,
    due_at: Timestamp,
    handling: String,
    fields: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    field: &'static str,
    label: &'static str,
    value: String,
}

async fn give(
    Given(state): Given<State>,
    Path(id): Path<DeliveryId>,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Json<serde_json::Value>, Problem> {
    let system = system(&state, &peer, &headers).await?;
    let (desk, notifications) = opened(&state, id, &system).await?;
    let body =
        Body { notice_id: id, force: &desk.force, desk_telephone: desk.telephone.as_deref(), notifications };
    Ok(Json(serde_json::to_value(body).map_err(|_| Problem::internal())?))
}

/// What the profile shows of each child, written down as opened before it leaves.
async fn opened(
    state: &State,
    id: DeliveryId,
    system: &System,
) -> Result<(crate::part::Desk, Vec<One>), Fault> {
    let (by, now) = (system.actor(), state.now());
    let reader = Reader { name: system.label.clone(), role: "system".to_owned() };
    let mut tx = state.store.begin().await?;
    let notices = pulled(state, &mut tx, id, system).await?;
    let first = notices.first().ok_or(Fault::NotFound)?;
    let desk = state.desk(&first.notification.child.force);
    let (mut shown, mut told) = (Vec::new(), Vec::new());
    for notice in &notices {
        let Some(content) = content(state, notice)? else { continue };
        tx.viewed(notice, View::Disclosed, &by, &reader, &content.detail, now);
        if !content.withheld.is_empty() {
            tx.withheld(notice, &words(&content.withheld), now).await?;
        }
        told.push(notice.notification.clone());
        shown.push((notice, content));
    }
    tx.opened(&told, "pulled", &by, now).await?;
    tx.commit().await?;
    for (notice, _) in shown.iter().filter(|(notice, _)| notice.notification.opened_at.is_none()) {
        count(state, notice, NoticeState::Opened);
    }
    Ok((desk, shown.into_iter().map(|(notice, content)| one(notice, content)).collect()))
}

/// What a notice carries for the system's setting, where the force's profile lets systems fetch it.
async fn pulled(state: &State, tx: &mut Tx, id: DeliveryId, system: &System) -> Result<Vec<Notice>, Fault> {
    let notices = tx.pulled_notices(id, system.setting, state.now()).await?;
    let may_be_pulled = |notice: &Notice| {
        let notification = &notice.notification;
        state.profile(&notification.child.force, notification.setting_kind).1.pull
    };
    if notices.iter().all(may_be_pulled) { Ok(notices) } else { Err(Fault::Forbidden) }
}

fn one(notice: &Notice, content: Content) -> One {
    let line = |item: encompass_core::disclosure::Item| Line {
        field: item.field.as_str(),
        label: item.field.label(),
        value: item.value.shown(),
    };
    One {
        notification_id: notice.notification.id,
        state: match notice.notification.state {
            NotificationState::Waiting | NotificationState::Sent => NotificationState::Opened,
            other => other,
        },
        version: notice.notification.version(),
        changed_since: content.since.map(|since| match since {
            Since::Corrected => "corrected",
            Since::Withdrawn => "withdrawn",
        }),
        due_at: notice.notification.due_at,
        handling: content.handling,
        fields: content.items.into_iter().map(line).collect(),
    }
}

/// A named person who says "I have it" in the setting's own system.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    notification_id: NotificationId,
    name: String,
    role: String,
}

async fn take(
    Given(state): Given<State>,
    Path(id): Path<DeliveryId>,
    peer: Peer,
    headers: HeaderMap,
    Json(said): Json<Said>,
) -> Result<Json<serde_json::Value>, Problem> {
    let system = system(&state, &peer, &headers).await?;
    let reader = Reader { name: said.name.trim().to_owned(), role: said.role.trim().to_owned() };
    check(&reader)?;
    let (tx, notice) = find(&state, id, said.notification_id, &system).await?;
    let at = match notice.notification.state {
        NotificationState::Acknowledged => notice.notification.acknowledged_at,
        NotificationState::Opened => {
            record(&state, tx, &notice, "pulled", &system.actor(), &reader).await.map_err(Problem::from)?;
            Some(state.now())
        }
        NotificationState::Waiting | NotificationState::Sent | NotificationState::Closed => {
            let problem =
                Problem::new(StatusCode::CONFLICT, "not-opened", "The notification has not been fetched");
            return Err(
                problem.detail("Fetch the notice and show it to the person before they acknowledge it.")
            );
        }
    };
    Ok(Json(serde_json::json!({
        "notification_id": notice.notification.id,
        "state": NotificationState::Acknowledged,
        "acknowledged_at": at,
    })))
}

async fn find(
    state: &State,
    id: DeliveryId,
    notification: NotificationId,
    system: &System,
) -> Result<(Tx, Notice), Fault> {
    let mut tx = state.store.begin().await?;
    let notices = pulled(state, &mut tx, id, system).await?;
    let notice = notices.into_iter().find(|notice| notice.notification.id == notification);
    Ok((tx, notice.ok_or(Fault::NotFound)?))
}

fn check(reader: &Reader) -> Result<(), Problem> {
    let wrong = Wrong::with(reader);
    let errors = [("/name", wrong.name), ("/role", wrong.role)];
    let error = |(pointer, wrong): (&'static str, Option<&'static str>)| {
        wrong.map(|_| FieldError {
            pointer: pointer.into(),
            problem: "is empty or too long".into(),
            advice: "give the person's own, 2 to 100 characters".into(),
        })
    };
    let errors: Vec<_> = errors.into_iter().filter_map(error).collect();
    if errors.is_empty() {
        return Ok(());
    }
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "unnamed-person",
        "An acknowledgement needs a named person",
    );
    Err(problem.errors(errors))
}

/// The setting whose key was presented.
async fn system(state: &State, peer: &Peer, headers: &HeaderMap) -> Result<System, Problem> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let presented = bearer.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or("").trim();
    let found = state.store.find_api_key(presented, state.machine()).await.map_err(Fault::from)?;
    match found.map(|key| (key.owner, key.label)) {
        Some((Owner::Setting(setting), label)) => Ok(System { setting, label }),
        Some((Owner::Force(_), _)) => Err(Problem::of(StatusCode::FORBIDDEN)),
        None => {
            state.may_try(peer).map_err(|wait| Problem::too_many(wait.0))?;
            Err(Problem::of(StatusCode::UNAUTHORIZED))
        }
    }
}
