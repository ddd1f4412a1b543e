//! The leaders' page.

use askama::Template;
use axum::extract::{Query, State as Extract};
use encompass_core::due::Cause;
use encompass_core::state::Reason;
use encompass_web::Html;
use encompass_web::page::{Column, Pagination, Table};
use jiff::SignedDuration;
use serde::Deserialize;

use super::count::Counted;
use super::suppress::{Shown, partition};
use super::week::Week;
use crate::State;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::staff::Staff;
use crate::words;

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresPage<'a> {
    week: String,
    forces: Vec<ForceFigures<'a>>,
    pagination: Pagination<'a>,
}

struct ForceFigures<'a> {
    name: String,
    table: Table<'a>,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    week: Option<String>,
}

const COLUMNS: &[Column<'_>] =
    &[Column::text("Figure"), Column::figures("Number"), Column::figures("Of"), Column::figures("Share")];

pub(crate) async fn show(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let now = state.now();
    let week = asked.week.as_deref().and_then(|text| Week::beginning(text, now)).unwrap_or(Week::newest(now));
    let (from, to) = week.bounds();
    let margin = SignedDuration::from_mins(state.config().miss_margin_minutes);
    let mut forces = Vec::new();
    for force in &staff.account.forces {
        let rows = state.store().figure_rows(&staff.scope, force, from, to).await?;
        let refused = state.store().refused_count(&staff.scope, force, from, to).await?;
        let counted = Counted::of(&rows, refused, margin, now);
        let table = Table::new("Children due", COLUMNS, lines(&counted)).caption_hidden().stacked();
        forces.push(ForceFigures { name: state.force_name(force).to_owned(), table });
    }
    let previous = format!("/figures?week={}", week.before().key());
    let next = week.after(now).map(|week| format!("/figures?week={}", week.key()));
    let pagination = Pagination { previous: Some(&previous), next: next.as_deref() };
    let content = FiguresPage { week: week.words(), forces, pagination };
    Ok(Frame::new(&staff, "Figures", "/figures").wide().show(&content))
}

/// Every figure with its denominator. What is held back in one division is held back everywhere.
fn lines(counted: &Counted) -> Vec<Vec<Html>> {
    let closed: u64 = counted.closed.iter().map(|(_, count)| count).sum();
    let parts = [counted.in_time, counted.late, counted.untold, counted.held, counted.handed_over, closed];
    let (due, parts) = partition(&parts);
    let names =
        ["Told in time", "Told late", "Not told yet", "Held, no setting yet", "Handed over", "Closed"];
    let mut lines = vec![line("Children due", due, None)];
    lines.extend(names.iter().zip(&parts).map(|(name, part)| line(name, *part, Some(due))));
    lines.extend(divided("Closed", parts[5], &counted.closed, |reason: &Reason| {
        words::reason(*reason).to_owned()
    }));
    let missed: u64 = counted.misses.iter().map(|(_, count)| count).sum();
    let is_missed_open = parts[1..4].iter().all(|part| part.number().is_some());
    let missed = if is_missed_open { partition(&[missed]).0 } else { Shown::Suppressed };
    lines.push(line("Missed: late, not told yet or held", missed, Some(due)));
    lines.extend(divided("Missed", missed, &counted.misses, |cause: &Cause| cause_words(*cause).to_owned()));
    let total: u64 =
        counted.in_time + counted.late + counted.untold + counted.held + counted.handed_over + closed;
    lines.push(share_of("Sent in time", counted.sent_in_time, total, due));
    lines.push(share_of("Acknowledged in time", counted.acknowledged_in_time, total, due));
    let received = u64::try_from(counted.refused.received).unwrap_or(0);
    let open = u64::try_from(counted.refused.open).unwrap_or(0);
    let (refused, of_refused) = partition(&[open, received.saturating_sub(open)]);
    lines.push(line("Messages refused", refused, None));
    lines.push(line("Messages refused and still waiting", of_refused[0], Some(refused)));
    lines
}

/// A division of a number that is shown; of one that is held back all its parts are. Where the number itself would
/// give its parts away, they are held back together, so that not even their count is told.
fn divided<K>(of: &str, whole: Shown, parts: &[(K, u64)], name: impl Fn(&K) -> String) -> Vec<Vec<Html>> {
    if whole.number().is_none() {
        return Vec::new();
    }
    let numbers: Vec<u64> = parts.iter().map(|(_, count)| *count).collect();
    let (sum, shown) = partition(&numbers);
    if sum == Shown::Suppressed {
        return vec![line(&format!("{of}: each reason"), Shown::Suppressed, Some(whole))];
    }
    let parts = parts.iter().zip(shown).filter(|((_, count), _)| *count > 0);
    parts.map(|((key, _), shown)| line(&format!("{of}: {}", name(key)), shown, Some(whole))).collect()
}

/// A number of the children due, whose rest could give it away.
fn share_of(name: &str, number: u64, total: u64, due: Shown) -> Vec<Html> {
    let (_, parts) = partition(&[number, total.saturating_sub(number)]);
    let shown = if due.number().is_some() { parts[0] } else { Shown::Suppressed };
    line(name, shown, Some(due))
}

fn line(name: &str, number: Shown, of: Option<Shown>) -> Vec<Html> {
    let text = |shown: Shown| {
        Html::text(shown.number().map_or_else(|| "Held back".to_owned(), |number| number.to_string()))
    };
    let share = match (number.number(), of.and_then(Shown::number)) {
        (Some(number), Some(of)) if of > 0 => {
            let tenths = (number * 2_000 + of) / (2 * of);
            format!("{}.{} %", tenths / 10, tenths % 10)
        }
        _ => "–".to_owned(),
    };
    vec![Html::text(name), text(number), of.map_or_else(|| Html::text("–"), text), Html::text(share)]
}

const fn cause_words(cause: Cause) -> &'static str {
    match cause {
        Cause::LateFromPolice => "late from police",
        Cause::Refused => "message refused first",
        Cause::NoMatch => "setting not found in time",
        Cause::Held => "held, because sending was unsafe",
        Cause::BadContact => "no working contact",
        Cause::Delivery => "not delivered",
        Cause::NoAcknowledgement => "sent in time, nobody answered",
    }
}
