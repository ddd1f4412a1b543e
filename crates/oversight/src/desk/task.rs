//! Tasks: the list, one task, taking it, giving it back, settling it.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::TaskId;
use encompass_core::state::{TaskKind, TaskState};
use encompass_store::Error;
use encompass_store::desk::{Question, SettledTask, Task};
use encompass_web::Html;
use encompass_web::form::{Choice, ErrorSummary, Hidden, Options, TextArea};
use encompass_web::page::{Column, Pagination, Row, SummaryList, Table, TimeLeft};

use super::compare::{Compared, compared};
use super::held::Linked;
use super::names::Names;
use super::{Around, Asked, id, viewed};
use crate::case::when;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::sent::Sent;
use crate::staff::Staff;
use crate::{State, words};

#[derive(Template)]
#[template(path = "tasks.html")]
struct TasksPage<'a> {
    table: Option<Table<'a>>,
    pagination: Pagination<'a>,
}

#[derive(Template)]
#[template(path = "task.html")]
struct TaskPage<'a> {
    errors: ErrorSummary<'a>,
    heading: &'a str,
    time_left: Option<TimeLeft>,
    about: SummaryList<'a>,
    onward: Option<(String, &'a str)>,
    compared: Option<Compared>,
    take: Option<Act<'a>>,
    give_back: Option<Act<'a>>,
    settle: Option<Settle<'a>>,
}

struct Act<'a> {
    action: String,
    token: Hidden<'a>,
}

struct Settle<'a> {
    action: String,
    token: Hidden<'a>,
    how: Options<'a>,
    note: TextArea<'a>,
}

#[derive(Template)]
#[template(path = "collision.html")]
struct Collision<'a> {
    said: &'a str,
    href: &'a str,
    text: &'a str,
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
        let link = Linked {
            href: format!("/tasks/{}", task.id),
            text: words::task(task.kind).to_owned(),
            tags: Vec::new(),
        };
        vec![
            Html::of(&link),
            Html::of(&TimeLeft::until(task.due_at, now)),
            Html::text(task.id.spoken()),
            Html::text(task.reference.as_deref().unwrap_or("–")),
            Html::text(words::plain_or_dash(&task.detail)),
            Html::text(task.authority.as_deref().unwrap_or("Not known")),
            Html::text(task.claimed_by.as_deref().map_or("Nobody", words::actor)),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let table = (!rows.is_empty()).then(|| Table::new("Tasks", COLUMNS, rows).caption_hidden().stacked());
    let content = TasksPage { table, pagination: around.pagination() };
    Ok(Frame::new(&staff, "Tasks", "/tasks").done(asked.done()).wide().show(&content))
}

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&state, &staff, id(&task)?, asked.done(), None).await
}

async fn page(state: &State, staff: &Staff, id: TaskId, done: &str, error: Option<(&str, &str)>) -> Answer {
    let opened = state.store().open_task(&staff.scope, id).await?;
    let task = &opened.task;
    if let Some(incident) = task.incident {
        viewed(state, staff, (&task.force, incident), "task.viewed", format!("task:{id}")).await?;
    }
    let names = Names::of(state, task.setting).await?;
    let compared = match (task.incident, task.kind) {
        (
            Some(incident),
            TaskKind::Corrected | TaskKind::Withdrawn | TaskKind::NoLongerNamed | TaskKind::VersionOrder,
        ) => {
            let case = state.store().open_case(&staff.scope, incident).await?;
            compared(state.store(), &case)
        }
        _ => None,
    };
    let ways = ways(task.kind);
    let choices: Vec<Choice<'_>> = ways.iter().map(|(value, text)| Choice::new(value, text)).collect();
    let actor = staff.scope.actor.to_string();
    let is_mine = task.claimed_by.as_deref() == Some(actor.as_str());
    let is_settled = task.state == TaskState::Settled;
    let act = |what: &str| {
        let action = format!("/tasks/{id}/{what}");
        Act { token: staff.form(&action), action }
    };
    let may_settle = !is_settled && (is_mine || task.claimed_by.is_none()) && !choices.is_empty();
    let content = TaskPage {
        errors: ErrorSummary { errors: error.into_iter().collect() },
        heading: words::task(task.kind),
        time_left: (!is_settled).then(|| TimeLeft::until(task.due_at, state.now())),
        about: SummaryList { rows: about(state, &opened, &names) },
        onward: onward(task),
        compared,
        take: (task.state == TaskState::Open).then(|| act("claim")),
        give_back: (task.state == TaskState::Claimed && is_mine).then(|| act("release")),
        settle: may_settle.then(|| settle_form(staff, id, &choices, error)),
    };
    let frame =
        Frame::new(staff, "One task", "/tasks").back("/tasks").done(done).failed(error.is_some()).wide();
    let response = frame.show(&content);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, response).into_response())
}

