//! The call sheet: a setting's numbers, whom to ask for, what may be said, and what came of the call.

use askama::Template;
use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::calendar::london;
use encompass_core::id::TaskId;
use encompass_core::state::{NotificationEnd, NotificationState, TaskState};
use encompass_store::audit_log::Entry;
use encompass_store::desk::{Case, Task, Told};
use encompass_store::{Actor, Error, Tx};
use encompass_web::Html;
use encompass_web::form::{Choice, ErrorSummary, Fields, Hidden, InputKind, Options, TextArea, TextInput};
use encompass_web::page::{Column, SummaryList, Table, TimeLeft};
use jiff::Timestamp;

use super::names::{Names, described};
use super::task::overtaken;
use super::{id, viewed};
use crate::State;
use crate::case::{Reported, reasoning, when};
use crate::failure::{Answer, Failure, Wrong, wrong_with};
use crate::frame::Frame;
use crate::list::table;
use crate::sent::Sent;
use crate::staff::Staff;

#[derive(Template)]
#[template(path = "call.html")]
struct CallPage<'a> {
    errors: ErrorSummary<'a>,
    setting: String,
    described: String,
    telephone: Option<String>,
    time_left: TimeLeft,
    due: String,
    contacts: Option<Table<'a>>,
    identity: SummaryList<'a>,
    may_say: SummaryList<'a>,
    action: String,
    token: Hidden<'a>,
    result: Options<'a>,
    who: TextInput<'a>,
    role: TextInput<'a>,
    note: TextArea<'a>,
}

const RESULTS: &[Choice<'_>] = &[
    Choice {
        hint: Some("Give name and role of who said so."),
        ..Choice::new("acknowledged", "Told, and they said “I have it”")
    },
    Choice::new("no_answer", "No answer"),
    Choice::new("wrong_number", "Wrong number"),
    Choice {
        hint: Some("The child is held again, and this setting is left out."),
        ..Choice::new("not_here", "The child is not with them")
    },
    Choice::new("left", "The child has left them"),
];

const COLUMNS: &[Column<'_>] =
    &[Column::text("Contact"), Column::text("Role"), Column::text("Telephone"), Column::text("State")];

/// What is being called about.
struct Call {
    task: Task,
    case: Case,
    child: usize,
    notified: Told,
}

async fn open(state: &State, staff: &Staff, task: TaskId) -> Result<Call, Failure> {
    let task = state.store().task(&staff.scope, task).await?;
    let (Some(child), Some(notification)) = (task.child, task.notification) else { return Err(Failure::Bad) };
    let (case, place) = state.store().open_child(&staff.scope, child).await?;
    let found = case.children[place].told.iter().find(|told| told.id == notification);
    let notified = found.cloned().ok_or(Error::NotFound)?;
    Ok(Call { task, case, child: place, notified })
}

pub(crate) async fn show(Extract(state): Extract<State>, staff: Staff, Path(task): Path<String>) -> Answer {
    page(&state, &staff, id(&task)?, None, &Fields::from(Vec::new())).await
}

async fn page(state: &State, staff: &Staff, task: TaskId, error: Option<Wrong<'_>>, sent: &Fields) -> Answer {
    let call = open(state, staff, task).await?;
    if call.task.state == TaskState::Settled || call.notified.state == NotificationState::Closed {
        return overtaken(state, staff, task).await;
    }
    let one = &call.case.children[call.child];
    let subject = format!("child:{} task:{task}", one.child.id);
    viewed(state, staff, (&call.case.force, call.case.id), "child.viewed", subject).await?;
    let names = Names::of(state, [call.notified.setting]).await?;
    let setting = names.get(call.notified.setting);
    let force = state.forces().get(&call.case.force);
    let profile = state.profiles(&call.case.force).of(call.notified.setting_kind);
    let reported = Reported::newest(&call.case, one);
    let telephone = force.map_or("", |force| force.telephone.as_str());
    let action = format!("/tasks/{task}/call");
    let of = |field| wrong_with(field, error);
    let due = call.notified.dues.last().map_or_else(String::new, reasoning);
    let content = CallPage {
        errors: ErrorSummary { errors: error.into_iter().collect() },
        setting: names.name(call.notified.setting),
        described: setting.map_or_else(String::new, described),
        telephone: setting.and_then(|setting| setting.record.telephone.clone()),
        time_left: TimeLeft::until(call.notified.due_at, state.now()),
        due: format!("Due {}. {due}", when(call.notified.due_at)),
        contacts: contacts(state, staff, &call).await?,
        identity: SummaryList { rows: reported.as_ref().map_or_else(Vec::new, Reported::identity) },
        may_say: SummaryList {
            rows: reported.map_or_else(Vec::new, |reported| {
                reported.disclosed(profile, &call.notified.legal_basis, telephone)
            }),
        },
        token: staff.form(&action),
        result: Options::one_of("result", "What came of the call?", RESULTS).error(of("result")),
        who: TextInput::new("who", "Name of who acknowledged", InputKind::Text)
            .value(sent.one("who"))
            .error(of("who")),
        role: TextInput::new("role", "Their role", InputKind::Text)
            .value(sent.one("role"))
            .hint("Such as designated safeguarding lead. Tell nobody else.")
            .error(of("role")),
        note: TextArea {
            id: "note",
            label: "What was said? (optional)",
            rows: 3,
            value: sent.one("note"),
            hint: Some("It is kept sealed with the case."),
            error: None,
        },
        action,
    };
    let back = format!("/tasks/{task}");
    let frame = Frame::new(staff, "Call sheet", "/tasks").back(&back).failed(error.is_some());
    Ok(frame.show(&content))
}

/// The people to ask for: those whom the force may tell, verified ones first. Never an adult of the incident's
/// choosing: who is not on this list is not told.
async fn contacts(state: &State, staff: &Staff, call: &Call) -> Result<Option<Table<'static>>, Failure> {
    let store = state.store();
    let today = london::date(state.now());
    let found = store.contacts_of(&staff.scope, call.notified.setting, &call.case.force).await?;
    let mut found: Vec<_> =
        found.into_iter().filter(|contact| contact.is_eligible(&call.case.force, today)).collect();
    found.sort_by_key(|contact| !contact.may_be_told(&call.case.force, today));
    let rows = found.iter().map(|contact| {
        vec![
            Html::text(contact.person.name.as_deref().unwrap_or("Role mailbox")),
            Html::text(crate::words::plain(&contact.role)),
            Html::text(contact.person.telephone.as_deref().unwrap_or("–")),
            Html::text(crate::words::plain(contact.state.as_str())),
        ]
    });
    Ok(table("Whom to ask for", COLUMNS, rows))
}

