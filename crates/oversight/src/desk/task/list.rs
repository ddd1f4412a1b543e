//! The list of tasks, the most urgent first.

use askama::Template;
use axum::extract::{Query, State as Extract};
use encompass_web::Html;
use encompass_web::page::{Column, Pagination, Table, TimeLeft};

use crate::failure::Answer;
use crate::frame::Frame;
use crate::list::{Around, Asked, link, table};
use crate::staff::Staff;
use crate::{State, words};

#[derive(Template)]
#[template(path = "tasks.html")]
struct TasksPage<'a> {
    table: Option<Table<'a>>,
    pagination: Pagination<'a>,
}

const COLUMNS: &[Column<'_>] = &[
    Column::text("Task"),
    Column::text("Time left"),
    Column::text("Number"),
    Column::text("Reference"),
    Column::text("Detail"),
    Column::text("Area"),
    Column::text("Taken by"),
];

pub(crate) async fn list(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let page = state.store().tasks(&staff.scope, asked.page()).await?;
    let around = Around::of("/tasks", page.page, page.has_next);
    let now = state.now();
    let rows = page.rows.iter().map(|task| {
        vec![
            link(format!("/tasks/{}", task.id), words::task(task.kind)),
            Html::of(&TimeLeft::until(task.due_at, now)),
            Html::text(task.id.spoken()),
            Html::text(task.reference.as_deref().unwrap_or("–")),
            Html::text(words::plain_or_dash(&task.detail)),
            Html::text(task.authority.as_deref().unwrap_or("Not known")),
            Html::text(task.claimed_by.as_deref().map_or("Nobody", words::actor)),
        ]
    });
    let table = table("Tasks", COLUMNS, rows).map(Table::caption_hidden);
    let content = TasksPage { table, pagination: around.pagination() };
    Ok(Frame::new(&staff, "Tasks", "/tasks").done(asked.done()).wide().show(&content))
}
