//! Moments, and dates that may be known to the month or the year only.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::Value;

use super::fields::Kind;
use super::mark::Problem;
use super::reading::{Personal, Readable, Reading};

/// A day, a month or a year.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PartialDate {
    /// The whole date.
    Day(Date),
    /// Year and month.
    Month {
        /// The year.
        year: i16,
        /// The month, from 1.
        month: i8,
    },
    /// The year alone.
    Year(i16),
}

/// The earliest year that anybody in an incident can have been born in.
const YEAR_MIN: i16 = 1900;

impl PartialDate {
    /// Reads `2015-01-31`, `2015-01` or `2015`; nothing else, because a date with a time is a different day in
    /// another zone.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, len| {
            (part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<i16>().ok())?
        };
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4).filter(|year| *year >= YEAR_MIN)?;
        let Some(month) = parts.next() else { return Some(Self::Year(year)) };
        let month = i8::try_from(digits(month, 2)?).ok().filter(|month| (1..=12).contains(month))?;
        let Some(day) = parts.next() else { return Some(Self::Month { year, month }) };
        let day = i8::try_from(digits(day, 2)?).ok()?;
        if parts.next().is_some() { None } else { Date::new(year, month, day).ok().map(Self::Day) }
    }

    /// The first day that it can mean.
    pub fn earliest(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Month { year, month } => date(year, month, 1),
            Self::Year(year) => date(year, 1, 1),
        }
    }

    /// The last day that it can mean.
    pub fn latest(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Month { year, month } => date(year, month, 1).last_of_month(),
            Self::Year(year) => date(year, 12, 31),
        }
    }

    /// The day, when it is a whole date.
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::Month { .. } | Self::Year(_) => None,
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Year(year) => write!(f, "{year:04}"),
        }
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartialDate(…)")
    }
}

impl Readable for PartialDate {
    const KIND: &'static Kind = &Kind::PartialDate;
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(text) = value.as_str() else { return at.wrong(Problem::WrongType, Self::KIND) };
        Self::parse(text.trim()).or_else(|| at.wrong(Problem::Unreadable, Self::KIND))
    }
}

impl Personal for PartialDate {
    /// A month or a year alone is in every log line, so only a whole date can be searched for.
    fn personal(&self, texts: &mut Vec<String>) {
        texts.extend(self.day().map(|day| day.to_string()));
    }
}

/// A [`PartialDate`] that is not in the future.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate(pub PartialDate);

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

impl Readable for BirthDate {
    const KIND: &'static Kind = &Kind::PartialDate;
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let born = PartialDate::read(value, at)?;
        // In London it can already be tomorrow while it is today by UTC.
        let tomorrow =
            at.latest().to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(jiff::Span::new().days(1));
        if born.earliest() > tomorrow {
            return at.wrong(Problem::InFuture, Self::KIND);
        }
        Some(Self(born))
    }
}

impl Personal for BirthDate {
    fn personal(&self, texts: &mut Vec<String>) {
        self.0.personal(texts);
    }
}

impl Readable for Timestamp {
    const KIND: &'static Kind = &Kind::Instant;
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(text) = value.as_str() else { return at.wrong(Problem::WrongType, Self::KIND) };
        match instant(text.trim()) {
            Ok(moment) if moment > at.latest() => at.wrong(Problem::InFuture, Self::KIND),
            Ok(moment) => Some(moment),
            Err(problem) => at.wrong(problem, Self::KIND),
        }
    }
}

/// Reads a moment by RFC 3339.
pub(crate) fn instant(text: &str) -> Result<Timestamp, Problem> {
    text.parse::<Timestamp>().map_err(|_| {
        // A date and time that lacks only its offset gets its own name, because it is the commonest mistake.
        match text.parse::<jiff::civil::DateTime>() {
            Ok(_) => Problem::NoOffset,
            Err(_) => Problem::Unreadable,
        }
    })
}

impl Personal for Timestamp {}

impl Readable for Date {
    const KIND: &'static Kind = &Kind::Day;
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(text) = value.as_str() else { return at.wrong(Problem::WrongType, Self::KIND) };
        let day = PartialDate::parse(text.trim()).and_then(PartialDate::day);
        day.or_else(|| at.wrong(Problem::Unreadable, Self::KIND))
    }
}

impl Personal for Date {}
