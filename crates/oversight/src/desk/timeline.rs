//! What happened to an incident, in one order of time: versions, decisions, notifications, sends, tasks, and who
//! looked.

use encompass_store::audit_log::Line;
use encompass_store::desk::{Case, Send, Task, Told};
use encompass_web::Html;
use encompass_web::page::{Column, Table};
use jiff::Timestamp;
use serde_json::Value;

use super::names::Names;
use crate::case::{reasoning, when};
use crate::list::table;
use crate::words;

/// Events of one page; an incident has some dozens.
const EVENTS_MAX: usize = 1_000;

const COLUMNS: &[Column<'_>] =
    &[Column::text("When"), Column::text("What"), Column::text("Who"), Column::text("More")];

/// One thing that happened.
struct Event {
    at: Timestamp,
    what: String,
    who: String,
    more: String,
}

impl Event {
    fn new(at: Timestamp, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), who: String::new(), more: String::new() }
    }

    fn by(self, who: &str) -> Self {
        Self { who: words::actor(who).to_owned(), ..self }
    }

    fn more(self, more: impl Into<String>) -> Self {
        Self { more: more.into(), ..self }
    }
}

/// All of it, oldest first.
pub(crate) fn timeline(
    case: &Case,
    sends: &[Send],
    tasks: &[Task],
    audit: &[Line],
    names: &Names,
) -> Option<Table<'static>> {
    let mut events: Vec<Event> = versions(case).collect();
    events.extend(due_times(case));
    events.extend(case.children.iter().flat_map(|one| &one.told).flat_map(|told| told_events(told, names)));
    events.extend(sends.iter().flat_map(|send| send_events(send, names)));
    events.extend(tasks.iter().flat_map(task_events));
    events.extend(audit.iter().map(|line| audit_event(case, line)));
    events.sort_by_key(|event| event.at);
    events.truncate(EVENTS_MAX);
    table("Everything that happened", COLUMNS, events.into_iter().map(row))
}

fn row(event: Event) -> Vec<Html> {
    vec![Html::text(when(event.at)), Html::text(event.what), Html::text(event.who), Html::text(event.more)]
}

fn versions(case: &Case) -> impl Iterator<Item = Event> {
    case.versions.iter().map(|version| {
        let repeats = if version.repeats > 0 {
            format!(", came {} times more", version.repeats)
        } else {
            String::new()
        };
        let what = format!("{}, version {}", words::plain(&version.kind), version.number);
        Event::new(version.received_at, what).by("police").more(format!("from {}{repeats}", version.source))
    })
}

fn due_times(case: &Case) -> impl Iterator<Item = Event> {
    case.children.iter().flat_map(|one| {
        one.dues.iter().map(move |due| {
            let kind = if due.is_provisional { "Provisional due time" } else { "Due time" };
            let what = format!("{kind} of child {}: {}", one.child.place + 1, when(due.due_at));
            Event::new(due.set_at, what).more(reasoning(due))
        })
    })
}

fn told_events(told: &Told, names: &Names) -> Vec<Event> {
    let setting = names.name(told.setting);
    let how = told.told_how.as_deref().unwrap_or("");
    let steps = [
        (Some(told.created_at), "Notification made", told.legal_basis.as_str()),
        (told.sent_at, "First accepted by a relay or endpoint", ""),
        (told.opened_at, "Opened", how),
        (told.acknowledged_at, "Acknowledged", how),
    ];
    let steps = steps.into_iter().filter_map(|(at, what, more)| at.map(|at| (at, what, more)));
    steps.map(|(at, what, more)| Event::new(at, format!("{what}: {setting}")).more(more)).collect()
}

fn send_events(send: &Send, names: &Names) -> Vec<Event> {
    let to = send.setting.map_or_else(String::new, |setting| names.name(setting));
    let queued = Event::new(send.created_at, format!("Queued by {}: {to}", send.channel)).more(format!(
        "round {}, now {}",
        send.round + 1,
        send.state
    ));
    let tries = send.attempts.iter().map(|attempt| {
        let class = attempt.class.as_deref().unwrap_or("");
        let code = attempt.code.as_deref().unwrap_or("");
        let more = [class, code].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
        let at = attempt.ended_at.unwrap_or(attempt.started_at);
        Event::new(at, format!("Try {} {}: {to}", attempt.claim, attempt.state)).more(more)
    });
    std::iter::once(queued).chain(tries).collect()
}

fn task_events(task: &Task) -> Vec<Event> {
    let name = words::task(task.kind);
    let opened = Event::new(task.opened_at, format!("Task opened: {name}")).more(words::plain(&task.detail));
    let taken = task
        .claimed_at
        .map(|at| Event::new(at, format!("Task taken: {name}")).by(task.claimed_by.as_deref().unwrap_or("")));
    let settled = task.settled_at.map(|at| {
        let how = words::plain(task.settled_how.as_deref().unwrap_or(""));
        Event::new(at, format!("Task settled: {name}")).by(task.settled_by.as_deref().unwrap_or("")).more(how)
    });
    std::iter::once(opened).chain(taken).chain(settled).collect()
}

/// A row of the audit log; who it was shown to is opened with the case's key.
fn audit_event(case: &Case, line: &Line) -> Event {
    let place = encompass_store::portal::shown_to_place(case.id);
    let shown =
        line.shown_to.as_deref().and_then(|sealed| case.key().open_json::<Value>(&place, sealed).ok());
    let shown = shown.map(|value| format!(" – {}", people(&value))).unwrap_or_default();
    let what = words::plain(&line.action.replace('.', " "));
    Event::new(line.at, format!("Logged: {what}")).by(&line.actor).more(format!("{}{shown}", line.detail))
}

/// The texts of who it was shown to, whichever way they were written.
fn people(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(people).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields.values().map(people).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}
