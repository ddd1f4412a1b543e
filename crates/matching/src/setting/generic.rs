//! Words that say nothing about which setting is meant: one list, for what officers write and for what settings are called.

use super::index::slips;

/// What an officer's text is besides a name.
pub(super) struct Cleared {
    /// The words without those about the child's year, and without the claim that it is taught at home.
    pub words: Vec<String>,
    /// Whether that claim was made.
    pub is_taught_at_home: bool,
    /// Whether what was written is denied, past, or no more than a guess.
    pub is_doubted: bool,
}

/// Takes out of a text what is about the child, and not about a setting.
pub(super) fn cleared(words: &[String]) -> Cleared {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_denied = words.iter().any(|word| is_denial(word));
    let is_doubted = is_denied || words.iter().any(|word| is_past(word) || is_guess(word));
    let (mut kept, mut is_claimed) = (Vec::new(), false);
    let mut rest = words.as_slice();
    while let Some((first, after)) = rest.split_first() {
        if let Some(taken) = taught_at_home(rest) {
            is_claimed = true;
            rest = &rest[taken..];
        } else if let Some(taken) = year(rest) {
            rest = &rest[taken..];
        } else {
            kept.push((*first).to_owned());
            rest = after;
        }
    }
    Cleared { words: kept, is_taught_at_home: is_claimed && !is_denied, is_doubted }
}

fn is_denial(word: &str) -> bool {
    matches!(word, "not" | "no" | "never" | "longer" | "isnt" | "wasnt" | "doesnt" | "didnt" | "dont")
}

fn is_past(word: &str) -> bool {
    matches!(word, "was" | "went" | "attended" | "excluded" | "previously" | "formerly" | "until")
}

fn is_guess(word: &str) -> bool {
    matches!(
        word,
        "possibly"
            | "maybe"
            | "perhaps"
            | "thinks"
            | "think"
            | "believed"
            | "believes"
            | "unknown"
            | "unsure"
    )
}

/// How many words at the beginning say that a child is taught at home.
fn taught_at_home(words: &[&str]) -> Option<usize> {
    match words {
        ["ehe", ..] => Some(1),
        ["home", second, ..] if is_taught(second) => Some(2),
        [first, "at", "home", ..] if is_taught(first) => Some(3),
        [first, "home", ..] if is_taught(first) => Some(2),
        _ => None,
    }
}

fn is_taught(word: &str) -> bool {
    matches!(
        word,
        "educated"
            | "education"
            | "educating"
            | "ed"
            | "schooled"
            | "schooling"
            | "school"
            | "taught"
            | "teaching"
            | "tutored"
            | "tuition"
            | "tutor"
    )
}

/// How many words at the beginning are about the child: "Year 4 at Oakfield", "aged 7", "key stage 2".
fn year(words: &[&str]) -> Option<usize> {
    match words {
        ["key", "stage", next, ..] if is_number(next) => Some(3),
        ["key", "stage", ..] | ["foundation", "stage", ..] => Some(2),
        ["year" | "yr" | "y" | "class" | "aged" | "age", next, ..] if next.len() <= 2 || is_number(next) => {
            Some(2)
        }
        [next, "years" | "yrs" | "year" | "yr", "old", ..] if is_number(next) => Some(3),
        [word, ..] if is_glued_year(word) => Some(1),
        _ => None,
    }
}

fn is_number(word: &str) -> bool {
    const WRITTEN: [&str; 13] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen",
    ];
    (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())) || WRITTEN.contains(&word)
}

