//! Words that say nothing about which setting is meant: one list, for what officers write and for what settings are called.

use super::index::slips;
use super::sense::is_of_sense;

/// What an officer's text is besides a name.
pub(super) struct Cleared {
    /// The words without those about the child's year, and without the claims that it is taught at home.
    pub words: Vec<String>,
    /// How many such claims were made.
    pub claims: usize,
}

/// Takes out of a text what is about the child, and not about a setting.
pub(super) fn cleared(words: &[String]) -> Cleared {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut cleared = Cleared { words: Vec::new(), claims: 0 };
    let mut rest = words.as_slice();
    while let Some((first, after)) = rest.split_first() {
        if let Some(taken) = taught_at_home(rest) {
            cleared.claims += 1;
            rest = &rest[taken..];
        } else if let Some(taken) = year(rest) {
            rest = &rest[taken..];
        } else if let ["not", "sure" | "certain", ..] = rest {
            rest = &rest[2..];
        } else if let ["home", "from", "home", ..] = rest {
            // A usual name of a nursery, of words that say nothing one by one.
            cleared.words.push("homefromhome".to_owned());
            rest = &rest[3..];
        } else {
            cleared.words.push((*first).to_owned());
            rest = after;
        }
    }
    cleared
}

/// How many words at the beginning say that a child is taught at home.
pub(super) fn taught_at_home(words: &[&str]) -> Option<usize> {
    match words {
        ["ehe", ..] => Some(1),
        ["home", second, ..] if is_taught(second) => Some(2),
        [first, "at", "home", ..] if is_taught(first) => Some(3),
        // "In school, home with mum" is no claim.
        [first, "home", ..] if is_taught(first) && *first != "school" => Some(2),
        ["elective" | "electively", second, ..] if is_taught(second) && *second != "school" => Some(2),
        [first, "by", who, ..] if is_taught(first) && *first != "school" && is_family(who) => Some(3),
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

fn is_family(word: &str) -> bool {
    matches!(word, "mother" | "mum" | "mam" | "father" | "dad" | "parent" | "parents" | "carer")
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
        || is_family(word)
        || is_of_sense(word)
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
            | "to"
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
            | "does"
            | "do"
            | "know"
            | "say"
            | "said"
            | "says"
            | "state"
            | "disclose"
            | "disclosed"
            | "given"
            | "provide"
            | "provided"
            | "asked"
            | "recorded"
            | "established"
            | "applicable"
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
    fn a_claim_to_be_taught_at_home_is_taken_out_and_a_name_is_not() {
        for (text, kept, claims) in [
            ("home educated", "", 1),
            ("Home-schooled", "", 1),
            ("elective home education", "elective", 1),
            ("EHE", "", 1),
            ("educated at home by mum", "by mum", 1),
            ("home ed, was at Oakfield", "was at oakfield", 1),
            ("not home educated", "not", 1),
            ("no school, home educated", "no school", 1),
            ("In school, home with mum", "in school home with mum", 0),
            ("educated by mum at home", "at home", 1),
            ("electively educated", "", 1),
            ("brought to school by mum", "brought to school by mum", 0),
            ("Home Farm Primary", "home farm primary", 0),
            ("Home from Home", "homefromhome", 0),
            ("children's home", "childrens home", 0),
            ("year three at Oakfield", "at oakfield", 0),
            ("KS2, aged 7, Oakfield", "oakfield", 0),
            ("School 21", "school 21", 0),
        ] {
            let cleared = cleared(&words(text));
            assert_eq!((cleared.words.join(" ").as_str(), cleared.claims), (kept, claims), "{text}");
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