/// What came of a call.
enum Came {
    /// Somebody there, by name and role, said "I have it".
    Acknowledged { who: String },
    /// The child is not with them; the word stands in the log.
    NotThere { how: &'static str, end: NotificationEnd },
    /// Nobody was reached; the word stands in the log.
    Nobody { how: &'static str },
}

impl Came {
    fn read(fields: &Fields) -> Result<Self, Wrong<'static>> {
        match fields.one("result") {
            "acknowledged" => match (fields.one("who"), fields.one("role")) {
                ("", _) => Err(("who", "Write who said “I have it”")),
                (_, "") => Err(("role", "Write what their role is")),
                (who, role) => Ok(Self::Acknowledged { who: format!("{who}, {role}") }),
            },
            "not_here" => Ok(Self::NotThere { how: "not_here", end: NotificationEnd::NotHere }),
            "left" => Ok(Self::NotThere { how: "left", end: NotificationEnd::Left }),
            "no_answer" => Ok(Self::Nobody { how: "no_answer" }),
            "wrong_number" => Ok(Self::Nobody { how: "wrong_number" }),
            _ => Err(("result", "Choose what came of the call")),
        }
    }

    /// Where the caller goes on; the task of a call that reached nobody stays open.
    fn onward(&self, task: TaskId) -> String {
        match self {
            Self::Acknowledged { .. } => "/tasks?done=told".to_owned(),
            Self::NotThere { .. } => "/tasks?done=not-here".to_owned(),
            Self::Nobody { .. } => format!("/tasks/{task}?done=tried"),
        }
    }
}

pub(crate) async fn record(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(task): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let task = id(&task)?;
    let came = match Came::read(&fields) {
        Ok(came) => came,
        Err(wrong) => return page(&state, &staff, task, Some(wrong), &fields).await,
    };
    let call = open(&state, &staff, task).await?;
    match write(&state, &staff, &call, &came, fields.one("note")).await {
        Err(Failure::Store(Error::Changed)) => overtaken(&state, &staff, task).await,
        Err(failure) => Err(failure),
        Ok(()) => Ok(Redirect::to(&came.onward(task)).into_response()),
    }
}

/// Records what came of a call, in one transaction.
async fn write(state: &State, staff: &Staff, call: &Call, came: &Came, note: &str) -> Result<(), Failure> {
    let (scope, now, task) = (&staff.scope, state.now(), call.task.id);
    let mut tx = state.store().begin().await?;
    match came {
        Came::Acknowledged { who } => {
            let note = format!("Told {who}. {note}");
            tx.settle_task(task, "acknowledged", note.trim_end(), scope, now).await?;
            acknowledge(&mut tx, &scope.actor, call, who, now).await?;
        }
        Came::NotThere { how, end } => {
            tx.settle_task(task, how, note, scope, now).await?;
            let notification = tx.notifications(&[call.notified.id]).await?.pop().ok_or(Error::Changed)?;
            tx.not_here(&notification, *end, &scope.actor, now).await?;
        }
        Came::Nobody { how } => tx.note_call(task, how, scope, now).await?,
    }
    Ok(tx.commit().await?)
}

/// Notes who was told by telephone. Name and role lie sealed with the case.
async fn acknowledge(tx: &mut Tx, by: &Actor, call: &Call, who: &str, now: Timestamp) -> Result<(), Failure> {
    let notifications = tx.notifications(&[call.notified.id]).await?;
    if notifications.iter().any(|one| one.state == NotificationState::Closed) {
        return Err(Error::Changed.into());
    }
    tx.acknowledged(&notifications, "telephone", by, now).await?;
    let place = encompass_store::portal::shown_to_place(call.case.id);
    let subject = format!("notification:{}", call.notified.id);
    let action = "notification.told_by_telephone";
    let mut entry = Entry::new(&call.case.force, now, by.clone(), action, subject);
    entry.shown_to = Some(call.case.key().seal_json(&place, &who));
    tx.audit(entry.of(call.case.id));
    Ok(())
}
