use std::io::{Read, Seek};

use jiff::civil::Date;
use serde_json::Value;

use super::DayKind;
use super::term::{Draft, Span, TermDates};
use crate::Error;
use crate::report::{Problem, Reason};
use crate::text::{Limits, open};
use crate::value::date;

const FORMAT: &str = "term dates";

pub(super) fn read(source: impl Read + Seek, limits: &Limits) -> Result<TermDates, Error> {
    let mut source = open(source, limits)?;
    let mut text = String::new();
    source.read_to_string(&mut text).map_err(Error::Read)?;
    let file: Value = serde_json::from_str(&text).map_err(|error| Error::json(FORMAT, &error))?;
    let mut draft = Draft::default();
    draft.report.encoding = source.encoding();
    let mut items = Items { draft: &mut draft, position: 0 };
    match &file {
        Value::Array(spans) => spans.iter().for_each(|span| items.own(span)),
        Value::Object(object) => {
            let years = object.get("academic_years").and_then(Value::as_array);
            let years = years.ok_or(Error::Calendar("neither a list of spans nor academic_years"))?;
            items.all(object.get("pd_days"), DayKind::Inset);
            years.iter().for_each(|year| items.academic_year(year));
        }
        _ => return Err(Error::Calendar("neither a list of spans nor academic_years")),
    }
    let taken_as = draft.listing();
    Ok(draft.finish(taken_as))
}

struct Items<'a> {
    draft: &'a mut Draft,
    position: u64,
}

impl Items<'_> {
    fn academic_year(&mut self, year: &Value) {
        self.all(year.get("pd_days"), DayKind::Inset);
        self.all(year.get("school_holidays"), DayKind::Holiday);
        self.all(year.get("bank_holidays"), DayKind::Holiday);
        self.all(year.get("dates"), DayKind::Term);
    }

    fn all(&mut self, list: Option<&Value>, kind: DayKind) {
        for item in list.and_then(Value::as_array).into_iter().flatten() {
            self.one(item, Ok(kind));
        }
    }

    /// One span of our own shape, which says itself what it is.
    fn own(&mut self, item: &Value) {
        let kind = match item.get("kind").and_then(Value::as_str) {
            Some("term") => Ok(DayKind::Term),
            Some("holiday") => Ok(DayKind::Holiday),
            Some("closed") => Ok(DayKind::Closed),
            Some("inset") => Ok(DayKind::Inset),
            Some("open") => Ok(DayKind::Open),
            Some(_) => Err(Problem::new("kind", Reason::UnknownValue)),
            None => Err(Problem::new("kind", Reason::Missing)),
        };
        self.one(item, kind);
    }

    fn one(&mut self, item: &Value, kind: Result<DayKind, Problem>) {
        self.position += 1;
        let line = self.position;
        let span = kind.and_then(|kind| {
            let (first, last) = ends(item)?;
            Ok(Span { line, first, last, kind })
        });
        match span {
            Ok(span) => self.draft.add(span),
            Err(problem) => self.draft.report.set_aside(line, problem),
        }
    }
}

/// A date alone, `{date}`, `{from, to}` or `{start, end}`; both ends are included, and one end alone is one day.
fn ends(item: &Value) -> Result<(Date, Date), Problem> {
    if item.is_string() {
        let day = day("date", Some(item))?;
        return Ok((day, day));
    }
    let field = |names: [&str; 3]| names.into_iter().find_map(|name| item.get(name));
    let first = day("from", field(["from", "start", "date"]))?;
    let last = match field(["to", "end", ""]) {
        None | Some(Value::Null) => first,
        end => day("to", end)?,
    };
    Ok((first, last))
}

fn day(column: &'static str, value: Option<&Value>) -> Result<Date, Problem> {
    let text = value.and_then(Value::as_str).ok_or(Problem::new(column, Reason::Missing))?;
    date(text).map_err(|reason| Problem::new(column, reason))
}
