//! The queue of matches that wait for a reviewer.

use askama::Template;
use axum::extract::{Query, State as Extract};
use encompass_store::matched::MatchReview;
use encompass_web::Html;
use encompass_web::page::{Column, Pagination, Table};

use crate::State;
use crate::case::when;
use crate::desk::held::Linked;
use crate::desk::{Around, Asked};
use crate::failure::Answer;
use crate::frame::Frame;
use crate::staff::Staff;

#[derive(Template)]
#[template(path = "matches.html")]
struct QueuePage<'a> {
    share: String,
    table: Option<Table<'a>>,
    pagination: Pagination<'a>,
}

const COLUMNS: &[Column<'_>] = &[Column::text("Child"), Column::text("Force"), Column::text("Drawn")];

pub(crate) async fn show(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let page = state.store().match_reviews(&staff.scope, asked.page()).await?;
    let around = Around::of("/matches", page.page, page.has_next);
    let rows: Vec<_> = page.rows.iter().map(|review| row(&state, review)).collect();
    let table =
        (!rows.is_empty()).then(|| Table::new("Match reviews", COLUMNS, rows).caption_hidden().stacked());
    let content = QueuePage { share: share(&state), table, pagination: around.pagination() };
    Ok(Frame::new(&staff, "Match reviews", "/matches").done(asked.done()).wide().show(&content))
}

fn share(state: &State) -> String {
    format!("{} %", f64::from(state.config().matching_review_share_ppm) / 10_000.0)
}

fn row(state: &State, review: &MatchReview) -> Vec<Html> {
    let reference = review.reference.as_deref().unwrap_or("Erased");
    let link = Linked {
        href: format!("/matches/{}", review.child),
        text: format!("{reference}, child {}", review.place + 1),
        tags: Vec::new(),
    };
    vec![Html::of(&link), Html::text(state.force_name(&review.force)), Html::text(when(review.drawn_at))]
}