fn settle_form<'a>(
    staff: &Staff,
    id: TaskId,
    choices: &'a [Choice<'a>],
    error: Option<(&'a str, &'a str)>,
) -> Settle<'a> {
    let action = format!("/tasks/{id}/settle");
    let of = |field: &str| error.filter(|(at, _)| *at == field).map(|(_, text)| text);
    Settle {
        token: staff.form(&action),
        how: Options::one_of("how", "How was it settled?", choices).error(of("how")),
        note: TextArea {
            id: "note",
            label: "What was done?",
            rows: 4,
            value: "",
            hint: Some("It is kept sealed with the case."),
            error: of("note"),
        },
        action,
    }
}

fn about(state: &State, opened: &SettledTask, names: &Names) -> Vec<Row<'static>> {
    let task = &opened.task;
    // What the officer of an authority says on the telephone, who was told no more.
    let mut rows = vec![Row::text("Number", task.id.spoken())];
    if let Some(reference) = &task.reference {
        rows.push(Row::text("Police reference", reference));
    }
    rows.push(Row::text("Force", state.force_name(&task.force).to_owned()));
    if !task.detail.is_empty() {
        rows.push(Row::text("Detail", words::plain(&task.detail)));
    }
    if let Some(setting) = task.setting {
        rows.push(Row::text("Setting", names.name(setting)));
    }
    rows.push(Row::text("Due", when(task.due_at)));
    rows.push(Row::text("Opened", format!("{}, {} alerts sent", when(task.opened_at), task.alerts)));
    if let (Some(by), Some(at)) = (&task.claimed_by, task.claimed_at) {
        rows.push(Row::text("Taken by", format!("{}, {}", words::actor(by), when(at))));
    }
    if let (Some(by), Some(at)) = (&task.settled_by, task.settled_at) {
        rows.push(Row::text("Settled by", format!("{}, {}", words::actor(by), when(at))));
    }
    if let Some(how) = &task.settled_how {
        rows.push(Row::text("How", words::plain(how)));
    }
    if let Some(note) = &opened.note {
        match serde_json::from_str::<Vec<Question>>(note) {
            Ok(questions) => rows.extend(super::ask::rows(&questions)),
            Err(_) => rows.push(Row::text("Note", note.as_str())),
        }
    }
    rows
}

/// Where the work itself is done.
fn onward(task: &Task) -> Option<(String, &'static str)> {
    if task.kind == TaskKind::Call && task.state != TaskState::Settled && task.notification.is_some() {
        return Some((format!("/tasks/{}/call", task.id), "Open the call sheet"));
    }
    if let Some(refused) = task.refused {
        return Some((format!("/dead-letters/{refused}"), "Open the refused message"));
    }
    if let (TaskKind::BadContact, Some(setting)) = (task.kind, task.setting) {
        return Some((format!("/settings/{setting}"), "Contacts of the setting"));
    }
    if let Some(child) = task.child {
        return Some((format!("/children/{child}"), "Open the child"));
    }
    task.incident.map(|incident| (format!("/incidents/{incident}"), "Open the incident"))
}

