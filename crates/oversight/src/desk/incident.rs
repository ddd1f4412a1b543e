//! One incident: everything that happened to it, in one timeline.

use askama::Template;
use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect, Response};
use encompass_core::id::SettingId;
use encompass_core::state::{ChildState, NotificationState};
use encompass_store::desk::{Case, CaseChild, Task, Told};
use encompass_web::Html;
use encompass_web::form::{Choice, ErrorSummary, Hidden, InputKind, Select, TextInput};
use encompass_web::page::{Column, Row, SummaryList, Table};
use serde::Deserialize;

use super::compare::{Compared, compared};
use super::names::Names;
use super::timeline::timeline;
use super::trusted::give_to;
use super::{id, viewed};
use crate::case::{reasoning, when, when_or_dash};
use crate::failure::Answer;
use crate::frame::Frame;
use crate::list::{link, table};
use crate::sent::Sent;
use crate::staff::Staff;
use crate::{State, words};

#[derive(Template)]
#[template(path = "find_incident.html")]
struct FindPage<'a> {
    errors: ErrorSummary<'a>,
    token: Hidden<'a>,
    force: Select<'a>,
    reference: TextInput<'a>,
}

#[derive(Template)]
#[template(path = "incident.html")]
struct IncidentPage<'a> {
    reference: &'a str,
    facts: SummaryList<'a>,
    children: Option<Table<'a>>,
    notifications: Option<Table<'a>>,
    compared: Option<Compared>,
    marks: Option<Table<'a>>,
    timeline: Option<Table<'a>>,
}

pub(crate) async fn find_form(Extract(state): Extract<State>, staff: Staff) -> Response {
    find_page(&state, &staff, "", false)
}

fn find_page(state: &State, staff: &Staff, reference: &str, failed: bool) -> Response {
    // Also those of which only a child that was handed over may be seen.
    let own = |id: &str| staff.account.forces.iter().any(|force| force == id);
    let (first, others): (Vec<_>, Vec<_>) = state.forces().iter().partition(|(id, _)| own(id));
    let forces: Vec<Choice<'_>> =
        first.into_iter().chain(others).map(|(id, force)| Choice::new(id, &force.name)).collect();
    let error = failed.then_some("No incident of this reference is in your forces and areas");
    let content = FindPage {
        errors: ErrorSummary { errors: error.map(|text| ("reference", text)).into_iter().collect() },
        token: staff.form("/incidents"),
        force: Select { id: "force", label: "Force", choices: &forces, hint: None, error: None },
        reference: TextInput::new("reference", "Police reference", InputKind::Text)
            .value(reference)
            .error(error),
    };
    Frame::new(staff, "Incidents", "/incidents").failed(failed).show(&content)
}

