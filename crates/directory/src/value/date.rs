use jiff::civil::Date;

use crate::report::Reason;

/// A date as registers write it: `2024-09-01`, `01-09-2024`, `1/9/2024` (day first, always), also with a midnight
/// that a database export added.
///
/// # Errors
/// [`Reason::NotADate`] for anything else, two-digit years among it, and outside the years 1000 to 2200.
pub fn date(text: &str) -> Result<Date, Reason> {
    let day = text.split_once([' ', 'T']).map_or(text, |(day, time)| if midnight(time) { day } else { text });
    let parts: Vec<&str> = day.split(['-', '/']).collect();
    let &[first, second, third] = parts.as_slice() else {
        return Err(Reason::NotADate);
    };
    if first.len() == 4 {
        return from_parts(first, second, third);
    }
    from_parts(third, second, first)
}

/// A date of eight digits, `20240901`, as NHS extracts and calendars write it.
///
/// # Errors
/// [`Reason::NotADate`].
pub fn compact_date(text: &str) -> Result<Date, Reason> {
    if text.len() != 8 || !text.is_ascii() {
        return Err(Reason::NotADate);
    }
    from_parts(&text[..4], &text[4..6], &text[6..])
}

/// A birth date: a [`date()`] between 1900 and 2100.
///
/// # Errors
/// [`Reason::NotADate`].
pub fn birth_date(text: &str) -> Result<Date, Reason> {
    date(text).and_then(|born| (1900..=2100).contains(&born.year()).then_some(born).ok_or(Reason::NotADate))
}

fn from_parts(year: &str, month: &str, day: &str) -> Result<Date, Reason> {
    let number = |text: &str, longest: usize| {
        let digits =
            !text.is_empty() && text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<i16>().ok() } else { None }
    };
    let parsed = || {
        let year = number(year, 4).filter(|year| (1000..=2200).contains(year))?;
        let month = i8::try_from(number(month, 2)?).ok()?;
        let day = i8::try_from(number(day, 2)?).ok()?;
        Date::new(year, month, day).ok()
    };
    parsed().ok_or(Reason::NotADate)
}

pub(crate) fn midnight(time: &str) -> bool {
    time.starts_with("00:00") && time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.' | b'Z'))
}

#[cfg(test)]
mod tests {
    use super::{birth_date, compact_date, date};

    #[test]
    fn dates_are_read_day_first_or_year_first_and_never_guessed() {
        let table = [
            ("2024-09-01", Some("2024-09-01")),
            ("01-09-2024", Some("2024-09-01")),
            ("1/9/2024", Some("2024-09-01")),
            ("12/11/2024", Some("2024-11-12")),
            ("01/09/2024 00:00:00", Some("2024-09-01")),
            ("2024-09-01T00:00:00Z", Some("2024-09-01")),
            ("01-01-1800", Some("1800-01-01")),
            ("29-02-2024", Some("2024-02-29")),
            ("29-02-2023", None),
            ("2024-09-01 14:30", None),
            ("13/13/2024", None),
            ("01-09-24", None),
            ("1 Sept 2024", None),
            ("+1-09-2024", None),
            ("00-00-0000", None),
            ("45536", None),
            ("", None),
            ("é/é/éé", None),
        ];
        for (text, expected) in table {
            assert_eq!(date(text).ok().map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn compact_and_birth_dates_have_their_own_bounds() {
        assert_eq!(compact_date("20240901").unwrap().to_string(), "2024-09-01");
        for bad in ["2024090", "20241301", "2024-9-1", "2024é01"] {
            assert!(compact_date(bad).is_err(), "{bad}");
        }
        assert!(birth_date("31-12-1899").is_err());
        assert!(birth_date("01-01-2015").is_ok());
    }
}
