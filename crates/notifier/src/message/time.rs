//! How an instant is told to people in England and Wales.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `08:40 on Monday 6 July`, in local time with summer time.
pub(super) fn spoken(at: Timestamp) -> String {
    let london = TimeZone::get("Europe/London").expect("the time zone database is compiled in");
    at.to_zoned(london).strftime("%H:%M on %A %-d %B").to_string()
}

/// `2 hours 5 minutes`, from minutes; `none` when the time has run out.
pub(super) fn span(minutes: i64) -> String {
    let plural = |n: i64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match (minutes / 60, minutes % 60) {
        _ if minutes <= 0 => "none".to_owned(),
        (0, rest) => plural(rest, "minute"),
        (hours, 0) => plural(hours, "hour"),
        (hours, rest) => format!("{} {}", plural(hours, "hour"), plural(rest, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_in_london_time() {
        let cases = [
            ("2026-07-06T07:40:00Z", "08:40 on Monday 6 July"),
            ("2026-01-05T08:40:00Z", "08:40 on Monday 5 January"),
            // Clocks go forward on 29 March 2026 at 01:00 UTC and back on 25 October.
            ("2026-03-29T00:59:00Z", "00:59 on Sunday 29 March"),
            ("2026-03-29T01:00:00Z", "02:00 on Sunday 29 March"),
            ("2026-10-25T00:59:00Z", "01:59 on Sunday 25 October"),
            ("2026-10-25T01:00:00Z", "01:00 on Sunday 25 October"),
            ("2026-07-31T23:30:00Z", "00:30 on Saturday 1 August"),
        ];
        for (instant, expected) in cases {
            assert_eq!(spoken(instant.parse().expect("an instant")), expected, "{instant}");
        }
    }

    #[test]
    fn time_left_is_told_in_hours_and_minutes() {
        let cases = [
            (-5, "none"),
            (0, "none"),
            (1, "1 minute"),
            (59, "59 minutes"),
            (60, "1 hour"),
            (61, "1 hour 1 minute"),
            (180, "3 hours"),
            (3905, "65 hours 5 minutes"),
        ];
        for (minutes, expected) in cases {
            assert_eq!(span(minutes), expected);
        }
    }
}
