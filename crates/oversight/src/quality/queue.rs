//! The queue of sampled children: those that wait for this reviewer, and those answered on.

use askama::Template;
use axum::extract::{Query, State as Extract};
use encompass_core::calendar::london;
use encompass_store::desk::Paged;
use encompass_store::sample::Queued;
use encompass_web::Html;
use encompass_web::page::{Column, Pagination, Table};

use crate::State;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::list::{Around, Asked, link, table};
use crate::staff::Staff;
use crate::words;

#[derive(Template)]
#[template(path = "reviews.html")]
struct QueuePage<'a> {
    heading: &'a str,
    counts: [i64; 3],
    is_queue: bool,
    table: Option<Table<'a>>,
    pagination: Pagination<'a>,
}

const COLUMNS: &[Column<'_>] = &[
    Column::text("Child"),
    Column::text("Due on"),
    Column::text("Was"),
    Column::text("Sample"),
    Column::text("Reviews"),
];

pub(crate) async fn show(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let page = state.store().review_queue(&staff.scope, &staff.account.login, asked.page()).await?;
    list(&state, &staff, &asked, page, Which::Waiting).await
}

pub(crate) async fn done(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let page = state.store().reviewed(&staff.scope, &staff.account.login, asked.page()).await?;
    list(&state, &staff, &asked, page, Which::Done).await
}

/// Which of the children in a sample are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those that wait for the reviewer.
    Waiting,
    /// Those that the reviewer has answered on.
    Done,
}

impl Which {
    const fn path(self) -> &'static str {
        match self {
            Self::Waiting => "/reviews",
            Self::Done => "/reviews/done",
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Waiting => "Quality reviews",
            Self::Done => "Reviews that you have done",
        }
    }
}

async fn list(state: &State, staff: &Staff, asked: &Asked, page: Paged<Queued>, which: Which) -> Answer {
    let counts = state.store().review_counts(&staff.scope).await?;
    let (heading, is_queue) = (which.heading(), which == Which::Waiting);
    let around = Around::of(which.path(), page.page, page.has_next);
    let table = table(heading, COLUMNS, page.rows.iter().map(row)).map(Table::caption_hidden);
    let content = QueuePage { heading, counts, is_queue, table, pagination: around.pagination() };
    Ok(Frame::new(staff, "Quality reviews", "/reviews").done(asked.done()).wide().show(&content))
}

fn row(queued: &Queued) -> Vec<Html> {
    let reference = queued.reference.as_deref().unwrap_or("Erased");
    let (state, timeliness) = queued.stratum.split_once('/').unwrap_or((&queued.stratum, ""));
    let was = format!("{}, {}", words::plain(state), words::plain(timeliness).to_lowercase());
    vec![
        link(format!("/reviews/{}/{}", queued.sample, queued.child), reference),
        Html::text(london::date(queued.from).strftime("%a %-d %b %Y")),
        Html::text(was),
        Html::text(format!("{} of {} children", queued.drawn_of.0, queued.drawn_of.1)),
        Html::text(format!("{} of 2", queued.reviews)),
    ]
}
