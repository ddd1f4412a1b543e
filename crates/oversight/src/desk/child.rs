//! One child: what police said, why it is held, the evidence, and what can be decided.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use axum::response::Response;
use encompass_core::id::{ChildId, EntryId, SettingId};
use encompass_core::state::{ChildState, Hold};
use encompass_matching::Weighed;
use encompass_store::desk::{Case, CaseChild, Hold as HoldTask, Joined, Looker};
use encompass_store::resolve::{Besides, Outlook};
use encompass_web::form::ErrorSummary;
use encompass_web::page::{SummaryList, Table, TimeLeft, Warning};
use jiff::SignedDuration;

use super::ask::Ask;
use super::candidate::{Asks, Candidates, With, born, cards, police};
use super::decide::ticked;
use super::evidence::{Read, decisions, unearned};
use super::explain::{Explained, explained};
use super::form::{Answers, Decide, HandOver, Offer, offered};
use super::join::Join;
use super::names::Names;
use super::register::Registers;
use super::{id, outlook, viewed};
use crate::case::{Reported, reasoning, when};
use crate::failure::{Answer, Failure, Wrong, wrong_with};
use crate::frame::Frame;
use crate::list::Asked;
use crate::staff::Staff;
use crate::{State, words};

/// How long somebody who opened a child is taken to be looking at it.
const LOOKING_FOR: SignedDuration = SignedDuration::from_mins(15);

#[derive(Template)]
#[template(path = "child.html")]
struct ChildPage<'a> {
    errors: ErrorSummary<'a>,
    heading: String,
    state: &'a str,
    next: bool,
    lookers: Vec<String>,
    time_left: Option<TimeLeft>,
    due: String,
    why: &'a str,
    unearned: Vec<String>,
    further: Vec<&'static str>,
    warnings: Vec<Warning<'a>>,
    identity: SummaryList<'a>,
    reported: SummaryList<'a>,
    officer: Option<&'a str>,
    named: Vec<SummaryList<'static>>,
    candidates: Option<Candidates<'a>>,
    explained: Option<Explained<'a>>,
    joins: Vec<Join<'a>>,
    decisions: Option<Table<'a>>,
    incident: String,
    decide: Option<Decide<'a>>,
    hand_over: Option<HandOver<'a>>,
    ask: Option<Ask<'a>>,
}

/// What of the page differs from how it is first opened.
#[derive(Default)]
pub(crate) struct View<'a> {
    pub done: &'a str,
    pub searched: &'a str,
    /// Found by searches, in the order shown.
    pub found: Vec<SettingId>,
    /// Settings that were ticked.
    pub ticked: Vec<SettingId>,
    /// Entries that were ticked.
    pub entries: Vec<EntryId>,
    /// Whether it was ticked that the child is none of the entries.
    pub not_listed: bool,
    /// Who is told besides; `None` where the person has not said.
    pub besides: Option<Besides>,
    /// What is wrong with the form.
    pub error: Option<Wrong<'static>>,
    /// What the person wrote, kept when the form comes back.
    pub why: &'a str,
    /// Which reason was chosen.
    pub reason: &'a str,
    /// Who was said to have accepted the child, in words.
    pub accepted: &'a str,
    /// What the force was to be asked, or said.
    pub asked: &'a str,
}

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&state, &staff, id(&child)?, View { done: asked.done(), ..View::default() }).await
}

/// Opens the child, writes that down, and shows it.
pub(crate) async fn page(state: &State, staff: &Staff, child: ChildId, view: View<'_>) -> Answer {
    let (case, place) = state.store().open_child(&staff.scope, child).await?;
    viewed(state, staff, (&case.force, case.id), "child.viewed", format!("child:{child}")).await?;
    let one = &case.children[place];
    let evidence = Read::newest(&one.decisions);
    let known = Known::of(state, staff, (&case, one), &evidence).await?;
    let foreseen: Vec<SettingId> = outlook::settings(&known.outlooks).collect();
    let found = view.found.iter().chain(&foreseen).copied();
    let offered = offered(&evidence, one, found, staff.scope.sees_restricted());
    let names = Names::of(state, offered.iter().chain(&foreseen).copied()).await?;
    let offers: Vec<Offer> = offered.iter().map(|id| Offer::of(*id, &names)).collect();
    let answers = Answers::of(state, &case.force, &offers, &view, is_guarded(one, &evidence));
    let parts = Parts { state, staff, case: &case, one, evidence: &evidence, names: &names, view: &view };
    Ok(parts.show(&offers, &answers, &known))
}

