//! Days on which settings are shut: bank holidays by their rules, term dates of authorities and of settings.

mod bank;
mod terms;

use jiff::civil::Date;

pub(crate) use bank::{BankHoliday, bank_holidays};
pub(crate) use terms::term_dates;
pub use terms::{Closure, Owner, TermDates};

/// Easter Sunday of the year, by the calendar's own arithmetic (Meeus, Jones and Butcher).
fn easter(year: i16) -> Date {
    let year32 = i32::from(year);
    let (golden, century, of_century) = (year32 % 19, year32 / 100, year32 % 100);
    let moon = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let day = epact + weekday - 7 * late + 114;
    let small = |number: i32| i8::try_from(number).expect("months and days are below 32");
    jiff::civil::date(year, small(day / 31), small(day % 31 + 1))
}

#[cfg(test)]
mod tests {
    use super::easter;

    #[test]
    fn easter_falls_on_its_published_days() {
        for (year, day) in
            [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2027, "2027-03-28")]
        {
            assert_eq!(easter(year).to_string(), day);
        }
    }
}
