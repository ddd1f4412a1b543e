//! Term dates of an authority or of one setting, as iCalendar or JSON.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use super::{Day, DayKind, ics, json};
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
    pub days: Vec<Day>,
    /// What the calendar was taken to list.
    pub taken_as: Listing,
    /// How many of the closed days were concluded from a gap in a list of school days.
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
    open: BTreeMap<Date, u64>,
    closed: BTreeMap<Date, (DayKind, u64)>,
    pub(super) report: Report,
}

impl Draft {
    /// Adds a span, unless it is longer than anything of its kind can be.
    pub(super) fn add(&mut self, span: Span) {
        let days_max = if span.kind == DayKind::Open { TERM_DAYS_MAX } else { CLOSED_DAYS_MAX };
        let length = days_between(span.first, span.last);
        if length < 0 {
            return self.report.set_aside(span.line, Problem::of_row(Reason::DateOrder));
        }
        if length >= days_max {
            return self.report.set_aside(span.line, Problem::of_row(Reason::TooLong));
        }
        self.report.accept();
        for date in span.first.series(jiff::Span::new().days(1)).take_while(|date| *date <= span.last) {
            self.mark(date, span, length == 0);
        }
    }

    /// A term that spans a weekend does not open it; a single day says what it says.
    fn mark(&mut self, date: Date, span: Span, single: bool) {
        match span.kind {
            DayKind::Open if single || is_weekday(date) => {
                self.open.insert(date, span.line);
            }
            DayKind::Open => {}
            DayKind::Closed => {
                self.closed.entry(date).or_insert((DayKind::Closed, span.line));
            }
            DayKind::Inset => {
                self.closed.insert(date, (DayKind::Inset, span.line));
            }
        }
    }

    /// What the spans so far list together.
    pub(super) fn listing(&self) -> Listing {
        match (self.open.is_empty(), self.closed.is_empty()) {
            (false, true) => Listing::SchoolDays,
            (true, _) => Listing::Closures,
            (false, false) => Listing::Both,
        }
    }

    /// The calendar. A day called both open and closed stays open: an earlier due time is the safe mistake.
    pub(super) fn finish(mut self, taken_as: Listing) -> TermDates {
        for (date, (_, line)) in &self.closed {
            if self.open.contains_key(date) {
                self.report.leave_out(*line, Problem::new("date", Reason::Contradicted));
            }
        }
        let gaps = if taken_as == Listing::SchoolDays { self.gaps() } else { Vec::new() };
        let mut kinds: BTreeMap<Date, DayKind> = gaps.iter().map(|date| (*date, DayKind::Closed)).collect();
        kinds.extend(self.closed.iter().map(|(date, (kind, _))| (*date, *kind)));
        let closed_by_gap = gaps.iter().filter(|date| !self.closed.contains_key(*date)).count() as u64;
        kinds.extend(self.open.keys().map(|date| (*date, DayKind::Open)));
        let days = kinds.into_iter().map(|(date, kind)| Day { date, kind }).collect();
        TermDates { days, taken_as, closed_by_gap, report: self.report }
    }

    /// Weekdays between two listed school days. None at all where the list has more gaps than days: then it names
    /// some school days, not every one.
    fn gaps(&self) -> Vec<Date> {
        let listed: Vec<Date> = self.open.keys().copied().collect();
        let near = listed.windows(2).filter(|pair| days_between(pair[0], pair[1]) <= GAP_DAYS_MAX);
        let between = near.flat_map(|pair| {
            let next = pair[0].saturating_add(jiff::Span::new().days(1));
            let last = pair[1];
            next.series(jiff::Span::new().days(1)).take_while(move |date| *date < last)
        });
        let gaps: Vec<Date> = between.filter(|date| is_weekday(*date)).collect();
        if gaps.len() > listed.len() { Vec::new() } else { gaps }
    }
}

fn days_between(first: Date, last: Date) -> i32 {
    // Both lie within jiff's years, so the difference in days fits.
    (last - first).get_days()
}

fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
