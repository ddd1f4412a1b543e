//! One sampled child under review: what happened, the questions, and the answers that this reviewer may see.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::{ChildId, SampleId};
use encompass_store::desk::{Case, CaseChild};
use encompass_store::sample::{Answered, Review};
use encompass_web::form::{Choice, ErrorSummary, Fields, Hidden, Options, TextArea};
use encompass_web::page::{Row, SummaryList, Table};
use zeroize::Zeroizing;

use super::criteria::{Answers, Grade};
use crate::State;
use crate::case::{Reported, reasoning, when};
use crate::desk::evidence::decisions;
use crate::desk::names::Names;
use crate::desk::task::collision;
use crate::desk::{committed, id, viewed};
use crate::failure::Answer;
use crate::frame::Frame;
use crate::sent::Sent;
use crate::staff::Staff;
use crate::words;

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage<'a> {
    errors: ErrorSummary<'a>,
    heading: String,
    identity: SummaryList<'a>,
    reported: SummaryList<'a>,
    what_happened: SummaryList<'a>,
    decisions: Option<Table<'a>>,
    form: Option<ReviewForm<'a>>,
    answered: Vec<(String, SummaryList<'a>)>,
    waits_for_other: bool,
}

struct ReviewForm<'a> {
    action: String,
    token: Hidden<'a>,
    questions: Vec<Options<'a>>,
    note: TextArea<'a>,
}

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path((sample, child)): Path<(String, String)>,
) -> Answer {
    page(&state, &staff, id(&sample)?, id(&child)?, &[], &Fields::from(Vec::new())).await
}

async fn page(
    state: &State,
    staff: &Staff,
    sample: SampleId,
    child: ChildId,
    missing: &[&str],
    sent: &Fields,
) -> Answer {
    let login = &staff.account.login;
    let (queued, case, place) = state.store().open_sampled(&staff.scope, login, sample, child).await?;
    let subject = format!("child:{child} sample:{sample}");
    viewed(state, staff, (&case.force, case.id), "child.viewed", subject).await?;
    let one = &case.children[place];
    let names = Names::of(state, one.told.iter().map(|told| told.setting)).await?;
    let answered = state.store().reviews_shown_to(&case, login, sample, child).await?;
    let reported = Reported::newest(&case, one);
    let action = format!("/reviews/{sample}/{child}");
    let criteria = &state.criteria().criteria;
    let choices: Vec<Vec<Choice<'_>>> =
        criteria.iter().map(|criterion| grades(sent.one(&criterion.key))).collect();
    const WRONG: &str = "Choose an answer";
    let questions = criteria.iter().zip(&choices).map(|(criterion, choices)| {
        let error = missing.contains(&criterion.key.as_str()).then_some(WRONG);
        Options::one_of(&criterion.key, &criterion.question, choices).hint(&criterion.look_for).error(error)
    });
    let may_answer = !queued.is_mine_done && queued.reviews < 2;
    let form = may_answer.then(|| ReviewForm {
        token: staff.form(&action),
        questions: questions.collect(),
        note: TextArea {
            id: "note",
            label: "In your own words (optional)",
            rows: 5,
            value: sent.one("note"),
            hint: Some(
                "What the officer, the desk or the setting should hear. It is kept sealed with the case.",
            ),
            error: None,
        },
        action,
    });
    let content = ReviewPage {
        errors: ErrorSummary { errors: missing.iter().map(|key| (*key, WRONG)).collect() },
        heading: format!(
            "{}, child {}",
            one.child.reference.as_deref().unwrap_or("Erased"),
            one.child.place + 1
        ),
        identity: SummaryList { rows: reported.as_ref().map_or_else(Vec::new, Reported::identity) },
        reported: SummaryList { rows: reported.as_ref().map_or_else(Vec::new, Reported::everything) },
        what_happened: SummaryList { rows: what_happened(&case, one, &names) },
        decisions: decisions(&one.decisions),
        form,
        waits_for_other: queued.is_mine_done && queued.reviews < 2,
        answered: answered.iter().map(|review| laid_out(state, review)).collect(),
    };
    let frame = Frame::new(staff, "One review", "/reviews").back("/reviews").failed(!missing.is_empty());
    Ok(frame.show(&content))
}

