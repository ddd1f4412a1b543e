//! Why a due time is what it is, for people and for the record.

use std::fmt;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Serialize};

use super::{Known, KnownFrom};
use crate::calendar::{Why, london};

/// Which rule was followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The setting's next school day.
    SchoolDay,
    /// The team's next working day.
    WorkingDay,
    /// No setting yet: the earliest of the candidates.
    Candidate,
    /// No setting and no candidate: the next weekday at the default opening.
    DefaultWeekday,
}

/// Days in a row that were closed for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// First closed day.
    pub from: Date,
    /// Last closed day, itself closed.
    pub to: Date,
    /// Why.
    pub why: Why,
}

/// The reasoning behind one due time. It names no setting and no child; `Display` gives one plain sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// When the force knew, and where that came from.
    pub known: Known,
    /// Which rule was followed.
    pub basis: Basis,
    /// Whether the day of knowing was a school day whose opening had passed.
    pub already_open: bool,
    /// The closed days in between, in order.
    pub closed: Vec<Run>,
    /// The opening that is the due time.
    pub opens_at: Timestamp,
    /// False when no open day was found within the search: the due time is then only the search's bound, and a
    /// person should mend the calendar.
    pub found: bool,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = london::local(self.known.at);
        write!(
            f,
            "{} {} {} {}",
            known_words(self.known.from),
            day(known.date()),
            known.year(),
            clock(known)
        )?;
        if self.already_open {
            write!(f, ", after that day's opening")?;
        }
        for run in &self.closed {
            write!(f, "; {} {}", run.days(), run.why.words())?;
        }
        let opens = london::local(self.opens_at);
        let (day, clock) = (day(opens.date()), clock(opens));
        match (self.found, self.basis) {
            (false, _) => {
                write!(f, "; no open day found, so {day} {clock} stands until the calendar is mended.")
            }
            (true, Basis::SchoolDay) => write!(f, "; {day} opens {clock}."),
            (true, Basis::WorkingDay) => write!(f, "; {day} is the next working day, from {clock}."),
            (true, Basis::Candidate) => {
                write!(f, "; {day} opens {clock}, the earliest of the possible settings.")
            }
            (true, Basis::DefaultWeekday) => {
                write!(f, "; no setting known, so the next weekday counts: {day} {clock}.")
            }
        }
    }
}

impl Run {
    fn days(&self) -> String {
        if self.from == self.to { day(self.from) } else { format!("{} to {}", day(self.from), day(self.to)) }
    }
}

/// Gathers closed days into runs while they are searched.
#[derive(Default)]
pub(super) struct Runs(pub(super) Vec<Run>);

impl Runs {
    /// A weekend between two days of one longer reason joins them: nobody wants a summer told by the week.
    pub(super) fn push(&mut self, date: Date, why: Why) {
        if let [.., before, weekend] = self.0.as_slice()
            && weekend.why == Why::Weekend
            && before.why == why
        {
            self.0.pop();
        }
        match self.0.last_mut() {
            Some(run) if run.why == why => run.to = date,
            _ => self.0.push(Run { from: date, to: date, why }),
        }
    }
}

fn known_words(from: KnownFrom) -> &'static str {
    match from {
        KnownFrom::Known => "Known",
        KnownFrom::Recorded => "Recorded",
        KnownFrom::Published => "Published",
        KnownFrom::Receipt => "Received",
    }
}

fn day(date: Date) -> String {
    date.strftime("%a %-d %b").to_string()
}

fn clock(at: DateTime) -> String {
    at.strftime("%H:%M").to_string()
}
