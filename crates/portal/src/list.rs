//! `/notices`: all that waits for the contact, each child by itself, name and birth date only.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Given;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use encompass_core::disclosure::Disclosed;
use encompass_core::id::NotificationId;
use encompass_core::state::NotificationState;
use encompass_store::portal::{Notice, View};
use encompass_store::{Actor, Tx};
use encompass_web::form::{Button, ButtonKind, ErrorSummary, Hidden, Options};
use encompass_web::page::{Row, SummaryList, TimeLeft};
use encompass_web::{Html, Page};

use crate::State;
use crate::answer::{self, CHOICES};
use crate::content::identity;
use crate::fault::Fault;
use crate::part::{Desk, Desks, Handling, spoken};
use crate::session::Reading;

pub(crate) fn route() -> MethodRouter<State> {
    get(show)
}

#[derive(Template)]
#[template(path = "list.html")]
struct List<'a> {
    errors: ErrorSummary<'a>,
    title: &'a str,
    handling: &'a [String],
    waiting: Vec<Card<'a>>,
    acknowledged: Vec<Card<'a>>,
    desks: Desks<'a>,
}

/// One child.
#[derive(Template)]
#[template(path = "card.html")]
struct Card<'a> {
    heading: String,
    facts: SummaryList<'a>,
    id: NotificationId,
    step: Step<'a>,
}

impl askama::filters::HtmlSafe for Card<'_> {}

/// What comes next for it.
enum Step<'a> {
    Ask { question: Html, token: Hidden<'a>, button: Button<'a> },
    Read,
    ReadAgain,
}

async fn show(Given(state): Given<State>, reading: Reading) -> Result<Response, Fault> {
    page(&state, &reading, None).await
}

/// The list, with an error beside the child whose question was left open.
pub(crate) async fn page(
    state: &State,
    reading: &Reading,
    unanswered: Option<NotificationId>,
) -> Result<Response, Fault> {
    let mut tx = state.store.begin().await?;
    let notices = tx.notices_of(reading.session.contact, state.now()).await?;
    let shown = identified(state, tx, reading, &notices).await?;
    let unanswered =
        unanswered.filter(|id| notices.iter().any(|notice| notice.notification.id == *id && asks(notice)));
    let settings = settings(state, &notices).await?;
    let cards = shown.iter().map(|(notice, identity)| {
        let setting = settings.get(&notice.notification.id);
        (*notice, card(reading, notice, rows(state, notice, identity, setting), unanswered))
    });
    let is_acknowledged = |notice: &Notice| notice.notification.state == NotificationState::Acknowledged;
    let (acknowledged, waiting): (Vec<_>, Vec<_>) = cards.partition(|(notice, _)| is_acknowledged(notice));
    let waiting = numbered(waiting, "Child");
    let title = title(waiting.len());
    let (handling, desks) = (handling(state, &notices), desks(state, &notices));
    let id = unanswered.map(answer::field);
    let errors = id.iter().map(|id| (id.as_str(), answer::UNANSWERED)).collect();
    let failed = unanswered.is_some();
    let content = List {
        errors: ErrorSummary { errors },
        title: &title,
        handling: &handling,
        waiting,
        acknowledged: numbered(acknowledged, "Acknowledged"),
        desks: Desks(&desks),
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = Page::new(&title).failed(failed).account(reading.account());
    Ok((status, shell.show(&content)).into_response())
}

/// Name and birth date of each child whose case was not erased, written to the audit log before any is shown.
async fn identified<'a>(
    state: &State,
    mut tx: Tx,
    reading: &Reading,
    notices: &'a [Notice],
) -> Result<Vec<(&'a Notice, Disclosed)>, Fault> {
    let mut shown = Vec::with_capacity(notices.len());
    for notice in notices {
        let Some(identity) = identity(notice)? else { continue };
        let by = Actor::Contact(notice.contact);
        tx.viewed(notice, View::Identified, &by, &reading.reader, "name and birth date", state.now());
        shown.push((notice, identity));
    }
    tx.commit().await?;
    Ok(shown)
}

