//! One child: what police said, why it is held, the evidence, and what can be decided.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use encompass_core::id::{ChildId, SettingId};
use encompass_core::state::{ChildState, Reason};
use encompass_matching::normalise;
use encompass_store::desk::{Case, CaseChild};
use encompass_web::Html;
use encompass_web::form::{Choice, ErrorSummary, Hidden, InputKind, Options, Select, TextArea, TextInput};
use encompass_web::page::{SummaryList, Table, TimeLeft, Warning};

use super::evidence::{Read, decisions};
use super::names::{Names, described, named};
use super::{Asked, id, viewed};
use crate::case::{Told, reasoning, when};
use crate::failure::{Answer, Failure};
use crate::frame::Frame;
use crate::sent::Sent;
use crate::staff::Staff;
use crate::{State, words};

/// Settings that one search offers.
const FOUND_MAX: usize = 20;
/// Settings that are offered at most, found by several searches.
const OFFERED_MAX: usize = 60;

#[derive(Template)]
#[template(path = "child.html")]
struct ChildPage<'a> {
    errors: ErrorSummary<'a>,
    heading: String,
    state: &'a str,
    time_left: Option<TimeLeft>,
    due: String,
    why: &'a str,
    further: Vec<&'static str>,
    warnings: Vec<Warning<'a>>,
    identity: SummaryList<'a>,
    told: SummaryList<'a>,
    officer: Option<&'a str>,
    named: Vec<SummaryList<'static>>,
    candidates: Vec<SummaryList<'static>>,
    decisions: Option<Table<'a>>,
    incident: String,
    decide: Option<Decide<'a>>,
    close: Option<Close<'a>>,
}

struct Decide<'a> {
    action: String,
    search_action: String,
    search_token: Hidden<'a>,
    search: TextInput<'a>,
    kept: Vec<Hidden<'a>>,
    token: Hidden<'a>,
    shown: Vec<Hidden<'a>>,
    choices: Option<Options<'a>>,
    why: TextArea<'a>,
}

struct Close<'a> {
    action: String,
    token: Hidden<'a>,
    shown: Vec<Hidden<'a>>,
    reasons: Options<'a>,
    words: TextArea<'a>,
    hand_over_action: String,
    hand_over_token: Hidden<'a>,
    receiver: Select<'a>,
    accepted_by: TextArea<'a>,
}

/// What of the page differs from how it is first opened.
#[derive(Default)]
pub(crate) struct View<'a> {
    pub done: &'a str,
    pub searched: Option<&'a str>,
    /// Found by searches, in the order shown.
    pub found: Vec<SettingId>,
    /// What was ticked.
    pub ticked: Vec<SettingId>,
    /// The field and what is wrong with it.
    pub error: Option<(&'static str, &'static str)>,
    /// What the person wrote, kept when the form comes back.
    pub words: &'a str,
    /// Which reason was chosen.
    pub reason: &'a str,
    /// Who was said to have accepted the child, in words.
    pub accepted: &'a str,
}

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&state, &staff, id(&child)?, View { done: asked.done(), ..View::default() }).await
}

/// Looks for settings by name and offers them. What is looked for stands in no address.
pub(crate) async fn search(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let text = fields.one("search");
    let mut found = found(&state, text).await?;
    found.extend(fields.every("kept").filter_map(|id| id.parse::<SettingId>().ok()));
    let error = found.is_empty().then_some(("search", "No open setting has a name like this"));
    let view = View { searched: Some(text), found, error, ..View::default() };
    page(&state, &staff, id(&child)?, view).await
}

/// Open settings whose names hold these words.
pub(crate) async fn found(state: &State, text: &str) -> Result<Vec<SettingId>, Failure> {
    let name = normalise::setting_name(text);
    if name.chars().count() < 3 {
        return Ok(Vec::new());
    }
    let settings = state.store().search_settings(&name, FOUND_MAX).await?;
    Ok(settings.into_iter().map(|setting| setting.id).collect())
}

/// Opens the child, writes that down, and shows it.
pub(crate) async fn page(state: &State, staff: &Staff, child: ChildId, view: View<'_>) -> Answer {
    let (case, place) = state.store().open_child(&staff.scope, child).await?;
    viewed(state, staff, (&case.force, case.id), "child.viewed", format!("child:{child}")).await?;
    let one = &case.children[place];
    let newest = one.decisions.last();
    let evidence = newest.map_or(Read::Unread, Read::of);
    let mut offered = evidence.settings();
    offered.extend(view.found.iter().copied());
    let mut seen = std::collections::HashSet::new();
    offered.retain(|id| seen.insert(*id) && !one.excluded.iter().any(|(excluded, _)| excluded == id));
    offered.truncate(OFFERED_MAX);
    let names = Names::of(state, offered.iter().copied()).await?;
    let offers: Vec<Offer> = offered.iter().map(|id| Offer::of(*id, &names)).collect();
    let choices: Vec<Choice<'_>> = offers.iter().map(|offer| offer.choice(&view.ticked)).collect();
    let answers =
        Answers { choices, reasons: reasons(view.reason), receivers: receivers(state, &case.force) };
    let response = Parts { state, staff, case: &case, one, evidence: &evidence, names: &names, view: &view }
        .show(&offers, &answers);
    Ok(match view.error {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, response).into_response(),
        None => response,
    })
}

