//! Simulated people: what a lead does with a notification, and how the desk settles a task. Functions of the seed, a
//! key and the moment only, so that a run with the same seed goes the same way whatever else happens in it.

use crate::county::County;
use crate::fortnight::{Case, Fate, Must};
use crate::random::Random;
use jiff::civil::{Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// When a lead reads mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Any day from early to late.
    Prompt,
    /// Any day, before school only.
    Mornings,
    /// On working days only.
    WorkingDays,
    /// Not at all: away, or left.
    Never,
}

/// What a lead says of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// "I have it."
    Acknowledges,
    /// "This child is not with us."
    NotWithUs,
    /// "This child has left."
    Left,
    /// Nothing: the page was opened and closed.
    Nothing,
}

/// What a lead does with one notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// When the page is opened.
    pub opened_at: Timestamp,
    /// When the reply is given, or the page closed.
    pub replied_at: Timestamp,
    /// The reply.
    pub reply: Reply,
}

/// A simulated lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lead {
    seed: u64,
    /// When the lead reads mail.
    pub habit: Habit,
}

impl Lead {
    /// The lead with this contact's key, its mail address for instance.
    #[must_use]
    pub fn of(seed: u64, contact: &str) -> Self {
        let habits = [Habit::Prompt, Habit::Mornings, Habit::WorkingDays, Habit::Never];
        let mut random = Random::keyed(seed, &format!("lead {contact}"));
        Self { seed: random.bits(), habit: habits[random.weighted(&[66, 22, 8, 4])] }
    }

    /// What the lead does with a notification sent at that moment, by whether the child is really there. `None`: it is
    /// never opened. Only the order of moments is promised, not that they lie before a due time.
    #[must_use]
    pub fn answers(&self, notification: &str, sent: Timestamp, belongs: bool) -> Option<Answer> {
        let mut random = Random::keyed(self.seed, notification);
        let seen = after_minutes(sent, random.between(1, 40));
        let opened_at = next_within(seen, self.habit.hours()?, random.between(0, 45));
        let reply = match (belongs, random.below(100)) {
            (true, 0..=2) => Reply::Nothing,
            (true, _) => Reply::Acknowledges,
            (false, 0..=54) => Reply::NotWithUs,
            (false, _) => Reply::Left,
        };
        Some(Answer { opened_at, replied_at: after_minutes(opened_at, random.between(1, 9)), reply })
    }
}

impl Habit {
    fn hours(self) -> Option<Hours> {
        match self {
            Habit::Prompt => {
                Some(Hours { first: time(6, 0, 0, 0), last: time(22, 30, 0, 0), weekends: true })
            }
            Habit::Mornings => {
                Some(Hours { first: time(6, 40, 0, 0), last: time(8, 15, 0, 0), weekends: true })
            }
            Habit::WorkingDays => {
                Some(Hours { first: time(7, 20, 0, 0), last: time(17, 0, 0, 0), weekends: false })
            }
            Habit::Never => None,
        }
    }
}

/// What the desk is asked.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// Where a held child belongs.
    Held(&'a Fate, Case),
    /// To call a setting that has not acknowledged, or cannot be written to.
    Call,
    /// To look at two versions, at what was refused, at a tally, at a broken contact, or at anything else.
    Look,
}

/// How the desk settles a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// The child is at these settings, by their places in [`County::settings`].
    Settings(Vec<usize>),
    /// The child is closed with a reason of the glossary.
    Closed(&'static str),
    /// Somebody at the setting was spoken to and has it.
    Spoken,
    /// Nobody answered: try again.
    NoAnswer,
    /// Looked at and put down.
    Noted,
}

/// A settled task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// When somebody claims it.
    pub claimed_at: Timestamp,
    /// When it is settled.
    pub settled_at: Timestamp,
    /// How.
    pub settlement: Settlement,
}

