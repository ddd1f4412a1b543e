//! How far matches are sent without a person, and how often they are right. No child.

use askama::Template;
use axum::extract::{Query, State as Extract};
use encompass_core::state::Role;
use encompass_matching::earned::{CONFIDENCE, lower_bound};
use encompass_matching::points;
use encompass_store::matched::{Mode, Precision, Reviewed, Standing};
use encompass_web::Html;
use encompass_web::page::{Column, Table};

use crate::State;
use crate::case::when;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::list::{Asked, link, table};
use crate::staff::Staff;
use crate::words;

#[derive(Template)]
#[template(path = "matching.html")]
struct MatchingPage<'a> {
    reviewed: Option<Table<'a>>,
    registers: Option<Table<'a>>,
}

const REVIEWED: &[Column<'_>] = &[
    Column::text("Force"),
    Column::figures("Drawn"),
    Column::figures("Judged"),
    Column::figures("Right"),
    Column::figures("Precision"),
    Column::figures("At least"),
];

const REGISTERS: &[Column<'_>] = &[
    Column::text("Force and register"),
    Column::text("Sent without a person"),
    Column::figures("Decided cases"),
    Column::figures("Right of reviewed"),
    Column::figures("Precision"),
    Column::figures("At least"),
];

pub(crate) async fn show(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let store = state.store();
    let reviewed = store.matches_reviewed(&staff.scope).await?;
    let rows = reviewed.iter().map(|one| force_row(&state, one));
    let reviewed = table("Matches judged by reviewers", REVIEWED, rows);
    let standing = store.automatic(&staff.scope).await?;
    let registers = store.match_precision(&staff.scope).await?;
    let rows = registers.iter().map(|one| register_row(&state, &staff, one, &standing));
    let registers = table("Each force and register", REGISTERS, rows);
    let content = MatchingPage { reviewed, registers };
    Ok(Frame::new(&staff, "Matching", "/matching").done(asked.done()).wide().show(&content))
}

fn force_row(state: &State, one: &Reviewed) -> Vec<Html> {
    let (precision, low) = shares(one.right, one.judged);
    vec![
        Html::text(state.force_name(&one.force)),
        Html::text(one.drawn),
        Html::text(one.judged),
        Html::text(one.right),
        Html::text(precision),
        Html::text(low),
    ]
}

fn register_row(state: &State, staff: &Staff, one: &Precision, standing: &[Standing]) -> Vec<Html> {
    let name = format!("{}, {}", state.force_name(&one.force), one.source);
    let may_set = staff.has(Role::Leader) || staff.has(Role::Operator);
    let first = if may_set {
        let href = format!("/matching/{}/{}", one.force, one.register);
        link(href, name)
    } else {
        Html::text(name)
    };
    let stands = find(standing, one);
    let (precision, low) = shares(one.right, one.reviewed);
    vec![
        first,
        Html::text(stands_as(stands)),
        Html::text(one.decided),
        Html::text(format!("{} of {}", one.right, one.reviewed)),
        Html::text(precision),
        Html::text(low),
    ]
}

/// What stands for a force and a register.
pub(super) fn find<'a>(standing: &'a [Standing], one: &Precision) -> Option<&'a Standing> {
    let is_it = |s: &&Standing| s.automatic.force == one.force && s.automatic.register == one.register;
    standing.iter().find(is_it)
}

/// What is sent, and why.
pub(super) fn stands_as(standing: Option<&Standing>) -> String {
    match standing {
        None => from(standing),
        Some(known) => format!("{}. {}", from(standing), because(known)),
    }
}

/// What is sent, in words.
fn from(standing: Option<&Standing>) -> String {
    let automatic = standing.map(|standing| &standing.automatic);
    match automatic.map(|automatic| (automatic.mode, automatic.threshold)) {
        Some((Mode::Off, _)) => "Nothing, not even on exact agreement".to_owned(),
        None | Some((_, None)) => "Exact agreement only".to_owned(),
        Some((_, Some(threshold))) => format!("Exact agreement, and {} points or more", points(threshold)),
    }
}

/// Who says so and why.
fn because(standing: &Standing) -> String {
    let automatic = &standing.automatic;
    let since = when(standing.set_at);
    match automatic.mode {
        Mode::Earned if automatic.threshold.is_none() => {
            format!("Decided cases do not show more, {since}")
        }
        Mode::Earned => format!(
            "{} decided cases, {} of them wrong, show at least {}, {since}",
            automatic.cases,
            automatic.wrong,
            percent(automatic.lower_bound)
        ),
        Mode::ByHand | Mode::Off => {
            format!("Set by {}, {since}: {}", words::actor(&standing.set_by), standing.reason)
        }
    }
}

/// The share of right ones and its one-sided lower bound.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53 matches")]
fn shares(right: u64, judged: u64) -> (String, String) {
    if judged == 0 {
        return ("–".to_owned(), "–".to_owned());
    }
    (percent(right as f64 / judged as f64), percent(lower_bound(right, judged, CONFIDENCE)))
}

/// Rounded down: a figure never says more than was shown.
fn percent(share: f64) -> String {
    format!("{:.3}\u{a0}%", (share * 1e5 + 1e-6).floor() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precision_stands_with_what_it_is_at_least() {
        for (right, judged, expected) in [
            (0, 0, ("–", "–")),
            (3_000, 3_000, ("100.000\u{a0}%", "99.900\u{a0}%")),
            (2_999, 3_000, ("99.966\u{a0}%", "99.841\u{a0}%")),
            (0, 5, ("0.000\u{a0}%", "0.000\u{a0}%")),
        ] {
            let (precision, low) = shares(right, judged);
            assert_eq!((precision.as_str(), low.as_str()), expected, "{right} of {judged}");
        }
    }
}