/// The answers that the page's questions offer.
struct Answers<'a> {
    choices: Vec<Choice<'a>>,
    reasons: Vec<Choice<'a>>,
    receivers: Vec<Choice<'a>>,
}

/// Who may accept a child of this force: those of this installation are granted it.
fn receivers<'a>(state: &'a State, force: &str) -> Vec<Choice<'a>> {
    let others = state.forces().iter().filter(|(id, _)| *id != force);
    let others = others.map(|(id, force)| Choice::new(id, &force.name));
    others.chain([Choice::new("elsewhere", "A force or authority outside this service")]).collect()
}

/// What the page is made from.
struct Parts<'a> {
    state: &'a State,
    staff: &'a Staff,
    case: &'a Case,
    one: &'a CaseChild,
    evidence: &'a Read,
    names: &'a Names,
    view: &'a View<'a>,
}

impl Parts<'_> {
    fn show(&self, offers: &[Offer], answers: &Answers<'_>) -> Response {
        let child = &self.one.child;
        let told = Told::newest(self.case, self.one);
        let is_open = matches!(child.state, ChildState::Held | ChildState::Notified);
        let is_untold = is_open && child.told_at.is_none();
        let due = self.one.dues.last().map_or_else(String::new, reasoning);
        let content = ChildPage {
            errors: ErrorSummary { errors: self.view.error.into_iter().collect() },
            heading: format!("{}, child {}", child.reference.as_deref().unwrap_or("Erased"), child.place + 1),
            state: state_words(child.state),
            time_left: is_untold.then(|| TimeLeft::until(child.due_at, self.state.now())),
            due: format!("Due {}. {due}", when(child.due_at)),
            why: why(self.one),
            further: self.evidence.further_reasons(),
            warnings: warnings(self.case, told.as_ref()),
            identity: SummaryList { rows: told.as_ref().map_or_else(Vec::new, Told::identity) },
            told: SummaryList { rows: told.as_ref().map_or_else(Vec::new, Told::everything) },
            officer: self.evidence.officer(),
            named: self.evidence.named(self.names),
            candidates: self.evidence.candidates(self.names),
            decisions: decisions(&self.one.decisions),
            incident: format!("/incidents/{}", self.case.id),
            decide: is_open.then(|| self.decide(offers, &answers.choices)),
            close: is_untold.then(|| self.close(offers, answers)),
        };
        let frame = Frame::new(self.staff, "One child", "/held").back("/held").done(self.view.done);
        frame.failed(self.view.error.is_some()).show(&content)
    }

    fn decide<'b>(&'b self, offers: &'b [Offer], choices: &'b [Choice<'b>]) -> Decide<'b> {
        let id = self.one.child.id;
        let action = format!("/children/{id}/decide");
        let search_action = format!("/children/{id}/search");
        let choices = (!choices.is_empty()).then(|| {
            Options::any_of("setting", "Which settings are to be told?", choices)
                .hint("Tick every setting that the child belongs to. Each is told by itself.")
                .error(self.error("setting"))
        });
        Decide {
            token: self.staff.form(&action),
            search_token: self.staff.form(&search_action),
            search: TextInput::new("search", "Search the directory by name", InputKind::Text)
                .value(self.view.searched.unwrap_or(""))
                .hint("Three letters or more, such as part of a school’s name. Teams, authorities and forces are there too.")
                .error(self.error("search")),
            kept: self.view.found.iter().map(|id| Hidden::new("kept", id.to_string())).collect(),
            shown: self.shown(offers),
            choices,
            why: TextArea {
                id: "why",
                label: "How do you know? (optional)",
                rows: 3,
                value: "",
                hint: Some("Such as whom you telephoned. It is kept with the decision, sealed."),
                error: None,
            },
            action,
            search_action,
        }
    }

    fn close<'b>(&'b self, offers: &'b [Offer], answers: &'b Answers<'b>) -> Close<'b> {
        let id = self.one.child.id;
        let action = format!("/children/{id}/close");
        let hand_over_action = format!("/children/{id}/hand-over");
        Close {
            token: self.staff.form(&action),
            shown: self.shown(offers),
            reasons: Options::one_of("reason", "Why is nobody to be told?", &answers.reasons)
                .error(self.error("reason")),
            words: TextArea {
                id: "words",
                label: "In your own words",
                rows: 3,
                value: self.view.words,
                hint: Some("Needed where telling would be dangerous, and for any other reason."),
                error: self.error("words"),
            },
            hand_over_token: self.staff.form(&hand_over_action),
            receiver: Select {
                id: "to",
                label: "Which force or authority has accepted the child?",
                choices: &answers.receivers,
                hint: Some(
                    "The desk of a force in this list can then open the child, and nothing else of yours.",
                ),
                error: self.error("to"),
            },
            accepted_by: TextArea {
                id: "accepted",
                label: "Who has accepted the child, and when?",
                rows: 3,
                value: self.view.accepted,
                hint: Some("The person or team you spoke to."),
                error: self.error("accepted"),
            },
            action,
            hand_over_action,
        }
    }

    /// What the person is shown, so that nobody decides on something else than what is there by then.
    fn shown(&self, offers: &[Offer]) -> Vec<Hidden<'static>> {
        let version = self.case.versions.last().map_or(0, |version| version.number);
        let resolution = self.one.decisions.last().map(|decided| decided.id.to_string()).unwrap_or_default();
        let fixed = [Hidden::new("version", version.to_string()), Hidden::new("resolution", resolution)];
        fixed.into_iter().chain(offers.iter().map(|offer| Hidden::new("offered", offer.id.clone()))).collect()
    }

    fn error(&self, field: &str) -> Option<&'static str> {
        self.view.error.filter(|(at, _)| *at == field).map(|(_, text)| text)
    }
}

