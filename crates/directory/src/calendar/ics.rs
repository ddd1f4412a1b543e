use std::io::{Read, Seek};

use jiff::civil::Date;

use super::DayKind;
use super::content_line::{ContentLine, ContentLines};
use super::reading::{self, Reading};
use super::term::{Draft, Listing, Span, TermDates};
use crate::Error;
use crate::report::{Problem, Reason};
use crate::text::{Limits, open};
use crate::value::compact_date;

const UNCLEAR: Problem = Problem { column: "SUMMARY", reason: Reason::Unclear };

/// An event as far as it was read.
#[derive(Default)]
struct Event {
    line: u64,
    summary: String,
    start: Option<Result<Date, Reason>>,
    /// The day after the last (RFC 5545: `DTEND` is exclusive).
    end: Option<Result<Date, Reason>>,
    days: Option<Result<i32, Reason>>,
    problem: Option<Problem>,
}

pub(super) fn read(
    source: impl Read + Seek,
    limits: &Limits,
    listing: Option<Listing>,
) -> Result<TermDates, Error> {
    let text = open(source, limits)?;
    let mut draft = Draft::default();
    draft.report.encoding = text.encoding();
    let mut lines = ContentLines::new(text, limits.row_bytes_max);
    let first = lines.read()?;
    if !first.is_some_and(|line| is(&line, "BEGIN", "VCALENDAR")) {
        return Err(Error::Calendar("it does not begin with BEGIN:VCALENDAR"));
    }
    while let Some(line) = lines.read()? {
        if is(&line, "END", "VCALENDAR") {
            let taken_as = listing.unwrap_or_else(|| draft.listing());
            return Ok(draft.finish(taken_as));
        }
        if is(&line, "BEGIN", "VEVENT") {
            let event = read_event(&mut lines, line.number)?;
            match event.span(listing) {
                Ok(span) => draft.add(span),
                Err(problem) => draft.report.set_aside(event.line, problem),
            }
        }
    }
    Err(Error::Calendar("it ends before END:VCALENDAR"))
}

fn read_event<R: Read>(lines: &mut ContentLines<R>, line: u64) -> Result<Event, Error> {
    let mut event = Event { line, ..Event::default() };
    let mut depth = 0_u32;
    while let Some(line) = lines.read()? {
        match line.name.as_str() {
            // Parts within an event, such as alarms, have times and summaries of their own.
            "BEGIN" => depth += 1,
            "END" if depth > 0 => depth -= 1,
            "END" => return Ok(event),
            _ if depth == 0 => event.take(&line),
            _ => {}
        }
    }
    Err(Error::Calendar("it ends within an event"))
}

impl Event {
    fn take(&mut self, line: &ContentLine) {
        let value = line.value.trim();
        match line.name.as_str() {
            "SUMMARY" => value.clone_into(&mut self.summary),
            "DTSTART" => self.start = Some(whole_day(value)),
            "DTEND" => self.end = Some(whole_day(value)),
            "DURATION" => self.days = Some(days(value)),
            "RRULE" | "RDATE" | "EXDATE" | "RECURRENCE-ID" => {
                self.problem = Some(Problem::new("RRULE", Reason::Recurring));
            }
            "STATUS" if value.eq_ignore_ascii_case("CANCELLED") => {
                self.problem = Some(Problem::new("STATUS", Reason::Cancelled));
            }
            _ => {}
        }
    }

    fn span(&self, listing: Option<Listing>) -> Result<Span, Problem> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let start = self.start.unwrap_or(Err(Reason::Missing));
        let first = start.map_err(|reason| Problem::new("DTSTART", reason))?;
        let last = self.last(first)?;
        let kind = self.kind(listing)?;
        Ok(Span { line: self.line, first, last, kind })
    }

    /// One day where neither end nor duration is given (RFC 5545, section 3.6.1).
    fn last(&self, first: Date) -> Result<Date, Problem> {
        let (column, after) = match (self.end, self.days) {
            (Some(end), _) => ("DTEND", end),
            (None, days) => {
                let days = days.unwrap_or(Ok(1));
                ("DURATION", days.map(|days| first.saturating_add(jiff::Span::new().days(days))))
            }
        };
        let after = after.map_err(|reason| Problem::new(column, reason))?;
        // Some programs write the same day as start and end of a single day.
        if after == first {
            return Ok(first);
        }
        Ok(after.saturating_sub(jiff::Span::new().days(1)))
    }

    fn kind(&self, listing: Option<Listing>) -> Result<DayKind, Problem> {
        match (reading::read(&self.summary), listing) {
            (Reading::Is(DayKind::Term | DayKind::Open), Some(Listing::Closures)) => Err(UNCLEAR),
            (Reading::Is(kind), _) => Ok(kind),
            (Reading::Silent | Reading::Edge, Some(Listing::SchoolDays)) => Ok(DayKind::Term),
            (Reading::Silent, Some(Listing::Closures)) => Ok(DayKind::Closed),
            (Reading::Silent | Reading::Edge, _) => Err(UNCLEAR),
        }
    }
}

fn is(line: &ContentLine, name: &str, value: &str) -> bool {
    line.name == name && line.value.trim().eq_ignore_ascii_case(value)
}

/// Eight digits are a day; anything with a `T` is a time, which says nothing about the day as a whole.
fn whole_day(value: &str) -> Result<Date, Reason> {
    if value.contains(['T', 't']) { Err(Reason::Timed) } else { compact_date(value) }
}

/// `P5D` or `P2W`: the only durations that fit a whole-day event.
fn days(value: &str) -> Result<i32, Reason> {
    let body = value.strip_prefix('P').ok_or(Reason::NotANumber)?;
    if body.contains('T') {
        return Err(Reason::Timed);
    }
    let (number, days_each) = match (body.strip_suffix('D'), body.strip_suffix('W')) {
        (Some(number), _) => (number, 1),
        (None, Some(number)) => (number, 7),
        (None, None) => return Err(Reason::NotANumber),
    };
    let number: u16 = number.parse().map_err(|_| Reason::NotANumber)?;
    Ok(i32::from(number) * days_each)
}
