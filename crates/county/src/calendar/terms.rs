//! Term dates: an authority's, and those of settings that set their own, with INSET days.

use super::bank::monday_from;
use super::easter;
use crate::people::school_year_start;
use crate::places::AUTHORITIES;
use crate::random::Random;
use crate::setting::{Dates, Setting};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// Whose term dates they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// An authority's, by its place in [`crate::AUTHORITIES`].
    Authority(usize),
    /// A setting's, by its place in [`crate::County::settings`].
    Setting(usize),
}

/// Days without children, the first and the last included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// What the school calls it.
    pub label: &'static str,
}

/// The closures of three academic years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermDates {
    /// Whose they are.
    pub owner: Owner,
    /// Holidays, in order.
    pub holidays: Vec<Closure>,
    /// Days on which staff come and children do not.
    pub inset: Vec<Date>,
}

/// The calendar year in which the day's academic year began.
fn academic_year(on: Date) -> i16 {
    school_year_start(on).year()
}

/// Term dates of all authorities and of the settings that set their own.
pub(crate) fn term_dates(seed: u64, on: Date, settings: &[Setting]) -> Vec<TermDates> {
    let years = academic_year(on) - 1..=academic_year(on) + 1;
    let mut all = Vec::new();
    for (place, authority) in AUTHORITIES.iter().enumerate() {
        let shape = Shape { shift_days: authority.half_term_shift_days, ..Shape::default() };
        let holidays = years.clone().flat_map(|year| holidays(year, &shape)).collect();
        all.push(TermDates { owner: Owner::Authority(place), holidays, inset: Vec::new() });
    }
    for setting in settings.iter().filter(|setting| setting.dates == Dates::Own) {
        let mut random = Random::keyed(seed, &format!("terms {}", setting.index));
        let shape = Shape::draw(&mut random);
        let holidays: Vec<Closure> = years.clone().flat_map(|year| holidays(year, &shape)).collect();
        let inset = years.clone().flat_map(|year| inset(&mut random, year, &holidays)).collect();
        all.push(TermDates { owner: Owner::Setting(setting.index), holidays, inset });
    }
    all
}

/// How a calendar differs from the usual one.
#[derive(Default)]
struct Shape {
    shift_days: i64,
    two_weeks_in_october: bool,
    /// Days by which the summer holiday begins earlier.
    early_summer_days: i64,
}

impl Shape {
    fn draw(random: &mut Random) -> Self {
        Self {
            shift_days: if random.percent(20) { -7 } else { 0 },
            two_weeks_in_october: random.percent(30),
            early_summer_days: random.between(0, 12),
        }
    }
}

/// The holidays of the academic year that begins in September of the year.
fn holidays(year: i16, shape: &Shape) -> Vec<Closure> {
    let week = |monday: Date, weeks: i64, label| Closure {
        first: monday.saturating_sub(2.days()),
        last: monday.saturating_add((7 * weeks - 1).days()),
        label,
    };
    let october = monday_from(date(year, 10, 25)).saturating_add(shape.shift_days.days());
    let sunday = easter(year + 1);
    let july = date(year + 1, 7, 22).saturating_sub(shape.early_summer_days.days());
    vec![
        week(october, if shape.two_weeks_in_october { 2 } else { 1 }, "Autumn half-term"),
        Closure {
            first: monday_from(date(year, 12, 20)).saturating_sub(2.days()),
            last: monday_from(date(year + 1, 1, 3)).saturating_sub(1.day()),
            label: "Christmas holiday",
        },
        week(monday_from(date(year + 1, 2, 12)), 1, "February half-term"),
        Closure {
            first: sunday.saturating_sub(8.days()),
            last: sunday.saturating_add(7.days()),
            label: "Easter holiday",
        },
        week(monday_from(date(year + 1, 5, 25)), 1, "May half-term"),
        Closure { first: july, last: date(year + 1, 9, 1), label: "Summer holiday" },
    ]
}

/// Five INSET days: the first school day of the year, and four weekdays in term.
fn inset(random: &mut Random, year: i16, holidays: &[Closure]) -> Vec<Date> {
    let shut = |day: Date| {
        day.weekday().to_monday_zero_offset() > 4
            || holidays.iter().any(|it| (it.first..=it.last).contains(&day))
    };
    let mut days: Vec<Date> = (0..)
        .map(|n: i64| date(year, 9, 2).saturating_add(n.days()))
        .find(|&it| !shut(it))
        .into_iter()
        .collect();
    while days.len() < 5 {
        let day = date(year, 9, 10).saturating_add(random.between(0, 310).days());
        if !shut(day) && !days.contains(&day) {
            days.push(day);
        }
    }
    days.sort();
    days
}