/// A setting that can be ticked.
struct Offer {
    id: String,
    name: String,
    hint: String,
}

impl Offer {
    fn of(id: SettingId, names: &Names) -> Self {
        let hint = names.get(id).map_or_else(String::new, described);
        let name = names.get(id).map_or_else(|| names.name(id), named);
        Self { id: id.to_string(), name, hint }
    }

    fn choice(&self, ticked: &[SettingId]) -> Choice<'_> {
        let chosen = ticked.iter().any(|id| id.to_string() == self.id);
        let hint = (!self.hint.is_empty()).then_some(self.hint.as_str());
        Choice { hint, chosen, ..Choice::new(&self.id, &self.name) }
    }
}

/// The reasons that a person may give, those that are rare last.
fn reasons(chosen: &str) -> Vec<Choice<'static>> {
    [Reason::NotAChild, Reason::Duplicate, Reason::NoSetting, Reason::Unsafe, Reason::Other]
        .into_iter()
        .map(|reason| Choice {
            chosen: reason.as_str() == chosen,
            ..Choice::new(reason.as_str(), words::reason(reason))
        })
        .collect()
}

const fn state_words(state: ChildState) -> &'static str {
    match state {
        ChildState::Held => "Waits for a decision",
        ChildState::Notified => "A setting is being told or has been told",
        ChildState::HandedOver => "Handed over",
        ChildState::Closed => "Closed",
    }
}

fn why(one: &CaseChild) -> &'static str {
    match (one.child.hold, one.child.reason) {
        (Some(hold), _) => words::hold(hold),
        (None, Some(reason)) => words::reason(reason),
        (None, None) => "",
    }
}

fn warnings(case: &Case, told: Option<&Told>) -> Vec<Warning<'static>> {
    let protects = told.is_some_and(|told| {
        let safety = told.incident().safety.known();
        safety.is_some_and(|safety| safety.protected_address.is_yes()) || told.incident().guard_unread
    });
    let texts = [
        (case.is_withdrawn, "The police have withdrawn this incident."),
        (case.is_restricted, "This case is for named people only. Speak about it with nobody else."),
        (case.is_exercise, "This is an exercise. No real contact is told."),
        (
            protects,
            "An address is protected, or what protects people here could not be read. Tell no address to anybody.",
        ),
        (
            case.children_hidden > 0,
            "Other children of this incident are outside your areas and are not shown.",
        ),
    ];
    texts.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| Warning { text }).collect()
}

/// A page that says that somebody else was first, and who, when that is known.
pub(crate) async fn overtaken(state: &State, staff: &Staff, child: ChildId) -> Answer {
    state.metrics().collisions.with_label_values(&["child"]).inc();
    let (case, place) = state.store().open_child(&staff.scope, child).await?;
    let newest = case.children[place].decisions.last();
    let said = newest.map_or_else(
        || "It was changed in the meantime.".to_owned(),
        |one| {
            format!(
                "{} decided at {}, or a new version came.",
                words::actor(&one.decided_by),
                when(one.decided_at)
            )
        },
    );
    super::task::collision(
        staff,
        "/held",
        &said,
        &format!("/children/{child}"),
        "Look at the child as it is now",
    )
}

impl ChildPage<'_> {
    fn has_told(&self) -> bool {
        !self.told.rows.is_empty()
    }

    fn number(&self, index: &usize) -> Html {
        Html::text(index + 1)
    }
}
