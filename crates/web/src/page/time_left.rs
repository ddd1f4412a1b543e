//! How much time is left until something is due, in words first.

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::Timestamp;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// The time left until a due time, as words with a colour and a bar that empties over the last day.
#[derive(Template)]
#[template(path = "part/time_left.html")]
pub struct TimeLeft {
    /// Whole minutes, rounded down; below nothing once late.
    minutes: i64,
}

impl TimeLeft {
    /// From `now` until `due`.
    pub fn until(due: Timestamp, now: Timestamp) -> Self {
        Self { minutes: due.duration_since(now).as_secs().div_euclid(60) }
    }

    fn class(&self) -> &'static str {
        match self.minutes {
            ..0 => " app-time-left--late",
            0..HOUR => " app-time-left--short",
            HOUR..240 => " app-time-left--soon",
            _ => "",
        }
    }

    fn bar(&self) -> Option<i64> {
        (0..DAY).contains(&self.minutes).then_some(self.minutes * 100 / DAY)
    }

    fn words(&self) -> String {
        let minutes = self.minutes.abs();
        let span = match (minutes / DAY, minutes % DAY / HOUR, minutes % HOUR) {
            (0, 0, minutes) => counted(minutes, "minute"),
            (0, hours, 0) => counted(hours, "hour"),
            (0, hours, minutes) => format!("{} {}", counted(hours, "hour"), counted(minutes, "minute")),
            (days, 0, _) => counted(days, "day"),
            (days, hours, _) => format!("{} {}", counted(days, "day"), counted(hours, "hour")),
        };
        format!("{span} {}", if self.minutes < 0 { "late" } else { "left" })
    }
}

impl HtmlSafe for TimeLeft {}

fn counted(number: i64, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_in_the_two_largest_units() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        for (seconds, words, class) in [
            (0, "0 minutes left", " app-time-left--short"),
            (-1, "1 minute late", " app-time-left--late"),
            (119, "1 minute left", " app-time-left--short"),
            (3600, "1 hour left", " app-time-left--soon"),
            (2 * 3600 + 300, "2 hours 5 minutes left", " app-time-left--soon"),
            (5 * 3600, "5 hours left", ""),
            (86_400, "1 day left", ""),
            (86_400 * 2 + 3600 + 60, "2 days 1 hour left", ""),
            (-90_000, "1 day 1 hour late", " app-time-left--late"),
        ] {
            let due = Timestamp::from_second(1_700_000_000 + seconds).unwrap();
            let left = TimeLeft::until(due, now);
            assert_eq!((left.words().as_str(), left.class()), (words, class), "{seconds} s");
        }
    }
}