/// "Y4", "yr10", "KS2", "FS1".
fn is_glued_year(word: &str) -> bool {
    let mut rests =
        ["year", "yr", "y", "ks", "fs"].into_iter().filter_map(|prefix| word.strip_prefix(prefix));
    rests.any(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The word of a kind that a misspelt one of some length is meant to be.
pub(super) fn respelt(word: &str) -> Option<&'static str> {
    const KINDS: [&str; 14] = [
        "primary",
        "nursery",
        "infants",
        "infant",
        "juniors",
        "junior",
        "secondary",
        "comprehensive",
        "academy",
        "college",
        "catholic",
        "reception",
        "school",
        "preschool",
    ];
    let is_alike = |kind: &&&str| word.len() >= 5 && slips(word, kind, 1).is_some();
    KINDS.iter().find(is_alike).copied()
}

/// Words that say nothing about which setting is meant.
pub(super) fn is_generic(word: &str) -> bool {
    is_of_any_setting(word)
        || is_of_a_sentence(word)
        || is_no_answer(word)
        || is_denial(word)
        || is_past(word)
        || is_guess(word)
}

fn is_of_any_setting(word: &str) -> bool {
    matches!(
        word,
        "school"
            | "schools"
            | "sch"
            | "schl"
            | "academy"
            | "acad"
            | "acadamy"
            | "local"
            | "reception"
            | "rec"
            | "eyfs"
            | "va"
            | "vc"
            | "aided"
            | "controlled"
            | "voluntary"
            | "foundation"
            | "community"
            | "comm"
            | "mixed"
            | "trust"
            | "centre"
            | "ltd"
            | "educated"
            | "schooled"
            | "education"
            | "elective"
            | "electively"
            | "childrens"
            | "children"
            | "child"
            | "home"
            | "year"
            | "yr"
            | "class"
    )
}

fn is_of_a_sentence(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "of"
            | "and"
            | "at"
            | "in"
            | "on"
            | "for"
            | "by"
            | "near"
            | "to"
            | "from"
            | "with"
            | "a"
            | "an"
            | "is"
            | "his"
            | "her"
            | "their"
            | "he"
            | "she"
            | "they"
            | "goes"
            | "attends"
            | "attend"
            | "attending"
            | "currently"
            | "now"
    )
}

/// "Unknown", "mother would not say", "none given", "not yet in school".
fn is_no_answer(word: &str) -> bool {
    matches!(
        word,
        "known"
            | "n"
            | "na"
            | "tbc"
            | "tba"
            | "stated"
            | "none"
            | "nil"
            | "nothing"
            | "yet"
            | "mother"
            | "mum"
            | "mam"
            | "father"
            | "dad"
            | "parent"
            | "parents"
            | "carer"
            | "would"
            | "wouldnt"
            | "could"
            | "couldnt"
            | "did"
            | "does"
            | "do"
            | "know"
            | "say"
            | "said"
            | "says"
            | "state"
            | "refused"
            | "refuses"
            | "refusing"
            | "declined"
            | "declines"
            | "disclose"
            | "disclosed"
            | "given"
            | "provide"
            | "provided"
            | "asked"
            | "recorded"
            | "established"
            | "applicable"
            | "unwilling"
            | "information"
            | "details"
            | "time"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::words;

    #[test]
    fn a_claim_to_be_taught_at_home_is_known_from_a_name_and_from_its_denial() {
        for (text, kept, expected) in [
            ("home educated", "", true),
            ("Home-schooled", "", true),
            ("elective home education", "elective", true),
            ("EHE", "", true),
            ("educated at home by mum", "by mum", true),
            ("home ed, was at Oakfield", "was at oakfield", true),
            ("not home educated", "not", false),
            ("no longer home schooled, Oakfield now", "no longer oakfield now", false),
            ("Home Farm Primary", "home farm primary", false),
            ("children's home", "childrens home", false),
            ("year three at Oakfield", "at oakfield", false),
            ("KS2, aged 7, Oakfield", "oakfield", false),
            ("School 21", "school 21", false),
        ] {
            let cleared = cleared(&words(text));
            assert_eq!(
                (cleared.words.join(" ").as_str(), cleared.is_taught_at_home),
                (kept, expected),
                "{text}"
            );
        }
    }

    #[test]
    fn a_word_for_a_kind_may_be_misspelt_and_a_name_is_not_taken_for_one() {
        for (word, expected) in [
            ("primry", Some("primary")),
            ("nursrey", Some("nursery")),
            ("acadamy", Some("academy")),
            ("seconday", Some("secondary")),
            ("priory", None),
            ("primrose", None),
            ("oakfield", None),
            ("inf", None),
        ] {
            assert_eq!(respelt(word), expected, "{word}");
        }
    }
}
