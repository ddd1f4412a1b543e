//! The queue of matches that wait for a reviewer.

use askama::Template;
use axum::extract::{Query, State as Extract};
use encompass_store::matched::MatchReview;
use encompass_web::Html;
use encompass_web::page::{Column, Pagination, Table};

use crate::State;
use crate::case::when;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::list::{Around, Asked, link, table};
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
    let rows = page.rows.iter().map(|review| row(&state, review));
    let table = table("Match reviews", COLUMNS, rows).map(Table::caption_hidden);
    let content = QueuePage { share: share(&state), table, pagination: around.pagination() };
    Ok(Frame::new(&staff, "Match reviews", "/matches").done(asked.done()).wide().show(&content))
}

fn share(state: &State) -> String {
    format!("{} %", f64::from(state.config().matching_review_share_ppm) / 10_000.0)
}

fn row(state: &State, review: &MatchReview) -> Vec<Html> {
    let reference = review.reference.as_deref().unwrap_or("Erased");
    let child = format!("{reference}, child {}", review.place + 1);
    vec![
        link(format!("/matches/{}", review.child), child),
        Html::text(state.force_name(&review.force)),
        Html::text(when(review.drawn_at)),
    ]
}
