//! One task: what it is about, where the work itself is done, and what can be done with it here.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use encompass_core::id::TaskId;
use encompass_core::state::{TaskKind, TaskState};
use encompass_store::desk::{Question, SettledTask, Task};
use encompass_web::form::{Choice, ErrorSummary, Hidden, Options, TextArea};
use encompass_web::page::{Row, SummaryList, TimeLeft};

use super::ways::ways;
use crate::case::when;
use crate::desk::compare::{Compared, compared};
use crate::desk::names::Names;
use crate::desk::{ask, id, viewed};
use crate::failure::{Answer, Wrong, wrong_with};
use crate::frame::Frame;
use crate::list::Asked;
use crate::staff::Staff;
use crate::{State, words};

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

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&state, &staff, id(&task)?, asked.done(), None).await
}

pub(super) async fn page(
    state: &State,
    staff: &Staff,
    id: TaskId,
    done: &str,
    error: Option<Wrong<'_>>,
) -> Answer {
    let opened = state.store().open_task(&staff.scope, id).await?;
    let task = &opened.task;
    if let Some(incident) = task.incident {
        viewed(state, staff, (&task.force, incident), "task.viewed", format!("task:{id}")).await?;
    }
    let names = Names::of(state, task.setting).await?;
    let compared = match task.incident.filter(|_| is_about_versions(task.kind)) {
        Some(incident) => {
            let case = state.store().open_case(&staff.scope, incident).await?;
            compared(state.store(), &case)
        }
        None => None,
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
    Ok(frame.show(&content))
}

const fn is_about_versions(kind: TaskKind) -> bool {
    matches!(
        kind,
        TaskKind::Corrected | TaskKind::Withdrawn | TaskKind::NoLongerNamed | TaskKind::VersionOrder
    )
}

fn settle_form<'a>(
    staff: &Staff,
    id: TaskId,
    choices: &'a [Choice<'a>],
    error: Option<Wrong<'a>>,
) -> Settle<'a> {
    let action = format!("/tasks/{id}/settle");
    let of = |field| wrong_with(field, error);
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
            Ok(questions) => rows.extend(ask::rows(&questions)),
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