/// The ways a task of this kind is settled by hand; none where deciding on the case itself settles it.
pub(crate) const fn ways(kind: TaskKind) -> &'static [(&'static str, &'static str)] {
    const CHANGE: &[(&str, &str)] = &[
        ("setting_told", "The setting was told of the change"),
        ("no_action", "Nothing that the setting needs to know has changed"),
        ("passed_on", "Passed on to somebody else"),
    ];
    match kind {
        TaskKind::Hold | TaskKind::DeadLetter | TaskKind::Call => &[],
        TaskKind::VersionOrder => &[
            ("right_order", "The version that holds is the latest"),
            ("put_right", "The force sent what holds with a higher number"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::Corrected | TaskKind::Withdrawn | TaskKind::NoLongerNamed => CHANGE,
        TaskKind::WrongSetting => &[
            ("breach_recorded", "Recorded as a breach; the setting confirmed that it keeps nothing"),
            ("nothing_disclosed", "Nothing was disclosed beyond name and birth date"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::BadContact => &[
            ("contact_found", "A contact was found or verified"),
            ("told_otherwise", "The setting was told in another way"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::TellBesides => &[
            ("told_otherwise", "They were found and told"),
            ("nobody_else", "Nobody else is to be told"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::HandedOver => &[
            ("taken_over", "Taken over: who has to be told is told"),
            ("not_ours", "Not ours: the force that handed it over knows"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::Withheld => &[
            ("told_in_person", "What the setting needs to know was told in person"),
            ("rightly_kept_back", "Rightly kept back"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::WrongForce
        | TaskKind::TallyDifference
        | TaskKind::FeedGap
        | TaskKind::Stuck
        | TaskKind::Narrowed => &[
            ("mended", "The cause was found and mended"),
            ("explained", "Explained, nothing to mend"),
            ("passed_on", "Passed on to somebody else"),
        ],
    }
}

pub(crate) async fn claim(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Sent(_): Sent,
) -> Answer {
    let id = id(&task)?;
    let known = state.store().task(&staff.scope, id).await?;
    let mut tx = state.store().begin().await?;
    match tx.claim_task(id, &staff.scope, state.now()).await {
        Err(Error::Changed) => {
            drop(tx);
            overtaken(&state, &staff, known.id).await
        }
        other => {
            other?;
            tx.commit().await?;
            Ok(Redirect::to(&format!("/tasks/{id}?done=claimed")).into_response())
        }
    }
}

pub(crate) async fn release(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Sent(_): Sent,
) -> Answer {
    let id = id(&task)?;
    let known = state.store().task(&staff.scope, id).await?;
    let mut tx = state.store().begin().await?;
    match tx.release_task(id, &staff.scope, state.now()).await {
        Err(Error::Changed) => {
            drop(tx);
            overtaken(&state, &staff, known.id).await
        }
        other => {
            other?;
            tx.commit().await?;
            Ok(Redirect::to(&format!("/tasks/{id}?done=released")).into_response())
        }
    }
}

pub(crate) async fn settle(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let id = id(&task)?;
    let known = state.store().task(&staff.scope, id).await?;
    let how = ways(known.kind).iter().find(|(word, _)| *word == fields.one("how"));
    let Some((how, _)) = how else {
        return page(&state, &staff, id, "", Some(("how", "Choose how it was settled"))).await;
    };
    if fields.one("note").is_empty() {
        return page(&state, &staff, id, "", Some(("note", "Write what was done"))).await;
    }
    let mut tx = state.store().begin().await?;
    match tx.settle_task(id, how, fields.one("note"), &staff.scope, state.now()).await {
        Err(Error::Changed) => {
            drop(tx);
            overtaken(&state, &staff, id).await
        }
        other => {
            other?;
            tx.commit().await?;
            Ok(Redirect::to(&format!("/tasks/{id}?done=settled")).into_response())
        }
    }
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
    let content = Collision { said, href, text };
    let response = Frame::new(staff, "Somebody else was first", at).back(at).show(&content);
    Ok((StatusCode::CONFLICT, response).into_response())
}