fn rows<'a>(state: &State, notice: &Notice, identity: &Disclosed, setting: Option<&String>) -> Vec<Row<'a>> {
    let mut rows: Vec<Row> =
        identity.items.iter().map(|item| Row::text(item.field.label(), item.value.shown())).collect();
    rows.extend(setting.map(|name| Row::text("Setting", name)));
    rows.push(Row::text("From", state.desk(&notice.notification.child.force).force));
    rows.push(when(state, notice));
    rows
}

/// The cards of a list, numbered, so that a screen reader's user knows where they are.
fn numbered<'a>(cards: Vec<(&Notice, Card<'a>)>, what: &str) -> Vec<Card<'a>> {
    let all = cards.len();
    let numbered = (1..).zip(cards);
    numbered.map(|(place, (_, card))| Card { heading: format!("{what} {place} of {all}"), ..card }).collect()
}

fn title(waiting: usize) -> String {
    match waiting {
        0 => "Nothing new waits for you".to_owned(),
        1 => "1 notification waits for you".to_owned(),
        more => format!("{more} notifications wait for you"),
    }
}

fn when(state: &State, notice: &Notice) -> Row<'static> {
    let notification = &notice.notification;
    if let Some(at) = notification.acknowledged_at {
        return Row::text("Acknowledged", spoken(at));
    }
    let left = TimeLeft::until(notification.due_at, state.now());
    let value = [Html::text(spoken(notification.due_at)), Html::text(" "), Html::of(&left)];
    Row { value: value.into_iter().collect(), ..Row::text("To be read by", "") }
}

fn card<'a>(
    reading: &Reading,
    notice: &Notice,
    rows: Vec<Row<'a>>,
    unanswered: Option<NotificationId>,
) -> Card<'a> {
    let id = notice.notification.id;
    let step = match notice.notification.state {
        _ if asks(notice) => {
            let field = answer::field(id);
            let error = (unanswered == Some(id)).then_some(answer::UNANSWERED);
            let question = Options::one_of(&field, answer::QUESTION, &CHOICES).error(error);
            Step::Ask {
                question: Html::of(&question),
                token: Hidden::token(reading.token.secret(), &answer::purpose(id)),
                button: Button::new("Continue", ButtonKind::Main),
            }
        }
        NotificationState::Opened => Step::Read,
        _ => Step::ReadAgain,
    };
    Card { heading: String::new(), facts: SummaryList { rows }, id, step }
}

/// Whether nobody at the setting has said yet that the child is with them.
fn asks(notice: &Notice) -> bool {
    matches!(notice.notification.state, NotificationState::Waiting | NotificationState::Sent)
}

/// The names of the settings, which are not personal: one reader may be a contact of several.
async fn settings(state: &State, notices: &[Notice]) -> Result<BTreeMap<NotificationId, String>, Fault> {
    let ids: Vec<_> = notices.iter().map(|notice| notice.notification.setting).collect();
    let known = state.store.settings(&ids, state.machine()).await?;
    let name = |notice: &Notice| {
        let setting = known.get(&notice.notification.setting)?;
        Some((notice.notification.id, setting.record.name.clone()))
    };
    Ok(notices.iter().filter_map(name).collect())
}

/// The handling instructions of these notices, each once.
fn handling(state: &State, notices: &[Notice]) -> Vec<String> {
    let mut all = Vec::new();
    for notice in notices {
        let (_, profile) = state.profile(&notice.notification.child.force, notice.notification.setting_kind);
        let text = profile.handling.trim().to_owned();
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

/// The desks of the forces that these notices come from, or all where there is none.
fn desks(state: &State, notices: &[Notice]) -> Vec<Desk> {
    let mut desks = Vec::new();
    for notice in notices {
        let desk = state.desk(&notice.notification.child.force);
        if !desks.contains(&desk) {
            desks.push(desk);
        }
    }
    if desks.is_empty() { state.desks() } else { desks }
}
