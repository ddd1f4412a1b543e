//! Held children, the most urgent first: reference, reason, time left and area; names on opening only.

use askama::Template;
use axum::extract::{Query, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::calendar::london;
use encompass_store::desk::HeldChild;
use encompass_web::Html;
use encompass_web::page::{Column, Pagination, Table, Tag, TagColour, TimeLeft};
use jiff::Timestamp;

use super::trusted;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::list::{Around, Asked, Linked, table};
use crate::staff::Staff;
use crate::{State, words};

#[derive(Template)]
#[template(path = "held.html")]
struct HeldPage<'a> {
    trusted: Option<String>,
    table: Option<Table<'a>>,
    pagination: Pagination<'a>,
}

const COLUMNS: &[Column<'_>] = &[
    Column::text("Reference"),
    Column::text("Time left"),
    Column::text("Why it waits"),
    Column::text("Area"),
    Column::text("Taken by"),
];

pub(crate) async fn list(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let page = state.store().held_children(&staff.scope, asked.page()).await?;
    let around = Around::of("/held", page.page, page.has_next);
    let now = state.now();
    let rows = page.rows.iter().map(|held| row(held, now));
    let table = table("Held children", COLUMNS, rows).map(Table::caption_hidden);
    let trusted = trusted::waiting(&state, &staff).await?;
    let content = HeldPage { trusted, table, pagination: around.pagination() };
    Ok(Frame::new(&staff, "Held children", "/held").done(asked.done()).wide().show(&content))
}

/// Goes to the most urgent child that nobody else has taken; to the list where there is none.
pub(crate) async fn next(Extract(state): Extract<State>, staff: Staff) -> Answer {
    let page = state.store().held_children(&staff.scope, 0).await?;
    let actor = staff.scope.actor.to_string();
    let is_free = |held: &&HeldChild| {
        let is_mine = held.claimed_by.as_deref().is_none_or(|by| by == actor);
        is_mine && held.asked_at.is_none()
    };
    let next = page.rows.iter().find(is_free);
    let to = next.map_or_else(|| "/held".to_owned(), |held| format!("/children/{}", held.child.id));
    Ok(Redirect::to(&to).into_response())
}

fn row(held: &HeldChild, now: Timestamp) -> Vec<Html> {
    let child = &held.child;
    let reference = child.reference.as_deref().unwrap_or("Erased");
    let mut tags = Vec::new();
    if held.is_restricted {
        tags.push(Tag { text: "Restricted", colour: TagColour::Red });
    }
    if held.is_exercise {
        tags.push(Tag { text: "Exercise", colour: TagColour::Grey });
    }
    let asked =
        held.asked_at.map(|at| format!(". Asked the force at {}", london::local(at).strftime("%H:%M")));
    let why = child.hold.map_or("", words::hold);
    let link = Linked {
        href: format!("/children/{}", child.id),
        text: format!("{reference}, child {}", child.place + 1),
        tags,
    };
    vec![
        Html::of(&link),
        Html::of(&TimeLeft::until(child.due_at, now)),
        Html::text(format!("{why}{}", asked.unwrap_or_default())),
        Html::text(held.authority.as_deref().unwrap_or("Not known")),
        Html::text(held.claimed_by.as_deref().map_or("Nobody", words::actor)),
    ]
}