fn grades(chosen: &str) -> Vec<Choice<'static>> {
    Grade::ALL
        .into_iter()
        .map(|grade| Choice { chosen: grade.word() == chosen, ..Choice::new(grade.word(), grade.text()) })
        .collect()
}

fn what_happened(case: &Case, one: &CaseChild, names: &Names) -> Vec<Row<'static>> {
    let child = &one.child;
    let due = one.dues.last().map_or_else(String::new, reasoning);
    let why = match (child.hold, child.reason) {
        (Some(hold), _) => format!(": {}", words::hold(hold)),
        (None, Some(reason)) => format!(": {}", words::reason(reason)),
        (None, None) => String::new(),
    };
    let mut rows = vec![
        Row::text("State", format!("{}{why}", words::plain(child.state.as_str()))),
        Row::text("Known to police", when(child.known_at)),
        Row::text("Reached us", when(case.received_at)),
        Row::text("Due", format!("{}. {due}", when(child.due_at))),
    ];
    for told in &one.told {
        let at = |at: Option<jiff::Timestamp>| at.map_or_else(|| "never".to_owned(), when);
        rows.push(Row::text(
            "Setting",
            format!(
                "{}: sent {}, opened {}, acknowledged {}",
                names.name(told.setting),
                at(told.sent_at),
                at(told.opened_at),
                at(told.acknowledged_at)
            ),
        ));
    }
    for (_, reason) in &one.excluded {
        rows.push(Row::text("A setting answered", words::plain(reason)));
    }
    rows
}

fn laid_out<'a>(state: &'a State, review: &Answered) -> (String, SummaryList<'a>) {
    let answers: BTreeMap<String, Grade> = serde_json::from_str(&review.answers).unwrap_or_default();
    let rows = answers.into_iter().map(|(key, grade)| {
        let criterion = state.criteria().criteria.iter().find(|criterion| criterion.key == key);
        match criterion {
            Some(criterion) => Row::text(&criterion.question, grade.text()),
            None => Row::text("An earlier question", format!("{}: {}", words::plain(&key), grade.text())),
        }
    });
    let note = review.note.as_ref().map(|note| Row::text("Note", note.as_str()));
    let heading =
        format!("{}, {}, criteria {}", review.reviewer, when(review.reviewed_at), review.criteria_version);
    (heading, SummaryList { rows: rows.chain(note).collect() })
}

pub(crate) async fn answer(
    Extract(state): Extract<State>,
    staff: Staff,
    Path((sample, child)): Path<(String, String)>,
    Sent(fields): Sent,
) -> Answer {
    let (sample, child): (SampleId, ChildId) = (id(&sample)?, id(&child)?);
    let criteria = state.criteria();
    let mut answers = Answers::new();
    let mut missing = Vec::new();
    for criterion in &criteria.criteria {
        match Grade::read(fields.one(&criterion.key)) {
            Some(grade) => drop(answers.insert(criterion.key.clone(), grade)),
            None => missing.push(criterion.key.as_str()),
        }
    }
    if !missing.is_empty() {
        return page(&state, &staff, sample, child, &missing, &fields).await;
    }
    let login = &staff.account.login;
    let (_, case, _) = state.store().open_sampled(&staff.scope, login, sample, child).await?;
    let review = Review {
        sample,
        child,
        criteria_version: criteria.version.clone(),
        answers: serde_json::to_string(&answers).expect("answers are words"),
        note: Zeroizing::new(fields.one("note").to_owned()),
    };
    let mut tx = state.store().begin().await?;
    let recorded = tx.record_review(&case, review, login, &staff.scope, state.now()).await;
    match committed(tx, recorded).await? {
        None => {
            state.metrics().collisions.with_label_values(&["review"]).inc();
            let said = "You have answered already, or two others have.";
            collision(&staff, "/reviews", said, "/reviews", "Back to the queue")
        }
        Some(_) => Ok(Redirect::to("/reviews?done=reviewed").into_response()),
    }
}
