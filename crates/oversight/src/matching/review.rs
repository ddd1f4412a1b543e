//! One match under review: what police said, whom it was matched to, and whether that is right.

use askama::Template;
use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::ChildId;
use encompass_matching::{Evidence, Weighed};
use encompass_store::desk::{Case, CaseChild};
use encompass_store::matched::{Case as DecidedCase, MatchReview, MatchVerdict, Origin};
use encompass_web::Html;
use encompass_web::form::{Choice, ErrorSummary, Hidden, Options};
use encompass_web::page::SummaryList;

use crate::State;
use crate::case::Reported;
use crate::desk::candidate::{Candidates, With, born, cards, police};
use crate::desk::decided::best;
use crate::desk::evidence::{Read, score};
use crate::desk::explain::{Explained, explained};
use crate::desk::names::Names;
use crate::desk::register::Registers;
use crate::desk::task::collision;
use crate::desk::{committed, id, viewed};
use crate::failure::{Answer, Wrong};
use crate::frame::Frame;
use crate::sent::Sent;
use crate::staff::Staff;

#[derive(Template)]
#[template(path = "match.html")]
struct ReviewPage<'a> {
    errors: ErrorSummary<'a>,
    heading: String,
    identity: SummaryList<'a>,
    told: Vec<String>,
    matched: String,
    candidates: Option<Candidates<'a>>,
    explained: Option<Explained<'a>>,
    form: Option<Form<'a>>,
}

struct Form<'a> {
    action: String,
    token: Hidden<'a>,
    verdict: Options<'a>,
}

/// What may be said, with each candidate whom the child was not matched to. Whatever is wrong asks the desk at once to
/// put right what a setting was told.
fn verdicts<'a>(others: &'a [(String, String)]) -> Vec<Choice<'a>> {
    let mut verdicts = vec![Choice::new("right", "Right: it is this child")];
    verdicts.extend(others.iter().map(|(value, text)| Choice::new(value, text)));
    verdicts.push(Choice::new("nobody", "Wrong: it is nobody on the registers"));
    verdicts.push(Choice::new("wrong", "Wrong: it is somebody else, and I can’t tell who"));
    verdicts.push(Choice {
        hint: Some("Such as when twins differ in nothing that is known. It counts neither way."),
        ..Choice::new("cannot_say", "I can’t say whether it is right")
    });
    verdicts
}

const CANDIDATE: &str = "candidate-";

/// The candidates whom the child may be instead, by their numbers on the page.
fn others(shown: &[&Weighed]) -> Vec<(String, String)> {
    let numbered = (1..).zip(shown).filter(|(_, one)| !one.fits);
    numbered
        .map(|(number, _)| (format!("{CANDIDATE}{number}"), format!("Wrong: it is candidate {number}")))
        .collect()
}

/// What was said, and who the child is instead.
fn said<'a>(word: &str, shown: &[&'a Weighed]) -> Option<(MatchVerdict, Option<&'a Weighed>)> {
    let Some(number) = word.strip_prefix(CANDIDATE) else { return Some((word.parse().ok()?, None)) };
    let place = number.parse::<usize>().ok()?.checked_sub(1)?;
    let other = shown.get(place).filter(|one| !one.fits)?;
    Some((MatchVerdict::Wrong, Some(other)))
}

pub(crate) async fn show(Extract(state): Extract<State>, staff: Staff, Path(child): Path<String>) -> Answer {
    page(&state, &staff, id(&child)?, None).await
}

/// The evidence of the decision that is reviewed, not of what came later.
fn reviewed(review: &MatchReview, one: &CaseChild) -> Read {
    let decided = one.decisions.iter().find(|decided| decided.id == review.resolution);
    decided.map_or(Read::Unread, Read::of)
}