pub(crate) async fn find(Extract(state): Extract<State>, staff: Staff, Sent(fields): Sent) -> Answer {
    let (force, reference) = (fields.one("force"), fields.one("reference"));
    match state.store().find_case(&staff.scope, force, reference).await {
        Ok(case) => Ok(Redirect::to(&format!("/incidents/{}", case.id)).into_response()),
        Err(encompass_store::Error::NotFound | encompass_store::Error::Sealed) => {
            Ok(find_page(&state, &staff, reference, true))
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(incident): Path<String>,
) -> Answer {
    let case = state.store().open_case(&staff.scope, id(&incident)?).await?;
    viewed(&state, &staff, (&case.force, case.id), "incident.viewed", format!("incident:{}", case.id))
        .await?;
    let mut sends = state.store().sends_of_incident(&staff.scope, case.id).await?;
    let told = case.children.iter().flat_map(|one| &one.told).map(|told| told.setting);
    let names = Names::of(&state, told.chain(sends.iter().filter_map(|send| send.setting))).await?;
    let tasks = state.store().tasks_of_incident(&staff.scope, case.id).await?;
    let mut audit = state.store().audit_of_incident(case.id).await?;
    if case.children_hidden > 0 {
        let seen = Seen::of(&case, &tasks);
        sends.retain(|send| send.setting.is_some_and(|setting| seen.settings.contains(&setting)));
        audit.retain(|line| seen.is_about(&line.subject));
    }
    let trusted = match case.children_restricted {
        0 => None,
        _ => Some(give_to(&state, std::slice::from_ref(&case.force)).await?),
    };
    let content = IncidentPage {
        reference: case.reference.as_deref().unwrap_or("Erased"),
        facts: SummaryList { rows: facts(&state, &case, trusted) },
        children: children(&case),
        notifications: notifications(&case, &names),
        compared: compared(state.store(), &case),
        marks: marks(&case),
        timeline: timeline(&case, &sends, &tasks, &audit, &names),
    };
    let frame = Frame::new(&staff, "One incident", "/incidents").back("/incidents").wide();
    Ok(frame.show(&content))
}

/// What of a case a reader may see from whom other children of it are hidden.
struct Seen {
    settings: Vec<SettingId>,
    ids: Vec<String>,
}

impl Seen {
    fn of(case: &Case, tasks: &[Task]) -> Self {
        let told = || case.children.iter().flat_map(|one| &one.told);
        let children = case.children.iter().map(|one| one.child.id.to_string());
        let ids = children.chain(told().map(|told| told.id.to_string()));
        Self {
            settings: told().map(|told| told.setting).collect(),
            ids: ids.chain(tasks.iter().map(|task| task.id.to_string())).collect(),
        }
    }

    /// Whether a row of the log is about the whole incident or about something that is seen.
    fn is_about(&self, subject: &str) -> bool {
        subject.starts_with("incident:") || self.ids.iter().any(|id| subject.contains(id))
    }
}

fn facts(state: &State, case: &Case, trusted: Option<String>) -> Vec<Row<'static>> {
    let flags = [
        (case.is_withdrawn, "withdrawn"),
        (case.is_restricted, "for named people only"),
        (case.is_exercise, "an exercise"),
        (case.is_history, "history, never sent"),
    ];
    let flags: Vec<&str> = flags.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect();
    let mut rows = vec![
        Row::text("Force", state.force_name(&case.force).to_owned()),
        Row::text("Known to police", when(case.known_at)),
        Row::text("Reached us", when(case.received_at)),
        Row::text("Versions", case.versions.len()),
    ];
    if !flags.is_empty() {
        rows.push(Row::text("It is", flags.join(", ")));
    }
    let outside = case.children_hidden - case.children_restricted;
    if outside > 0 {
        rows.push(Row::text("Not shown", format!("{outside} children outside your areas")));
    }
    if let Some(give_to) = trusted {
        let count = case.children_restricted;
        rows.push(Row::text("For named people only", format!("{count} of the children. {give_to}")));
    }
    rows
}

const CHILDREN: &[Column<'_>] = &[
    Column::text("Child"),
    Column::text("State"),
    Column::text("Why"),
    Column::text("Due"),
    Column::text("Told"),
];

fn children(case: &Case) -> Option<Table<'static>> {
    let rows = case.children.iter().map(|one| {
        let child = &one.child;
        let why = match (child.hold, child.reason) {
            (Some(hold), _) => words::hold(hold),
            (None, Some(reason)) => words::reason(reason),
            (None, None) => "–",
        };
        let due = one.dues.last().map_or_else(String::new, reasoning);
        vec![
            link(format!("/children/{}", child.id), format!("Child {}", child.place + 1)),
            Html::text(child_state(child.state)),
            Html::text(why),
            Html::text(format!("{}. {due}", when(child.due_at))),
            when_or_dash(child.told_at),
        ]
    });
    table("Children", CHILDREN, rows)
}

const fn child_state(state: ChildState) -> &'static str {
    match state {
        ChildState::Held => "Held",
        ChildState::Notified => "Notified",
        ChildState::HandedOver => "Handed over",
        ChildState::Closed => "Closed",
    }
}

const NOTIFICATIONS: &[Column<'_>] = &[
    Column::text("Child and setting"),
    Column::text("State"),
    Column::text("Due"),
    Column::text("Sent"),
    Column::text("Opened"),
    Column::text("Acknowledged"),
];

fn notifications(case: &Case, names: &Names) -> Option<Table<'static>> {
    let all = case.children.iter().flat_map(|one| one.told.iter().map(move |told| (one, told)));
    table("Notifications", NOTIFICATIONS, all.map(|(one, told)| notification(one, told, names)))
}

fn notification(one: &CaseChild, told: &Told, names: &Names) -> Vec<Html> {
    let state = match (told.state, told.ended) {
        (NotificationState::Closed, Some(ended)) => {
            format!("Closed: {}", words::plain(ended.as_str()).to_lowercase())
        }
        (state, _) => words::plain(state.as_str()),
    };
    let due = told.dues.last().map_or_else(String::new, reasoning);
    vec![
        Html::text(format!("Child {}: {}", one.child.place + 1, names.name(told.setting))),
        Html::text(state),
        Html::text(format!("{}. {due}", when(told.due_at))),
        when_or_dash(told.sent_at),
        when_or_dash(told.opened_at),
        when_or_dash(told.acknowledged_at),
    ]
}

/// A mark as it is stored.
#[derive(Deserialize)]
struct Mark {
    pointer: String,
    problem: String,
    #[serde(default)]
    advice: String,
}

const MARKS: &[Column<'_>] = &[
    Column::text("Field"),
    Column::text("Version"),
    Column::text("What is wrong"),
    Column::text("For the force’s system"),
];

fn marks(case: &Case) -> Option<Table<'static>> {
    let mut rows = Vec::new();
    for version in &case.versions {
        let marks: Vec<Mark> = serde_json::from_str(&version.marks).unwrap_or_default();
        let kept = i64::try_from(marks.len()).unwrap_or(i64::MAX);
        for mark in marks {
            rows.push(vec![
                Html::text(mark.pointer),
                Html::text(version.number),
                Html::text(words::plain(&mark.problem)),
                Html::text(mark.advice),
            ]);
        }
        if version.mark_count > kept {
            let more = format!("{} more marks", version.mark_count - kept);
            rows.push(vec![
                Html::text(more),
                Html::text(version.number),
                Html::text("Not kept"),
                Html::text(""),
            ]);
        }
    }
    table("Set aside or mended", MARKS, rows)
}
