//! One answer, as it is shown.

use std::fmt;

use jiff::Timestamp;

use crate::{
    calendar::london,
    incident::{PartialDate, Stated},
};

/// What is shown for one field.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Words.
    Text(String),
    /// A date, as far as it is known.
    Date(PartialDate),
    /// When a birth is due, as far as it is known.
    DueDate(PartialDate),
    /// An instant, shown in Europe/London.
    Instant(Timestamp),
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Count(u32),
    /// The force asked and does not know.
    NotKnown,
    /// The force said nothing.
    NotRecorded,
    /// Kept back, because an address is protected or may be.
    Withheld,
}

impl Value {
    /// The answer to one field of an incident.
    pub(super) fn of<T>(stated: &Stated<T>, shown: impl FnOnce(&T) -> Self) -> Self {
        match stated {
            Stated::Known(value) => shown(value),
            Stated::NotKnown => Self::NotKnown,
            Stated::Absent => Self::NotRecorded,
        }
    }

    /// The answer that is a list of words: one that holds none says nothing.
    pub(super) fn list(words: Vec<String>) -> Self {
        if words.is_empty() { Self::NotRecorded } else { Self::Text(words.join(", ")) }
    }

    /// The answer in words, for a page or a call sheet.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date_words(*date),
            Self::DueDate(date) => format!("Not born yet; due {}", date_words(*date)),
            Self::Instant(at) => london::local(*at).strftime("%A %-d %B %Y, %H:%M").to_string(),
            Self::YesNo(true) => "Yes".to_owned(),
            Self::YesNo(false) => "No".to_owned(),
            Self::Count(number) => number.to_string(),
            Self::NotKnown => "Not known".to_owned(),
            Self::NotRecorded => "Not recorded".to_owned(),
            Self::Withheld => "Not shared, to keep people safe".to_owned(),
        }
    }
}

/// Names the sort of answer only: what it holds is personal.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Date(_) => "Date(…)",
            Self::DueDate(_) => "DueDate(…)",
            Self::Instant(_) => "Instant(…)",
            Self::YesNo(_) => "YesNo(…)",
            Self::Count(_) => "Count(…)",
            Self::NotKnown => "NotKnown",
            Self::NotRecorded => "NotRecorded",
            Self::Withheld => "Withheld",
        })
    }
}

fn date_words(date: PartialDate) -> String {
    let format = match date {
        PartialDate::Day(_) => "%-d %B %Y",
        PartialDate::Month { .. } => "%B %Y",
        PartialDate::Year(_) => "%Y",
    };
    date.earliest().strftime(format).to_string()
}
