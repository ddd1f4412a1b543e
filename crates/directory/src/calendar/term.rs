//! Term dates of an authority or of one setting, as iCalendar or JSON.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use super::{DayKind, DayRow, ics, json};
use crate::Error;
use crate::report::{Problem, Reason, Report};
use crate::text::Limits;

/// The longest closure that is believed, in days: a summer's holidays with room to spare.
const CLOSED_DAYS_MAX: i32 = 100;
/// The longest open span that is believed in a list of school days, in days: one term.
const TERM_DAYS_MAX: i32 = 130;
/// The longest gap between two listed school days that counts as closed, in days: the summer with room to spare.
const GAP_DAYS_MAX: i32 = 70;

/// What a calendar lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// Every day on which the school is open: a weekday between two of them that is not listed is closed.
    SchoolDays,
    /// The days on which it is closed: holidays, bank holidays, INSET days.
    Closures,
    /// Both, each by its own words; nothing is concluded from silence.
    Both,
}

/// A calendar of term dates, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermDates {
    /// The days that the calendar speaks of, in order, each once.
    pub days: Vec<DayRow>,
    /// What the calendar was taken to list.
    pub taken_as: Listing,
    /// How many of the holidays were concluded from a gap in a list of school days.
    pub closed_by_gap: u64,
    /// The account, by events or spans; the line is that of the event, or the position of the span in a JSON file.
    pub report: Report,
}

/// Reads an iCalendar file of whole-day events.
///
/// `listing` says what the calendar lists; `None` leaves it to the events' own words, and an event without clear
/// words is set aside. Recurring rules and events with a time of day are set aside always.
///
/// # Errors
/// [`Error::Calendar`], and what [`crate::text::open`] refuses.
pub fn read_icalendar(
    source: impl Read + Seek,
    limits: &Limits,
    listing: Option<Listing>,
) -> Result<TermDates, Error> {
    ics::read(source, limits, listing)
}

/// Reads a JSON file: our own list of `{from, to, kind, label}` (`config/directory/README.md`), or the shape with
/// `academic_years`, each with `school_holidays`, `bank_holidays` and `dates`, that calendar services give out.
///
/// # Errors
/// [`Error::Json`], [`Error::Calendar`], and what [`crate::text::open`] refuses.
pub fn read_json(source: impl Read + Seek, limits: &Limits) -> Result<TermDates, Error> {
    json::read(source, limits)
}

/// A span of days, both ends included, with what it was said to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) line: u64,
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) kind: DayKind,
}

/// Days as they are gathered, with the line that said so.
#[derive(Default)]
pub(super) struct Draft {
    days: BTreeMap<Date, (DayKind, u64)>,
    in_school: bool,
    out_of_school: bool,
    pub(super) report: Report,
}

impl Draft {
    /// Adds a span, unless it is longer than anything of its kind can be.
    pub(super) fn add(&mut self, span: Span) {
        let at_school = is_at_school(span.kind);
        let days_max = if at_school { TERM_DAYS_MAX } else { CLOSED_DAYS_MAX };
        let length = days_between(span.first, span.last);
        if length < 0 {
            return self.report.set_aside(span.line, Problem::of_row(Reason::DateOrder));
        }
        if length >= days_max {
            return self.report.set_aside(span.line, Problem::of_row(Reason::TooLong));
        }
        self.report.accept();
        self.in_school |= at_school;
        self.out_of_school |= !at_school;
        let days = span.first.series(jiff::Span::new().days(1)).take_while(|date| *date <= span.last);
        // A term that spans a weekend does not list it.
        for date in days.filter(|date| span.kind != DayKind::Term || is_weekday(*date)) {
            self.mark(date, span);
        }
    }

    /// Of several words on one day the highest of [`DayKind`]'s order holds; only an explicit opening
    /// contradicts a closure.
    fn mark(&mut self, date: Date, span: Span) {
        let said = self.days.entry(date).or_insert((span.kind, span.line));
        let kinds = [said.0, span.kind];
        if kinds.contains(&DayKind::Open) && kinds.iter().any(|kind| !is_at_school(*kind)) {
            self.report.leave_out(span.line, Problem::new("date", Reason::Contradicted));
        }
        *said = (*said).max((span.kind, span.line));
    }

    /// What the spans so far list together.
    pub(super) fn listing(&self) -> Listing {
        match (self.in_school, self.out_of_school) {
            (true, false) => Listing::SchoolDays,
            (false, _) => Listing::Closures,
            (true, true) => Listing::Both,
        }
    }

    /// The calendar.
    pub(super) fn finish(mut self, taken_as: Listing) -> TermDates {
        let gaps = if taken_as == Listing::SchoolDays { self.gaps() } else { Vec::new() };
        self.days.extend(gaps.iter().map(|date| (*date, (DayKind::Holiday, 0))));
        let days = self.days.into_iter().map(|(date, (kind, _))| DayRow { date, kind }).collect();
        TermDates { days, taken_as, closed_by_gap: gaps.len() as u64, report: self.report }
    }

    /// Weekdays between two listed school days that nothing is said of. None at all where the list has more gaps
    /// than days: then it names some school days, not every one.
    fn gaps(&self) -> Vec<Date> {
        let at_school = self.days.iter().filter(|(_, (kind, _))| is_at_school(*kind));
        let listed: Vec<Date> = at_school.map(|(date, _)| *date).collect();
        let near = listed.windows(2).filter(|pair| days_between(pair[0], pair[1]) <= GAP_DAYS_MAX);
        let between = near.flat_map(|pair| {
            let last = pair[1];
            pair[0].series(jiff::Span::new().days(1)).take_while(move |date| *date < last)
        });
        let unsaid = |date: &Date| is_weekday(*date) && !self.days.contains_key(date);
        let gaps: Vec<Date> = between.filter(unsaid).collect();
        if gaps.len() > listed.len() { Vec::new() } else { gaps }
    }
}

fn is_at_school(kind: DayKind) -> bool {
    match kind {
        DayKind::Term | DayKind::Open => true,
        DayKind::Holiday | DayKind::Closed | DayKind::Inset => false,
    }
}

fn days_between(first: Date, last: Date) -> i32 {
    // Both lie within jiff's years, so the difference in days fits.
    (last - first).get_days()
}

fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