/// How the desk, which works every day from six in the morning to eleven at night, settles a task raised at that moment.
#[must_use]
pub fn desk(seed: u64, task: &str, raised: Timestamp, asked: Asked) -> Settled {
    let mut random = Random::keyed(seed, &format!("desk {task}"));
    let hours = Hours { first: time(6, 0, 0, 0), last: time(23, 0, 0, 0), weekends: true };
    let seen = after_minutes(raised, random.between(1, 15));
    let claimed_at = next_within(seen, hours, random.between(0, 20));
    let settled_at = after_minutes(claimed_at, random.between(3, 25));
    let settlement = match asked {
        Asked::Held(_, Case::NotToBeNotified) => Settlement::Closed("unsafe"),
        Asked::Held(Fate { must: Must::NotAChild, .. }, _) => Settlement::Closed("not_a_child"),
        Asked::Held(fate, _) if fate.right.is_empty() => Settlement::Closed("no_setting"),
        Asked::Held(fate, _) => Settlement::Settings(fate.right.clone()),
        Asked::Call if random.percent(12) => Settlement::NoAnswer,
        Asked::Call => Settlement::Spoken,
        Asked::Look => Settlement::Noted,
    };
    Settled { claimed_at, settled_at, settlement }
}

impl County {
    /// Whether the child of a fate is really at the setting, or in the care of that team.
    #[must_use]
    pub fn belongs(&self, fate: &Fate, setting: usize) -> bool {
        fate.right.contains(&setting)
    }
}

/// Hours of a day in London.
#[derive(Clone, Copy)]
struct Hours {
    first: Time,
    last: Time,
    weekends: bool,
}

/// The moment itself where it lies in the hours, else so many minutes after they next begin.
fn next_within(at: Timestamp, hours: Hours, minutes: i64) -> Timestamp {
    let london = TimeZone::get("Europe/London").expect("the time-zone database is compiled in");
    let local = at.to_zoned(london.clone());
    let works = |weekday| hours.weekends || !matches!(weekday, Weekday::Saturday | Weekday::Sunday);
    if works(local.weekday()) && (hours.first..=hours.last).contains(&local.time()) {
        return at;
    }
    let from = i64::from(local.time() > hours.first);
    let day = (from..from + 7)
        .map(|days| local.date().saturating_add(days.days()))
        .find(|day| works(day.weekday()))
        .expect("seven days have a working day");
    let begins = day
        .to_datetime(hours.first)
        .to_zoned(london)
        .expect("days of a demonstration lie in the range of time");
    after_minutes(begins.timestamp(), minutes)
}

fn after_minutes(at: Timestamp, minutes: i64) -> Timestamp {
    at + SignedDuration::from_mins(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn hours_are_kept_over_nights_and_weekends() {
        let hours = Habit::WorkingDays.hours().unwrap();
        let table = [
            ("2026-06-05T07:00:00Z", "2026-06-05T07:00:00Z"),
            ("2026-06-05T03:00:00Z", "2026-06-05T06:30:00Z"),
            ("2026-06-05T18:00:00Z", "2026-06-08T06:30:00Z"),
            ("2026-06-06T10:00:00Z", "2026-06-08T06:30:00Z"),
            ("2026-12-07T03:00:00Z", "2026-12-07T07:30:00Z"),
        ];
        for (seen, expected) in table {
            assert_eq!(next_within(at(seen), hours, 10), at(expected), "{seen}");
        }
    }

    #[test]
    fn a_lead_answers_alike_each_time_and_never_before_the_mail() {
        let sent = at("2026-06-05T01:10:00Z");
        for number in 0..400 {
            let lead = Lead::of(9, &format!("lead-{number}@school.example"));
            let answer = lead.answers("n", sent, number % 5 > 0);
            assert_eq!(answer, lead.answers("n", sent, number % 5 > 0));
            assert_eq!(answer.is_none(), lead.habit == Habit::Never);
            assert!(answer.is_none_or(|it| sent < it.opened_at && it.opened_at < it.replied_at));
        }
    }

    #[test]
    fn a_child_that_is_not_there_is_never_acknowledged() {
        let lead = (0..).map(|n| Lead::of(n, "lead")).find(|lead| lead.habit == Habit::Prompt).unwrap();
        for number in 0..200 {
            let answer = lead.answers(&format!("{number}"), at("2026-06-05T01:10:00Z"), false).unwrap();
            assert!(matches!(answer.reply, Reply::NotWithUs | Reply::Left));
        }
    }
}
