//! The operators' page: what is loaded, where reading stands, what waits. No case, no child.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use encompass_store::desk::{Task, Waiting};
use encompass_web::Html;
use encompass_web::form::{Choice, Hidden, InputKind, Select, TextInput};
use encompass_web::page::{Column, Table, TimeLeft};
use jiff::{SignedDuration, Timestamp};

use crate::State;
use crate::case::{when, when_or_dash};
use crate::desk::task::{collision, ways};
use crate::desk::{committed, id};
use crate::failure::{Answer, Failure};
use crate::frame::Frame;
use crate::list::{Asked, table};
use crate::sent::Sent;
use crate::staff::Staff;
use crate::words;

#[derive(Template)]
#[template(path = "service.html")]
struct ServicePage<'a> {
    waiting: Table<'a>,
    loads: Option<Table<'a>>,
    readings: Option<Table<'a>>,
    duties: Option<Table<'a>>,
    tasks: Vec<TaskBox<'a>>,
}

struct TaskBox<'a> {
    heading: String,
    time_left: TimeLeft,
    action: String,
    token: Hidden<'a>,
    how: Select<'a>,
    note: TextInput<'a>,
}

pub(crate) async fn show(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let store = state.store();
    let (now, machine) = (state.now(), state.machine());
    let tasks = store.installation_tasks(0).await?;
    let choices: Vec<Vec<Choice<'_>>> = tasks.rows.iter().map(|task| choices(task)).collect();
    let tasks = tasks.rows.iter().zip(&choices).map(|(task, choices)| task_box(&staff, task, choices, now));
    let content = ServicePage {
        waiting: waiting(&store.waiting().await?, now),
        loads: loads(&state, machine).await?,
        readings: readings(&state).await?,
        duties: duties(&state).await?,
        tasks: tasks.collect(),
    };
    Ok(Frame::new(&staff, "Service", "/service").done(asked.done()).wide().show(&content))
}

fn choices(task: &Task) -> Vec<Choice<'static>> {
    ways(task.kind).iter().map(|(value, text)| Choice::new(value, text)).collect()
}

fn task_box<'a>(staff: &Staff, task: &Task, choices: &'a [Choice<'a>], now: Timestamp) -> TaskBox<'a> {
    let action = format!("/service/tasks/{}/settle", task.id);
    TaskBox {
        heading: format!("{}. {} {}", words::task(task.kind), words::plain(&task.detail), task.subject),
        time_left: TimeLeft::until(task.due_at, now),
        token: staff.form(&action),
        how: Select { id: "how", label: "How was it settled?", choices, hint: None, error: None },
        note: TextInput::new("note", "What was done?", InputKind::Text),
        action,
    }
}

/// How long ago, in the largest unit.
fn age(since: Timestamp, now: Timestamp) -> String {
    let age = now.duration_since(since).max(SignedDuration::ZERO);
    match (age.as_hours() / 24, age.as_hours(), age.as_mins()) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, _) => format!("{hours} h"),
        (days, ..) => format!("{days} days"),
    }
}

fn waiting(waiting: &[Waiting], now: Timestamp) -> Table<'static> {
    const COLUMNS: &[Column<'_>] =
        &[Column::text("What waits"), Column::figures("How many"), Column::figures("Oldest since")];
    let rows = waiting.iter().map(|one| {
        let oldest = one.oldest_at.map_or_else(|| "–".to_owned(), |at| age(at, now));
        vec![Html::text(words::plain(&one.what)), Html::text(one.count), Html::text(oldest)]
    });
    Table::new("Waiting work", COLUMNS, rows.collect())
}

async fn loads(state: &State, machine: Timestamp) -> Result<Option<Table<'static>>, Failure> {
    const COLUMNS: &[Column<'_>] = &[
        Column::text("Source"),
        Column::text("Kind"),
        Column::text("Owner"),
        Column::text("True as of"),
        Column::text("Current since"),
        Column::figures("Age"),
    ];
    let loads = state.store().loaded_sources().await?;
    let rows = loads.iter().map(|load| {
        vec![
            Html::text(&load.source),
            Html::text(words::plain(&load.kind)),
            Html::text(&load.owner),
            Html::text(when(load.as_of)),
            when_or_dash(load.current_at),
            Html::text(age(load.as_of, machine)),
        ]
    });
    Ok(table("Directory, registers and calendars", COLUMNS, rows))
}

async fn readings(state: &State) -> Result<Option<Table<'static>>, Failure> {
    const COLUMNS: &[Column<'_>] = &[
        Column::text("Topic and partition"),
        Column::figures("Next offset"),
        Column::figures("Read"),
        Column::figures("Accepted"),
        Column::figures("Repeated"),
        Column::figures("Refused"),
        Column::text("Moved"),
    ];
    let readings = state.store().readings().await?;
    let rows = readings.iter().map(|reading| {
        let mut row = vec![
            Html::text(format!("{} / {}", reading.topic, reading.part)),
            Html::text(reading.next_offset),
        ];
        row.extend(reading.counts.iter().map(Html::text));
        row.push(Html::text(when(reading.updated_at)));
        row
    });
    Ok(table("Kafka", COLUMNS, rows))
}

async fn duties(state: &State) -> Result<Option<Table<'static>>, Failure> {
    const COLUMNS: &[Column<'_>] = &[
        Column::text("Duty"),
        Column::text("Replica"),
        Column::text("Last heard of"),
        Column::text("Until"),
    ];
    let duties = state.store().duties().await?;
    let rows = duties.iter().map(|duty| {
        vec![
            Html::text(&duty.name),
            Html::text(&duty.holder),
            Html::text(when(duty.beat_at)),
            Html::text(when(duty.until)),
        ]
    });
    Ok(table("Duties", COLUMNS, rows))
}

/// Settles a task of the installation. One that belongs to a force is not found here.
pub(crate) async fn settle(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let id = id(&task)?;
    let known = state.store().installation_task(id).await?;
    let how = ways(known.kind).iter().find(|(word, _)| *word == fields.one("how"));
    let Some((how, _)) = how else { return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response()) };
    let mut tx = state.store().begin().await?;
    let settled = tx.settle_task(id, how, fields.one("note"), &staff.scope, state.now()).await;
    match committed(tx, settled).await? {
        None => {
            state.metrics().collisions.with_label_values(&["task"]).inc();
            collision(
                &staff,
                "/service",
                "The task was settled in the meantime.",
                "/service",
                "Look at the page as it is now",
            )
        }
        Some(_) => Ok(Redirect::to("/service?done=settled").into_response()),
    }
}
