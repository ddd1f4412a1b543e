//! What is known of a birth date.

use jiff::civil::Date;

/// A birth date, whole or in part.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Born {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The year alone.
    Year(i16),
    /// Year and month.
    Month(i16, i8),
    /// The day.
    Day(Date),
}

impl Born {
    /// `YYYY-MM-DD`, `DD/MM/YYYY`, `YYYY-MM`, `YYYY` or nothing; `None` when it is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Self::Unknown);
        }
        if let Some(date) = text.parse().ok().or_else(|| british(text)) {
            return Some(Self::Day(date));
        }
        match text.split_once('-') {
            None if text.len() == 4 => text.parse().ok().map(Self::Year),
            None => None,
            Some((year, month)) => {
                let (year, month) = (year.parse().ok()?, month.parse().ok()?);
                (1..=12).contains(&month).then_some(Self::Month(year, month))
            }
        }
    }

    /// As much as makes sense of a text that begins like a date: of 30 February the month, of a month 13 the year.
    pub fn part_of(text: &str) -> Self {
        let digits: String = text.trim().chars().filter(|letter| *letter != '-').take(8).collect();
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<i16>().ok());
        let whole = digits.len() == 8;
        let (year, month) = (number(digits.get(..4)), number(digits.get(4..6)));
        match (year.filter(|_| whole), month) {
            (Some(year), Some(month @ 1..=12)) => Self::Month(year, month as i8),
            (Some(year), Some(_)) => Self::Year(year),
            _ => Self::Unknown,
        }
    }
}

/// Day, month and year as the British write them.
fn british(text: &str) -> Option<Date> {
    let mut parts = text.split(['/', '.', '-']).map(|part| part.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    let is_whole = parts.next().is_none() && year >= 1000;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|_| is_whole)
}

impl std::fmt::Debug for Born {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Born(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_birth_date_may_be_known_in_part() {
        for (text, expected) in [
            ("2017-03-14", Some(Born::Day(date(2017, 3, 14)))),
            (" 1871-12-01 ", Some(Born::Day(date(1871, 12, 1)))),
            ("2017-03", Some(Born::Month(2017, 3))),
            ("2017", Some(Born::Year(2017))),
            ("", Some(Born::Unknown)),
            ("2017-13", None),
            ("2017-02-30", None),
            ("14/03/2017", Some(Born::Day(date(2017, 3, 14)))),
            ("4.3.2017", Some(Born::Day(date(2017, 3, 4)))),
            ("14-03-2017", Some(Born::Day(date(2017, 3, 14)))),
            ("14/03/17", None),
            ("03/14/2017", None),
            ("about 2017", None),
            ("17", None),
        ] {
            assert!(Born::parse(text) == expected, "{text}");
        }
    }

    #[test]
    fn of_a_date_that_is_none_there_is_what_makes_sense() {
        for (text, expected) in [
            ("2017-02-30", Born::Month(2017, 2)),
            ("20170230", Born::Month(2017, 2)),
            ("2017-13-05", Born::Year(2017)),
            ("about 2017", Born::Unknown),
            ("30/02/2017", Born::Unknown),
            ("–", Born::Unknown),
        ] {
            assert!(Born::part_of(text) == expected, "{text}");
        }
    }
}