async fn page(state: &State, staff: &Staff, child: ChildId, error: Option<Wrong<'_>>) -> Answer {
    let (review, case, place) = state.store().open_match_review(&staff.scope, child).await?;
    viewed(state, staff, (&case.force, case.id), "child.viewed", format!("child:{child} match")).await?;
    let one = &case.children[place];
    let evidence = reviewed(&review, one);
    let shown = evidence.shown(staff.scope.sees_restricted());
    let told_at = one.told.iter().map(|told| told.setting);
    let names =
        Names::of(state, evidence.settings(staff.scope.sees_restricted()).into_iter().chain(told_at.clone()))
            .await?;
    let registers = Registers::of(state, &case.force).await?;
    let reported = Reported::newest(&case, one);
    let with = With {
        names: &names,
        registers: &registers,
        born: born(reported.as_ref()),
        ticked: &[],
        outlooks: &[],
        is_guarded: false,
    };
    let action = format!("/matches/{child}");
    let others = others(&shown);
    let verdicts = verdicts(&others);
    let content = ReviewPage {
        errors: ErrorSummary { errors: error.into_iter().collect() },
        heading: heading(one),
        identity: SummaryList { rows: reported.as_ref().map_or_else(Vec::new, Reported::identity) },
        told: told_at.map(|setting| names.name(setting)).collect(),
        matched: matched(&shown),
        candidates: (!shown.is_empty()).then(|| Candidates {
            police: police(reported.as_ref()),
            cards: cards(&shown, &with),
            asks: None,
        }),
        explained: evidence.compared().and_then(|evidence| explained(evidence, &shown, &registers)),
        form: review.verdict.is_none().then(|| Form {
            token: staff.form(&action),
            verdict: Options::one_of("verdict", "Is the match right?", &verdicts)
                .error(error.map(|(_, text)| text)),
            action,
        }),
    };
    let frame = Frame::new(staff, "One match", "/matches").back("/matches").failed(error.is_some()).wide();
    Ok(frame.show(&content))
}

fn heading(one: &CaseChild) -> String {
    format!("{}, child {}", one.child.reference.as_deref().unwrap_or("Erased"), one.child.place + 1)
}

/// Which of the candidates the child was matched to.
fn matched(shown: &[&Weighed]) -> String {
    let fitting = shown.iter().enumerate().filter(|(_, one)| one.fits);
    let numbers: Vec<String> = fitting.map(|(at, _)| (at + 1).to_string()).collect();
    match numbers.as_slice() {
        [] => "The evidence names no candidate that you may see.".to_owned(),
        [one] => format!("The child was matched to candidate {one} without a person."),
        several => format!("The child was matched to candidates {} without a person.", several.join(" and ")),
    }
}

/// A case for each register whose best candidate the child was matched to; none where it can't be said.
fn cases(
    evidence: &Evidence,
    (verdict, other): (MatchVerdict, Option<&Weighed>),
    case: &Case,
    child: ChildId,
) -> Vec<DecidedCase> {
    if verdict == MatchVerdict::CannotSay {
        return Vec::new();
    }
    let is_right = verdict == MatchVerdict::Right;
    let matched = evidence.searched.iter().filter_map(|searched| {
        let best = best(evidence, searched.register).filter(|best| best.fits)?;
        let other = other.filter(|other| other.register == searched.register);
        Some(DecidedCase {
            force: case.force.clone(),
            register: searched.register,
            id: child.bytes(),
            origin: Origin::Review,
            score: score(best),
            is_right,
            right: if is_right { Some(best.entry) } else { other.map(|other| other.entry) },
            parameters: searched.parameters.clone(),
        })
    });
    matched.collect()
}

pub(crate) async fn answer(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let child: ChildId = id(&child)?;
    let (review, case, place) = state.store().open_match_review(&staff.scope, child).await?;
    let evidence = reviewed(&review, &case.children[place]);
    let Some(said) = said(fields.one("verdict"), &evidence.shown(staff.scope.sees_restricted())) else {
        return page(&state, &staff, child, Some(("verdict", "Choose whether the match is right"))).await;
    };
    let cases = evidence.compared().map_or_else(Vec::new, |evidence| cases(evidence, said, &case, child));
    let (verdict, _) = said;
    let mut tx = state.store().begin().await?;
    let recorded = tx.record_match_review((&case, place), verdict, cases, &staff.scope, state.now()).await;
    match committed(tx, recorded).await? {
        None => {
            state.metrics().collisions.with_label_values(&["match"]).inc();
            let said = "Somebody else has reviewed this match.";
            collision(&staff, "/matches", said, "/matches", "Back to the queue")
        }
        Some(_) => {
            let done = if verdict.is_wrong() { "match-wrong" } else { "match-reviewed" };
            Ok(Redirect::to(&format!("/matches?done={done}")).into_response())
        }
    }
}

impl ReviewPage<'_> {
    fn settings(&self) -> Html {
        Html::text(self.told.join("; "))
    }
}