/// What the store has of a child besides its case.
struct Known {
    outlooks: Vec<Outlook>,
    registers: Registers,
    joined: Vec<Joined>,
    lookers: Vec<Looker>,
    hold: Option<HoldTask>,
}

impl Known {
    async fn of(
        state: &State,
        staff: &Staff,
        (case, one): (&Case, &CaseChild),
        evidence: &Read,
    ) -> Result<Self, Failure> {
        let (store, child) = (state.store(), one.child.id);
        let shown = evidence.shown(staff.scope.sees_restricted());
        let entries: Vec<EntryId> = shown.iter().map(|candidate| candidate.entry).collect();
        let since = state.now().saturating_sub(LOOKING_FOR).unwrap_or(jiff::Timestamp::MIN);
        let is_open = matches!(one.child.state, ChildState::Held | ChildState::Notified);
        let asked = shown.iter().filter(|_| is_open).map(|candidate| ticked(candidate)).collect::<Vec<_>>();
        let (scope, rules, machine) = (&staff.scope, state.rules(), state.machine());
        Ok(Self {
            outlooks: store.outlooks(scope, rules, (case, one), &asked, machine).await?,
            registers: Registers::of(state, &case.force).await?,
            joined: store.joined(&staff.scope, &case.force, &entries).await?,
            lookers: store.others_looking(&staff.scope, (case.id, child), since).await?,
            hold: store.hold_of(case, child).await?,
        })
    }
}

/// What the page is made from.
pub(super) struct Parts<'a> {
    pub state: &'a State,
    pub staff: &'a Staff,
    pub case: &'a Case,
    pub one: &'a CaseChild,
    pub evidence: &'a Read,
    pub names: &'a Names,
    pub view: &'a View<'a>,
}

impl Parts<'_> {
    fn show(&self, offers: &[Offer], answers: &Answers<'_>, known: &Known) -> Response {
        let child = &self.one.child;
        let reported = Reported::newest(self.case, self.one);
        let is_open = matches!(child.state, ChildState::Held | ChildState::Notified);
        let is_untold = is_open && child.told_at.is_none();
        let due = self.one.dues.last().map_or_else(String::new, reasoning);
        let shown = self.evidence.shown(self.staff.scope.sees_restricted());
        let content = ChildPage {
            errors: ErrorSummary { errors: self.view.error.into_iter().collect() },
            heading: format!("{}, child {}", child.reference.as_deref().unwrap_or("Erased"), child.place + 1),
            state: state_words(child.state),
            next: !self.view.done.is_empty() && child.state != ChildState::Held,
            lookers: lookers(known),
            time_left: is_untold.then(|| TimeLeft::until(child.due_at, self.state.now())),
            due: format!("Due {}. {due}", when(child.due_at)),
            why: why(self.one),
            unearned: match child.hold {
                Some(Hold::Unconfirmed) => unearned(&self.one.decisions, &known.registers),
                _ => Vec::new(),
            },
            further: self.evidence.further_reasons(),
            warnings: warnings(self.case, self.one, reported.as_ref()),
            identity: SummaryList { rows: reported.as_ref().map_or_else(Vec::new, Reported::identity) },
            reported: SummaryList { rows: reported.as_ref().map_or_else(Vec::new, Reported::everything) },
            officer: self.evidence.officer(),
            named: self.evidence.named(self.names),
            candidates: self.candidates(&shown, reported.as_ref(), known, is_open),
            explained: self
                .evidence
                .compared()
                .and_then(|evidence| explained(evidence, &shown, &known.registers)),
            joins: Join::all(self.staff, child.id, &shown, &known.joined),
            decisions: decisions(&self.one.decisions),
            incident: format!("/incidents/{}", self.case.id),
            decide: is_open.then(|| self.decide(offers, answers, is_untold)),
            hand_over: is_untold.then(|| self.hand_over(offers, answers)),
            ask: (child.state == ChildState::Held).then(|| self.ask(known.hold.as_ref())),
        };
        let frame = Frame::new(self.staff, "One child", "/held").back("/held").done(self.view.done).wide();
        frame.failed(self.view.error.is_some()).show(&content)
    }

    fn candidates(
        &self,
        shown: &[&Weighed],
        reported: Option<&Reported>,
        known: &Known,
        is_open: bool,
    ) -> Option<Candidates<'static>> {
        let with = With {
            names: self.names,
            registers: &known.registers,
            born: born(reported),
            ticked: &self.view.entries,
            outlooks: &known.outlooks,
            is_guarded: is_guarded(self.one, self.evidence),
        };
        let asks = is_open.then(|| Asks { error: self.error("entry"), none: self.view.not_listed });
        (!shown.is_empty()).then(|| Candidates { police: police(reported), cards: cards(shown, &with), asks })
    }

    pub(super) fn error(&self, field: &str) -> Option<&'static str> {
        wrong_with(field, self.view.error)
    }
}

