//! What of a child is taken in, once its settings are looked up in the directory.

use encompass_core::calendar::london;
use encompass_core::id::SettingId;
use encompass_directory::register::{At, Child};
use encompass_directory::report::{Problem, Reason, Report};
use encompass_store::register::{Change, New};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::entry::entry;
use crate::directory::Options;

/// Nobody older is on a register of children: special provision ends at 25, and a leaver stays for a while.
const OLDEST_YEARS: i32 = 26;

/// A setting that the directory knows.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) id: SettingId,
    pub(super) is_school: bool,
}

/// The days that a file is judged by.
pub(super) struct Days {
    /// On which it was true.
    as_of: Date,
    /// Until which it decides anything by itself.
    until: Date,
    /// Before which whoever left is not kept.
    kept_from: Date,
    /// Whether a child must go by a number: the next file could not take the place of what is said of a name.
    needs_numbers: bool,
}

impl Days {
    pub(super) fn new(options: &Options, terms: &New) -> Self {
        let as_of = london::date(options.as_of);
        let age = i32::try_from(terms.max_age_days).unwrap_or(i32::MAX);
        let kept = i32::from(options.register.keep_leavers_days);
        Self {
            as_of,
            until: as_of.saturating_add(age.days()),
            kept_from: as_of.saturating_sub(kept.days()),
            needs_numbers: options.register.is_changes,
        }
    }

    /// Whether somebody born then can be on the register.
    fn is_born_in_time(&self, born: Date) -> bool {
        (self.as_of.saturating_sub(OLDEST_YEARS.years())..=self.as_of).contains(&born)
    }
}

/// Puts a child with the settings that are known, or says why nothing of it can be written. Of somebody about whom
/// something can't be read what is known is kept, and decides nothing by itself.
pub(super) fn settle(
    mut child: Child,
    places: Vec<Option<Place>>,
    days: &Days,
    report: &mut Report,
) -> Change {
    let mut known = Vec::with_capacity(places.len());
    let mut rejected = Vec::new();
    for (at, place) in std::mem::take(&mut child.enrolments).into_iter().zip(places) {
        let at = ended(at, days);
        match place {
            Some(place) => known.push((at, place)),
            None => {
                // Where the child once was changes nothing for one who is elsewhere now.
                child.is_doubtful |= at.to.is_none_or(|last| last >= days.as_of);
                rejected.extend(unknown(&at, report));
            }
        }
    }
    let Some(problem) = problem(&child, &known, days) else {
        doubt_shared(&mut child, &known, report);
        return Change::Put(Box::new(entry(child, known)));
    };
    for line in child.lines.iter().filter(|line| !rejected.contains(line)) {
        report.reject_accepted(*line, problem);
    }
    match problem.reason {
        Reason::LongGone => Change::Remove(child.number),
        _ => Change::Doubt(child.number),
    }
}

/// A child who may stand in the file under another number as well is known, and decides nothing by itself: it may be two
/// children, or one who has moved.
fn doubt_shared(child: &mut Child, known: &[(At, Place)], report: &mut Report) {
    let line = child.lines.first().copied().unwrap_or_default();
    let is_at_school = known.iter().any(|(at, place)| at.kind.is_main() && !at.left && place.is_school);
    if child.shared.number {
        report.doubt(line, Problem::of_row(Reason::SharedNumber));
    } else if child.shared.name && is_at_school {
        report.doubt(line, Problem::of_row(Reason::SharedName));
    } else {
        return;
    }
    child.is_doubtful = true;
}

/// Of a child who is no longer there the last day is at the latest the one before the file was true.
fn ended(at: At, days: &Days) -> At {
    let yesterday = days.as_of.yesterday().unwrap_or(days.as_of);
    let to = if at.left { Some(at.to.map_or(yesterday, |last| last.min(yesterday))) } else { at.to };
    At { to, ..at }
}

/// Reports an enrolment at a setting that the directory does not know; the row rejected for it, if it is one.
fn unknown(at: &At, report: &mut Report) -> Option<u64> {
    if at.is_row {
        report.reject_accepted(at.line, Problem::new("setting_identifier", Reason::UnknownSetting));
        return Some(at.line);
    }
    report.leave_out(at.line, Problem::new("SchoolHistory", Reason::UnknownSetting));
    None
}

