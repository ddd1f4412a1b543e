//! Whether a child is of an age at which a setting has children.
//!
//! A school's ages, as the school register of England has them, are those of school years: the last is the birthday before
//! which the last year begins, so that of a school for ages 4 to 11 the oldest pupils were 10 when their year began. A child
//! counts for the year of those who had the same age on 31 August before it (School Admissions Code 2021, 2.17).

use jiff::civil::{Date, date};

use crate::state::SettingKind;

/// Nursery classes take children of two, whatever age their school states.
const NURSERY_CLASS: i16 = 2;
/// Up to this lowest age a school may have a nursery class.
const LOWEST_WITH_NURSERY: i16 = 5;
/// How much younger than its lowest age a student of a college may be: it may enrol pupils of 14.
const YOUNGER_AT_COLLEGE: i16 = 2;
/// The age at the end of compulsory schooling.
const SCHOOL_LEAVING: i16 = 16;

/// The ages in years that a setting has, first and last, as far as the directory states them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    /// The first.
    pub low: Option<u8>,
    /// The last.
    pub high: Option<u8>,
}

/// How a child's age stands to those that a setting has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aged {
    /// It is one of them, or they are not known.
    Plausible,
    /// It is younger.
    TooYoung,
    /// It is older.
    TooOld,
    /// The last year that the setting has was over with this day, and the next has only just begun.
    JustPast(Date),
}

impl Ages {
    /// How the age of a child stands on a day. `is_between` says that children are between two schools on it.
    #[must_use]
    pub fn of(self, kind: SettingKind, born: Date, day: Date, is_between: bool) -> Aged {
        let low = self.low.map(i16::from);
        let high = self.high.map(i16::from);
        if low.zip(high).is_some_and(|(low, high)| low > high) {
            return Aged::Plausible;
        }
        match kind {
            SettingKind::School => at_school(low, high, born, day, is_between),
            SettingKind::College => {
                let begun = began_at(born, year_begun(day, high));
                between(begun, low.map(|low| low - YOUNGER_AT_COLLEGE), high)
            }
            // Nobody checks what providers state, and a place is kept until the next school year.
            SettingKind::EarlyYears | SettingKind::Childminder => {
                between(years(born, day), low.map(|low| low - 1), high.map(|high| high + 1))
            }
            SettingKind::HealthVisiting
            | SettingKind::Maternity
            | SettingKind::Authority
            | SettingKind::Force => Aged::Plausible,
        }
    }
}

fn at_school(low: Option<i16>, high: Option<i16>, born: Date, day: Date, is_between: bool) -> Aged {
    let begun = began_at(born, year_begun(day, high));
    let is_too_young = |low: i16| match low {
        ..=LOWEST_WITH_NURSERY => years(born, day) < NURSERY_CLASS,
        // A pupil may be a year ahead.
        low => begun < low - 1,
    };
    match high {
        Some(high) if begun == high && is_between => Aged::JustPast(year_ended(day, high)),
        Some(high) if begun >= high => Aged::TooOld,
        _ if low.is_some_and(is_too_young) => Aged::TooYoung,
        _ => Aged::Plausible,
    }
}

fn between(age: i16, low: Option<i16>, high: Option<i16>) -> Aged {
    if low.is_some_and(|low| age < low) {
        Aged::TooYoung
    } else if high.is_some_and(|high| age > high) {
        Aged::TooOld
    } else {
        Aged::Plausible
    }
}

/// The year in which the school year began that counts on a day. From August on that is the coming one; where schooling
/// ends at 16, from the day on after which a pupil may leave.
fn year_begun(day: Date, high: Option<i16>) -> i16 {
    let last = high.map_or(date(day.year(), 7, 31), |high| year_ended(day, high));
    if day > last { day.year() } else { day.year() - 1 }
}

/// The last day in a calendar year of a setting's oldest pupils: at 16, who may leave on the last Friday in June (Education
/// Act 1996, section 8), the end of June, else of July.
fn year_ended(day: Date, high: i16) -> Date {
    if high == SCHOOL_LEAVING { date(day.year(), 6, 30) } else { date(day.year(), 7, 31) }
}

/// The age on 31 August of a year.
fn began_at(born: Date, year: i16) -> i16 {
    years(born, date(year, 8, 31))
}