/// Who else has to do with it now, a sentence each.
fn lookers(known: &Known) -> Vec<String> {
    let hold = known.hold.as_ref();
    let claimed = hold.and_then(|hold| hold.claimed.as_ref());
    let claimed = claimed.map(|(by, at)| format!("{} took this child at {}.", words::actor(by), when(*at)));
    let looking = known.lookers.iter().map(|looker| {
        format!("{} is looking at this child, since {}.", words::actor(&looker.by), when(looker.since))
    });
    let question = hold.and_then(HoldTask::open_question);
    let asked =
        question.map(|one| format!("The force was asked at {} and has not answered.", when(one.asked_at)));
    claimed.into_iter().chain(looking).chain(asked).collect()
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

fn warnings(case: &Case, one: &CaseChild, reported: Option<&Reported>) -> Vec<Warning<'static>> {
    let protects = reported.is_some_and(|reported| {
        let safety = reported.incident().safety.known();
        safety.is_some_and(|safety| safety.protected_address.is_yes()) || reported.incident().guard_unread
    });
    let texts = [
        (case.is_withdrawn, "The police have withdrawn this incident."),
        (
            case.is_restricted || one.child.is_restricted,
            "This case is for named people only. Speak about it with nobody else.",
        ),
        (case.is_exercise, "This is an exercise. No real contact is told."),
        (
            protects,
            "An address is protected, or what protects people here could not be read. Tell no address to anybody.",
        ),
        (
            case.children_hidden > 0,
            "Other children of this incident are outside your areas, or for named people only, and are not shown.",
        ),
    ];
    texts.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| Warning { text }).collect()
}

/// Whether something about the child or the adults makes a person name each setting that is told.
pub(crate) fn is_guarded(one: &CaseChild, evidence: &Read) -> bool {
    let guards = [
        Hold::ConnectedAdult,
        Hold::ProtectedAddress,
        Hold::Restricted,
        Hold::NotToBeNotified,
        Hold::GuardUnread,
    ];
    let reasons = evidence.compared().map_or(&[][..], |evidence| evidence.reasons.as_slice());
    one.child.hold.iter().chain(reasons).any(|hold| guards.contains(hold))
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
    fn has_reported(&self) -> bool {
        !self.reported.rows.is_empty()
    }

    fn error(&self, fields: &[&str]) -> Option<&str> {
        self.errors.errors.iter().find(|(at, _)| fields.contains(at)).map(|(_, text)| *text)
    }

    fn entry_error(&self) -> Option<&str> {
        self.error(&["entry"])
    }

    fn asked_error(&self) -> bool {
        self.error(&["asked"]).is_some()
    }

    fn hand_over_error(&self) -> bool {
        self.error(&["to", "accepted"]).is_some()
    }

    fn number(&self, index: &usize) -> encompass_web::Html {
        encompass_web::Html::text(index + 1)
    }
}
