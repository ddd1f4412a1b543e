//! Held children, the most urgent first: reference, reason, time left and area; names on opening only.

use askama::Template;
use axum::extract::{Query, State as Extract};
use encompass_store::desk::HeldChild;
use encompass_web::Html;
use encompass_web::page::{Column, Pagination, Table, Tag, TagColour, TimeLeft};
use jiff::Timestamp;

use super::{Around, Asked};
use crate::failure::Answer;
use crate::frame::Frame;
use crate::staff::Staff;
use crate::{State, words};

#[derive(Template)]
#[template(path = "held.html")]
struct HeldPage<'a> {
    table: Option<Table<'a>>,
    pagination: Pagination<'a>,
}

#[derive(Template)]
#[template(
    source = r#"<a class="govuk-link" href="{{ href }}">{{ text }}</a>{% for tag in tags %} {{ tag }}{% endfor %}"#,
    ext = "html"
)]
pub(crate) struct Linked<'a> {
    pub href: String,
    pub text: String,
    pub tags: Vec<Tag<'a>>,
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
    let rows: Vec<_> = page.rows.iter().map(|held| row(held, now)).collect();
    let table =
        (!rows.is_empty()).then(|| Table::new("Held children", COLUMNS, rows).caption_hidden().stacked());
    let content = HeldPage { table, pagination: around.pagination() };
    Ok(Frame::new(&staff, "Held children", "/held").done(asked.done()).wide().show(&content))
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
    let link = Linked {
        href: format!("/children/{}", child.id),
        text: format!("{reference}, child {}", child.place + 1),
        tags,
    };
    vec![
        Html::of(&link),
        Html::of(&TimeLeft::until(child.due_at, now)),
        Html::text(child.hold.map_or("", words::hold)),
        Html::text(held.authority.as_deref().unwrap_or("Not known")),
        Html::text(held.claimed_by.as_deref().map_or("Nobody", words::actor)),
    ]
}
