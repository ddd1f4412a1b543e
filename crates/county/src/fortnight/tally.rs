//! What the force counts each day.

use super::Extent;
use super::case::Case;
use super::message::{Published, Sender};
use super::schedule::{Moments, after, london_day, london_midnight};
use crate::places::FORCE;
use crate::random::Random;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::json;
use std::collections::BTreeMap;

/// What one day had.
#[derive(Default)]
struct Day {
    with_children: usize,
    children: usize,
    published: usize,
}

/// The days, by their dates in London.
#[derive(Default)]
pub(super) struct Days(BTreeMap<Date, Day>);

impl Days {
    /// Counts an incident: with its children on the day it was recorded, as published on the day of its report. What is
    /// refused, an exercise or history is in no tally.
    pub(super) fn count(&mut self, case: Case, moments: &Moments, children: usize) {
        if matches!(
            case,
            Case::Unreadable | Case::WrongForce | Case::LacksReference | Case::Exercise | Case::History
        ) {
            return;
        }
        let recorded = self.0.entry(london_day(moments.recorded)).or_default();
        recorded.with_children += usize::from(children > 0);
        recorded.children += children;
        self.0.entry(london_day(moments.published)).or_default().published += 1;
    }

    /// One tally for each day of the extent, at noon of the next. One day in the middle counts one too many as published.
    pub(super) fn messages(
        &self,
        sender: &mut Sender,
        random: &mut Random,
        extent: Extent,
    ) -> Vec<Published> {
        let none = Day::default();
        (0..extent.days)
            .map(|place| {
                let date = extent.start.saturating_add((place as i64).days());
                let day = self.0.get(&date).unwrap_or(&none);
                let wrong = place == extent.days / 2;
                let data = json!({
                    "force": FORCE,
                    "day": date.to_string(),
                    "recorded": day.with_children + random.below(60) + 20,
                    "with_children": day.with_children,
                    "children": day.children,
                    "published": day.published + usize::from(wrong),
                });
                let noon = after(london_midnight(date.saturating_add(1.day())), 12 * 3600);
                let case = if wrong { Case::TallyWrong } else { Case::TallyRight };
                sender.event(noon, "encompass.incidents.tallied.v1", case, "", data)
            })
            .collect()
    }
}
