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
    /// `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or nothing; `None` when it is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Self::Unknown);
        }
        if let Ok(date) = text.parse::<Date>() {
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
            ("about 2017", None),
            ("17", None),
        ] {
            assert!(Born::parse(text) == expected, "{text}");
        }
    }
}
