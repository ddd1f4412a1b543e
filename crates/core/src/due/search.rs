//! The search for the next opening.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Basis, Known, Reason, Rules, reason::Runs};
use crate::calendar::{Calendar, SchoolDays, london};

/// A due time with the reasoning that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// When the setting must have been told.
    pub at: Timestamp,
    /// Why then.
    pub reason: Reason,
}

/// The start of the setting's next day after the force knew: that same day's opening if it was still ahead on an
/// open day, else the next open day's. Always after `known.at`.
///
/// Scheme standard: before the start of the next school day. A calendar without an open day within
/// `rules.search_days_max` gives the opening of the last day looked at, and its reason says so.
#[must_use]
pub fn due_at(known: &Known, calendar: &Calendar, rules: &Rules) -> Due {
    let basis = match calendar {
        Calendar::School(_) => Basis::SchoolDay,
        Calendar::Working(_) => Basis::WorkingDay,
    };
    search(known, calendar, rules, basis)
}

/// The due time of a child without a setting: the earliest of its candidates', else the default opening on the
/// next weekday, for which bank holidays are not asked: of an unknown setting every weekday counts as open.
#[must_use]
pub fn provisional<'a>(
    known: &Known,
    candidates: impl IntoIterator<Item = &'a Calendar>,
    rules: &Rules,
) -> Due {
    candidates
        .into_iter()
        .map(|calendar| search(known, calendar, rules, Basis::Candidate))
        .min_by_key(|due| due.at)
        .unwrap_or_else(|| {
            let unknown = Calendar::School(SchoolDays::unknown(rules.school_opening()));
            search(known, &unknown, rules, Basis::DefaultWeekday)
        })
}

fn search(known: &Known, calendar: &Calendar, rules: &Rules, basis: Basis) -> Due {
    let first = london::date(known.at);
    let mut day = first;
    let mut closed = Runs::default();
    let mut already_open = false;
    let mut found = false;
    // At least tomorrow is looked at: a due time at or before the knowing would be none.
    for ahead in 0..=i64::from(rules.search_days_max.max(1)) {
        day = first.saturating_add(ahead.days());
        let verdict = calendar.verdict(day);
        already_open |= verdict.open && ahead == 0;
        found = verdict.open && calendar.opening_at(day) > known.at;
        if found {
            break;
        }
        if !verdict.open {
            closed.push(day, verdict.why);
        }
    }
    let at = calendar.opening_at(day);
    let already_open = already_open && day != first;
    let reason = Reason { known: *known, basis, already_open, closed: closed.0, opens_at: at, found };
    Due { at, reason }
}