fn years(born: Date, day: Date) -> i16 {
    day.year() - born.year() - i16::from((day.month(), day.day()) < (born.month(), born.day()))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn ages(low: u8, high: u8) -> Ages {
        Ages { low: Some(low), high: Some(high) }
    }

    #[test]
    fn a_pupil_belongs_to_the_year_of_those_who_had_the_same_age_on_the_last_of_august() {
        use SettingKind::School;
        let (term, july, august, october) =
            (date(2026, 3, 2), date(2026, 7, 30), date(2026, 8, 3), date(2026, 10, 1));
        let over = Aged::JustPast(date(2026, 7, 31));
        for (name, (low, high), born, day, expected) in [
            ("the youngest of year six", (4, 11), date(2015, 8, 31), term, Aged::Plausible),
            ("the oldest of year six", (4, 11), date(2014, 9, 1), term, Aged::Plausible),
            ("the youngest of year seven", (4, 11), date(2014, 8, 31), term, Aged::TooOld),
            ("twelve years old", (4, 11), date(2014, 1, 9), term, Aged::TooOld),
            ("year six in July", (4, 11), date(2015, 5, 1), july, Aged::Plausible),
            ("year six in August", (4, 11), date(2015, 5, 1), august, over),
            ("year five in August", (4, 11), date(2015, 9, 1), august, Aged::Plausible),
            ("year seven in August", (4, 11), date(2014, 5, 1), august, Aged::TooOld),
            ("year six of before, in October", (4, 11), date(2015, 5, 1), october, Aged::TooOld),
            ("reception", (4, 11), date(2021, 8, 1), term, Aged::Plausible),
            ("a nursery class of a school from five", (5, 11), date(2023, 2, 1), term, Aged::Plausible),
            ("one year old", (3, 11), date(2024, 4, 1), term, Aged::TooYoung),
            ("a year ahead at a junior school", (7, 11), date(2019, 8, 1), term, Aged::Plausible),
            ("two years ahead", (7, 11), date(2020, 8, 1), term, Aged::TooYoung),
            ("a nursery child at a secondary school", (11, 16), date(2022, 8, 1), term, Aged::TooYoung),
            ("year eleven in June", (11, 16), date(2010, 5, 1), date(2026, 6, 30), Aged::Plausible),
            ("year eleven in July", (11, 16), date(2010, 5, 1), july, Aged::JustPast(date(2026, 6, 30))),
            ("year eleven of a school up to eighteen", (11, 18), date(2010, 5, 1), august, Aged::Plausible),
            ("the last year of a sixth form", (11, 18), date(2008, 5, 1), term, Aged::Plausible),
            ("nonsense", (11, 4), date(2008, 5, 1), term, Aged::Plausible),
        ] {
            let is_between = (7..=9).contains(&day.month());
            assert_eq!(ages(low, high).of(School, born, day, is_between), expected, "{name}");
        }
    }

    #[test]
    fn colleges_and_nurseries_have_a_tolerance_and_teams_no_ages() {
        let day = date(2026, 3, 2);
        for (name, kind, (low, high), born, expected) in [
            ("fourteen at a college", SettingKind::College, (16, 99), date(2011, 8, 1), Aged::Plausible),
            ("ten at a college", SettingKind::College, (16, 99), date(2015, 8, 1), Aged::TooYoung),
            (
                "five at a nursery up to four",
                SettingKind::EarlyYears,
                (0, 4),
                date(2020, 9, 1),
                Aged::Plausible,
            ),
            (
                "eight at a nursery up to four",
                SettingKind::EarlyYears,
                (0, 4),
                date(2018, 1, 1),
                Aged::TooOld,
            ),
            ("eight at a childminder's", SettingKind::Childminder, (0, 8), date(2018, 1, 1), Aged::Plausible),
            ("fifteen on a list", SettingKind::HealthVisiting, (0, 5), date(2011, 1, 1), Aged::Plausible),
        ] {
            assert_eq!(ages(low, high).of(kind, born, day, false), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn where_no_ages_are_known_every_age_is_plausible(
            days in 0_i64..9_000, from in 0_i64..400, is_between in any::<bool>(),
            kind in proptest::sample::select(SettingKind::ALL),
        ) {
            let day = date(2026, 1, 1).saturating_add(from.days());
            let born = day.saturating_sub(days.days());
            prop_assert_eq!(Ages::default().of(kind, born, day, is_between), Aged::Plausible);
        }

        #[test]
        fn who_is_older_is_never_of_a_younger_years_age(
            days in 800_i64..6_000, more in 0_i64..3_000, from in 0_i64..400,
        ) {
            let day = date(2026, 1, 1).saturating_add(from.days());
            let rank = |born| match ages(4, 11).of(SettingKind::School, born, day, true) {
                Aged::TooYoung => 0,
                Aged::Plausible => 1,
                Aged::JustPast(_) => 2,
                Aged::TooOld => 3,
            };
            let born = day.saturating_sub(days.days());
            prop_assert!(rank(born) <= rank(born.saturating_sub(more.days())));
        }
    }
}
