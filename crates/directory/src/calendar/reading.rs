use super::DayKind;

/// What an event's summary says about its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// It says what they are.
    Is(DayKind),
    /// It marks the edge of a span ("term ends") or contradicts itself, so its days can't be told.
    Edge,
    /// It says nothing that we know.
    Silent,
}

const INSET: &[&str] = &[
    "inset",
    "inset day",
    "training day",
    "staff training",
    "teacher training",
    "pd day",
    "non pupil day",
    "professional development",
    "disaggregated",
];
const HOLIDAY: &[&str] =
    &["holiday", "holidays", "half term", "half terms", "vacation", "christmas break", "easter break"];
const CLOSED: &[&str] = &["closed", "closure", "occasional day", "no school", "non school"];
const TERM: &[&str] = &["term", "term day", "school day", "school open", "open to pupils"];
const EDGE: &[&str] = &[
    "start",
    "starts",
    "begin",
    "begins",
    "end",
    "ends",
    "first",
    "last",
    "return",
    "returns",
    "back",
    "before",
    "after",
    "breaks up",
    "break up",
    "club",
];

/// Reads a summary by whole words.
pub(super) fn read(summary: &str) -> Reading {
    let words = words(summary);
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(&format!(" {phrase} ")));
    if says(EDGE) {
        return Reading::Edge;
    }
    // "Half term" and "half-term holiday" are no term.
    let halves = says(&["half term", "half terms"]);
    let term = (says(TERM) && !halves) || is_numbered_day(&words);
    match (says(INSET), says(CLOSED), says(HOLIDAY), term) {
        (false, false, false, false) => Reading::Silent,
        (true, _, _, false) => Reading::Is(DayKind::Inset),
        (false, _, true, false) => Reading::Is(DayKind::Holiday),
        (false, true, false, false) => Reading::Is(DayKind::Closed),
        (false, false, false, true) => Reading::Is(DayKind::Term),
        (_, _, _, true) => Reading::Edge,
    }
}

/// Small letters and digits, each word between single spaces.
fn words(summary: &str) -> String {
    let plain: String = summary.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<String> = plain.split_whitespace().map(str::to_lowercase).collect();
    format!(" {} ", words.join(" "))
}

/// "Day 7 (Week 2)", as timetables number school days.
fn is_numbered_day(words: &str) -> bool {
    let words: Vec<&str> = words.split_whitespace().collect();
    let number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    words.windows(4).any(|four| match four {
        ["day", day, "week", week] => number(day) && number(week),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{DayKind, Reading, read};

    #[test]
    fn summaries_are_read_by_clear_words_only() {
        let table = [
            ("Anyshire: Term day (Week 1)", Reading::Is(DayKind::Term)),
            ("SCH: Day 12 (Week 3)", Reading::Is(DayKind::Term)),
            ("Autumn term", Reading::Is(DayKind::Term)),
            ("Anyshire: Christmas holiday", Reading::Is(DayKind::Holiday)),
            ("May half-term", Reading::Is(DayKind::Holiday)),
            ("Closed: polling station", Reading::Is(DayKind::Closed)),
            ("Bank Holiday", Reading::Is(DayKind::Holiday)),
            ("INSET day (school closed to pupils)", Reading::Is(DayKind::Inset)),
            ("Staff training", Reading::Is(DayKind::Inset)),
            ("Half term begins", Reading::Edge),
            ("Last school day before the holidays", Reading::Edge),
            ("Holiday club", Reading::Edge),
            ("Bank holiday: school open", Reading::Edge),
            ("Not a school day: closed", Reading::Edge),
            ("Christmas concert", Reading::Silent),
            ("Insetting the scene", Reading::Silent),
            ("", Reading::Silent),
        ];
        for (summary, expected) in table {
            assert_eq!(read(summary), expected, "{summary}");
        }
    }
}