fn problem(child: &Child, known: &[(At, Place)], days: &Days) -> Option<Problem> {
    if known.is_empty() {
        return Some(Problem::of_row(Reason::UnknownSetting));
    }
    if !days.is_born_in_time(child.birth_date) {
        return Some(Problem::new("birth_date", Reason::NotAChildsAge));
    }
    if days.needs_numbers && !child.is_numbered {
        return Some(Problem::new("child_id", Reason::Missing));
    }
    if is_doubly_registered(known, days) {
        return Some(Problem::of_row(Reason::DoublyRegistered));
    }
    let is_long_gone = known.iter().all(|(at, _)| at.to.is_some_and(|last| last < days.kept_from));
    (is_long_gone && !child.is_doubtful).then_some(Problem::of_row(Reason::LongGone))
}

/// A pupil has one main registration at a time: two at different schools on one day on which the file may decide say
/// that one of them is wrong, and not which. The day of a change of school is no such day.
fn is_doubly_registered(known: &[(At, Place)], days: &Days) -> bool {
    let mains: Vec<_> = known.iter().filter(|(at, place)| at.kind.is_main() && place.is_school).collect();
    let pairs =
        mains.iter().enumerate().flat_map(|(place, one)| mains[..place].iter().map(move |two| (one, two)));
    pairs.into_iter().any(|((one, at_one), (two, at_two))| {
        let begun = one.from.max(two.from);
        let first = begun.unwrap_or(days.as_of).max(days.as_of);
        let last = [one.to, two.to].into_iter().flatten().fold(days.until, Date::min);
        at_one.id != at_two.id && (first < last || (first == last && begun < Some(first)))
    })
}

#[cfg(test)]
mod tests {
    use encompass_directory::register::Enrolment;
    use encompass_directory::value::{Identifier, Scheme};
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    const DAYS: Days = Days {
        as_of: date(2026, 3, 2),
        until: date(2026, 3, 9),
        kept_from: date(2025, 9, 3),
        needs_numbers: false,
    };

    fn at(school: u128, kind: Enrolment, from: Option<Date>, to: Option<Date>) -> (At, Place) {
        let setting = Identifier { scheme: Scheme::Urn, value: school.to_string() };
        let at = At { line: 2, is_row: true, setting, kind, from, to, attendance: None, left: false };
        (at, Place { id: SettingId::new(Uuid::from_u128(school)), is_school: school < 90 })
    }

    #[test]
    fn nobody_is_on_a_register_who_is_not_born_yet_or_older_than_twenty_six() {
        for (born, expected) in [
            (date(2026, 3, 2), true),
            (date(2026, 3, 3), false),
            (date(2016, 3, 2), true),
            (date(2000, 3, 2), true),
            (date(2000, 3, 1), false),
            (date(1926, 3, 2), false),
        ] {
            assert_eq!(DAYS.is_born_in_time(born), expected, "{born}");
        }
    }

    #[test]
    fn main_registrations_at_two_schools_may_meet_on_a_day_and_not_overlap() {
        use Enrolment::{Boarder, Guest, Main, Subsidiary};
        let (today, start) = (Some(DAYS.as_of), Some(date(2020, 9, 1)));
        let day = |month, day| Some(date(2026, month, day));
        let table = [
            ("both open", at(1, Main, start, None), at(2, Main, None, None), true),
            ("one boards", at(1, Boarder, start, None), at(2, Main, start, None), true),
            ("one subsidiary", at(1, Main, start, None), at(2, Subsidiary, start, None), false),
            ("one guest", at(1, Main, start, None), at(2, Guest, start, None), false),
            ("the same school", at(1, Main, start, None), at(1, Main, day(1, 1), None), false),
            ("no school", at(1, Main, start, None), at(90, Main, start, None), false),
            ("changed long ago", at(1, Main, start, day(1, 1)), at(2, Main, start, None), false),
            ("changes today", at(1, Main, start, today), at(2, Main, today, None), false),
            ("changes this week", at(1, Main, start, day(3, 4)), at(2, Main, day(3, 5), None), false),
            ("overlaps this week", at(1, Main, start, day(3, 6)), at(2, Main, day(3, 5), None), true),
            ("ends today, begun before", at(1, Main, start, today), at(2, Main, start, None), true),
            ("begins beyond the stated age", at(1, Main, start, None), at(2, Main, day(9, 1), None), false),
            ("begins within it", at(1, Main, start, None), at(2, Main, day(3, 5), None), true),
        ];
        for (what, one, two, expected) in table {
            for known in [vec![one.clone(), two.clone()], vec![two, one]] {
                assert_eq!(is_doubly_registered(&known, &DAYS), expected, "{what}");
            }
        }
    }
}
