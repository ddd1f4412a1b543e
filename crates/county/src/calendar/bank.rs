//! Bank holidays of England and Wales (Banking and Financial Dealings Act 1971, and New Year's Day by proclamation).

use super::easter;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

/// One bank holiday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BankHoliday {
    pub(crate) title: &'static str,
    pub(crate) date: Date,
    pub(crate) substitute: bool,
}

/// The bank holidays of the year, in order.
pub(crate) fn bank_holidays(year: i16) -> Vec<BankHoliday> {
    let plain = |title, date| BankHoliday { title, date, substitute: false };
    let sunday = easter(year);
    let christmas = date(year, 12, 25);
    // Where one of both falls on a weekend the other may have to move past it: Boxing Day never moves onto Christmas Day.
    let (first, second) = match christmas.weekday() {
        Weekday::Friday => (0, 3),
        Weekday::Saturday => (2, 3),
        Weekday::Sunday => (2, 1),
        _ => (0, 1),
    };
    let mut all = vec![
        moved("New Year’s Day", date(year, 1, 1)),
        plain("Good Friday", sunday.saturating_sub(2.days())),
        plain("Easter Monday", sunday.saturating_add(1.day())),
        plain("Early May bank holiday", monday_from(date(year, 5, 1))),
        plain("Spring bank holiday", monday_from(date(year, 5, 25))),
        plain("Summer bank holiday", monday_from(date(year, 8, 25))),
        BankHoliday {
            title: "Christmas Day",
            date: christmas.saturating_add(first.days()),
            substitute: first > 0,
        },
        BankHoliday {
            title: "Boxing Day",
            date: christmas.saturating_add(second.days()),
            substitute: second > 1,
        },
    ];
    all.sort_by_key(|holiday| holiday.date);
    all
}

fn moved(title: &'static str, day: Date) -> BankHoliday {
    let days = match day.weekday() {
        Weekday::Saturday => 2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    BankHoliday { title, date: day.saturating_add(days.days()), substitute: days > 0 }
}

/// The first Monday on or after the day.
pub(super) fn monday_from(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.saturating_add(((7 - back) % 7).days())
}

#[cfg(test)]
mod tests {
    use super::bank_holidays;

    #[test]
    fn bank_holidays_fall_on_their_published_days() {
        let days =
            |year| -> Vec<String> { bank_holidays(year).iter().map(|day| day.date.to_string()).collect() };
        let published_2026 = [
            "2026-01-01",
            "2026-04-03",
            "2026-04-06",
            "2026-05-04",
            "2026-05-25",
            "2026-08-31",
            "2026-12-25",
            "2026-12-28",
        ];
        assert_eq!(days(2026), published_2026);
        let published_2027 = [
            "2027-01-01",
            "2027-03-26",
            "2027-03-29",
            "2027-05-03",
            "2027-05-31",
            "2027-08-30",
            "2027-12-27",
            "2027-12-28",
        ];
        assert_eq!(days(2027), published_2027);
        assert_eq!(days(2022)[6..], ["2022-12-26", "2022-12-27"]);
    }
}
