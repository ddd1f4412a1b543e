//! Asking the force about a held child, and noting what it said.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::ChildId;
use encompass_store::desk::{Hold, Question};
use encompass_web::form::{Hidden, TextArea};
use encompass_web::page::{Row, SummaryList};
use zeroize::Zeroizing;

use super::child::{Parts, View, overtaken, page};
use super::{committed, id};
use crate::State;
use crate::case::when;
use crate::failure::Answer;
use crate::sent::Sent;
use crate::staff::Staff;
use crate::words;

/// What was asked, and the form for the next question or the answer to the last.
pub(super) struct Ask<'a> {
    pub asked: SummaryList<'a>,
    pub whom: String,
    pub waits: bool,
    pub action: String,
    pub token: Hidden<'a>,
    pub text: TextArea<'a>,
}

impl Parts<'_> {
    pub(super) fn ask(&self, hold: Option<&Hold>) -> Ask<'_> {
        let waits = hold.and_then(Hold::open_question).is_some();
        let verb = if waits { "answer" } else { "ask" };
        let action = format!("/children/{}/{verb}", self.one.child.id);
        let force = self.state.forces().get(&self.case.force);
        let whom = force.map_or_else(String::new, |force| format!("{}, {}", force.name, force.telephone));
        let (label, hint) = if waits {
            ("What did the force say?", "It closes the question. Then decide.")
        } else {
            (
                "What do you want to know?",
                "Such as “Ask the mother for the child’s school”. Ask by telephone; it is kept here, sealed, for whoever \
                 takes the answer. The clock goes on.",
            )
        };
        Ask {
            asked: SummaryList { rows: hold.map_or_else(Vec::new, |hold| rows(&hold.questions)) },
            whom,
            waits,
            token: self.staff.form(&action),
            text: TextArea {
                id: "asked",
                label,
                rows: 3,
                value: self.view.asked,
                hint: Some(hint),
                error: self.error("asked"),
            },
            action,
        }
    }
}

/// Questions and answers, oldest first.
pub(super) fn rows(questions: &[Question]) -> Vec<Row<'static>> {
    let mut rows = Vec::new();
    for one in questions {
        let by = |by: &str, at| format!("{}, {}", words::actor(by), when(at));
        let asked = format!("{} ({})", one.question, by(&one.asked_by, one.asked_at));
        rows.push(Row::text("Question", asked));
        if let (Some(answer), Some(who), Some(at)) = (&one.answer, &one.answered_by, one.answered_at) {
            rows.push(Row::text("Answer", format!("{answer} ({})", by(who, at))));
        }
    }
    rows
}

pub(crate) async fn ask(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    note(&state, &staff, id(&child)?, fields.one("asked"), Noted::Question).await
}

pub(crate) async fn answer(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    note(&state, &staff, id(&child)?, fields.one("asked"), Noted::Answer).await
}

/// What is noted.
#[derive(Clone, Copy)]
enum Noted {
    Question,
    Answer,
}

async fn note(state: &State, staff: &Staff, child: ChildId, text: &str, what: Noted) -> Answer {
    // Whom a child was handed over to may look, and asks nothing.
    state.store().shown(&staff.scope, child).await?;
    let (case, place) = state.store().open_child(&staff.scope, child).await?;
    let (wrong, done) = match what {
        Noted::Question => ("Write your question", "asked"),
        Noted::Answer => ("Write what the force said", "answered"),
    };
    if text.is_empty() {
        return page(state, staff, child, View { error: Some(("asked", wrong)), ..View::default() }).await;
    }
    let text = Zeroizing::new(text.to_owned());
    let mut tx = state.store().begin().await?;
    let (of, now) = ((&case, place), state.now());
    let noted = match what {
        Noted::Question => tx.ask_force(of, &text, &staff.scope, now).await,
        Noted::Answer => tx.note_answer(of, &text, &staff.scope, now).await,
    };
    match committed(tx, noted).await? {
        None => overtaken(state, staff, child).await,
        Some(_) => Ok(Redirect::to(&format!("/children/{child}?done={done}")).into_response()),
    }
}
