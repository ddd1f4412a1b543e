//! Birth dates.

use jiff::civil::Date;

use super::level::{Agreement, Birth};
use crate::person::Born;

/// Holds a date or age as stated against a register's; `share` is the part of the register born in a year.
pub(crate) fn birth(
    stated: Born,
    age: Option<u16>,
    on: Option<Date>,
    known: Option<Date>,
    share: &impl Fn(i16) -> f64,
) -> Agreement<Birth> {
    let Some(known) = known else { return Agreement::silent(Birth::Missing) };
    match (stated, age, on) {
        (Born::Day(day), ..) if (day.month(), day.day()) == (1, 1) => january(day, known, share),
        (Born::Day(day), ..) => full(day, known, share),
        (Born::Month(year, month), ..) => in_month(year, month, known, share),
        (Born::Year(year), ..) => in_year(year, known, share),
        (Born::Unknown, Some(age), Some(on)) => at_age(i32::from(age), on, known, share),
        (Born::Unknown, ..) => Agreement::silent(Birth::Missing),
    }
}

/// Days in a year, for the chance of one day.
const DAYS: f64 = 365.25;

fn full(day: Date, known: Date, share: &impl Fn(i16) -> f64) -> Agreement<Birth> {
    let of_day = share(day.year()) / DAYS;
    let of_known = share(known.year()) / DAYS;
    let beside = (share(day.year() - 1) + share(day.year() + 1)) / DAYS;
    let level = full_level(day, known);
    let chance = match level {
        Birth::Exact => of_day,
        Birth::Swapped => of_known,
        Birth::DayOff => 2.0 * of_day,
        Birth::YearOff => beside + 2.0 * of_known,
        Birth::Digit => 25.0 * of_day.max(of_known),
        Birth::TwoParts => 60.0 * of_day.max(of_known),
        _ => 1.0,
    };
    Agreement::new(level, chance)
}

fn full_level(day: Date, known: Date) -> Birth {
    let same = (day.year() == known.year(), day.month() == known.month(), day.day() == known.day());
    let years = (i32::from(day.year()) - i32::from(known.year())).abs();
    match same {
        (true, true, true) => Birth::Exact,
        (true, ..) if day.month() == known.day() && day.day() == known.month() => Birth::Swapped,
        (false, true, true) if years == 1 || years == 10 => Birth::YearOff,
        _ if is_next(day, known) || is_next(known, day) => Birth::DayOff,
        _ if digits_apart(day, known) == 1 => Birth::Digit,
        (true, true, _) | (true, _, true) | (_, true, true) => Birth::TwoParts,
        _ => Birth::Differs,
    }
}

fn is_next(a: Date, b: Date) -> bool {
    a.tomorrow().is_ok_and(|next| next == b)
}

fn digits_apart(a: Date, b: Date) -> usize {
    let digits = |date: Date| {
        let number = i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day());
        (0..9).scan(number.unsigned_abs(), |rest, _| {
            let digit = *rest % 10;
            *rest /= 10;
            Some(digit)
        })
    };
    digits(a).zip(digits(b)).filter(|(a, b)| a != b).count()
}

fn january(day: Date, known: Date, share: &impl Fn(i16) -> f64) -> Agreement<Birth> {
    if day == known {
        Agreement::new(Birth::JanuaryExact, share(day.year()) / DAYS)
    } else if day.year() == known.year() {
        Agreement::new(Birth::JanuaryYear, share(day.year()))
    } else {
        Agreement::new(Birth::JanuaryDiffers, 1.0)
    }
}

fn in_month(year: i16, month: i8, known: Date, share: &impl Fn(i16) -> f64) -> Agreement<Birth> {
    let months = |year: i16, month: i8| i32::from(year) * 12 + i32::from(month);
    let apart = (months(year, month) - months(known.year(), known.month())).abs();
    let of_month = share(year) / 12.0;
    match apart {
        0 => Agreement::new(Birth::Month, of_month),
        1 | 12 => Agreement::new(Birth::MonthNear, 4.0 * of_month.max(share(known.year()) / 12.0)),
        _ => Agreement::new(Birth::MonthDiffers, 1.0),
    }
}

fn in_year(year: i16, known: Date, share: &impl Fn(i16) -> f64) -> Agreement<Birth> {
    match (i32::from(year) - i32::from(known.year())).abs() {
        0 => Agreement::new(Birth::Year, share(year)),
        1 => Agreement::new(Birth::YearNear, share(year - 1) + share(year + 1)),
        _ => Agreement::new(Birth::YearDiffers, 1.0),
    }
}

fn at_age(age: i32, on: Date, known: Date, share: &impl Fn(i16) -> f64) -> Agreement<Birth> {
    let of_age = |age: i32| {
        let year = i32::from(on.year()) - age;
        let share = |year: i32| i16::try_from(year).map_or(0.0, share);
        let part = f64::from(on.day_of_year()) / DAYS;
        share(year) * part + share(year - 1) * (1.0 - part)
    };
    match (age - years_old(known, on)).abs() {
        0 => Agreement::new(Birth::Age, of_age(age)),
        1 => Agreement::new(Birth::AgeNear, of_age(age - 1) + of_age(age + 1)),
        _ => Agreement::new(Birth::AgeDiffers, 1.0),
    }
}

fn years_old(born: Date, on: Date) -> i32 {
    let has_had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    i32::from(on.year()) - i32::from(born.year()) - i32::from(!has_had_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birth_date_agrees_in_levels() {
        for (stated, known, expected) in [
            ("2017-03-14", "2017-03-14", Birth::Exact),
            ("2016-04-07", "2016-07-04", Birth::Swapped),
            ("2017-03-31", "2017-04-01", Birth::DayOff),
            ("2019-12-31", "2020-12-31", Birth::YearOff),
            ("2003-03-20", "2013-03-20", Birth::YearOff),
            ("2017-03-14", "2017-03-24", Birth::Digit),
            ("2017-03-14", "2017-11-14", Birth::TwoParts),
            ("2017-03-14", "2015-06-02", Birth::Differs),
            ("1871-12-14", "1871-12-14", Birth::Exact),
            ("2017-01-01", "2017-01-01", Birth::JanuaryExact),
            ("2017-01-01", "2017-08-09", Birth::JanuaryYear),
            ("2017-01-01", "2018-01-01", Birth::JanuaryDiffers),
            ("2017-03", "2017-03-14", Birth::Month),
            ("2018-03", "2017-03-14", Birth::MonthNear),
            ("2017", "2017-03-14", Birth::Year),
            ("2018", "2017-03-14", Birth::YearNear),
            ("2010", "2017-03-14", Birth::YearDiffers),
        ] {
            let stated = Born::parse(stated).unwrap();
            let agreement = birth(stated, None, None, Some(known.parse().unwrap()), &|_| 0.05);
            assert_eq!(agreement.level, expected, "{known}");
            assert!(agreement.chance > 0.0 && agreement.chance <= 1.0);
        }
    }

    #[test]
    fn a_stated_age_is_held_against_the_day_of_the_incident() {
        for (age, known, expected) in [
            (7, "2018-11-22", Birth::Age),
            (7, "2018-11-23", Birth::Age),
            (7, "2019-11-23", Birth::AgeNear),
            (9, "2018-01-01", Birth::AgeNear),
            (12, "2018-01-01", Birth::AgeDiffers),
        ] {
            let on = Some(jiff::civil::date(2026, 1, 5));
            let agreement = birth(Born::Unknown, Some(age), on, Some(known.parse().unwrap()), &|_| 0.05);
            assert_eq!(agreement.level, expected, "{age} {known}");
        }
    }
}
