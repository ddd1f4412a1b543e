//! Tasks: the list, one task, taking it, giving it back, settling it.

mod act;
mod list;
mod page;
mod ways;

use askama::Template;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use encompass_core::id::TaskId;

pub(crate) use act::{claim, release, settle};
pub(crate) use list::list;
pub(crate) use page::show;
pub(crate) use ways::ways;

use crate::case::when;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::staff::Staff;
use crate::{State, words};

#[derive(Template)]
#[template(path = "collision.html")]
struct Collision<'a> {
    heading: &'a str,
    said: &'a str,
    href: &'a str,
    text: &'a str,
}

/// Says who was first, and when.
pub(crate) async fn overtaken(state: &State, staff: &Staff, id: TaskId) -> Answer {
    state.metrics().collisions.with_label_values(&["task"]).inc();
    let task = state.store().task(&staff.scope, id).await?;
    let who = |by: &Option<String>| by.as_deref().map_or("Somebody", words::actor).to_owned();
    let said = match (task.settled_at, task.claimed_at) {
        (Some(at), _) => format!("{} settled this task at {}.", who(&task.settled_by), when(at)),
        (None, Some(at)) => format!("{} took this task at {}.", who(&task.claimed_by), when(at)),
        (None, None) => "The task was given back in the meantime.".to_owned(),
    };
    collision(staff, "/tasks", &said, &format!("/tasks/{id}"), "Look at the task as it is now")
}

/// The page that says that somebody else was first.
pub(crate) fn collision(staff: &Staff, at: &str, said: &str, href: &str, text: &str) -> Answer {
    stopped(staff, "Somebody else was first", at, said, href, text)
}

/// The page that says why nothing was done of what was sent.
pub(crate) fn stopped(staff: &Staff, heading: &str, at: &str, said: &str, href: &str, text: &str) -> Answer {
    let content = Collision { heading, said, href, text };
    let response = Frame::new(staff, heading, at).back(at).show(&content);
    Ok((StatusCode::CONFLICT, response).into_response())
}
