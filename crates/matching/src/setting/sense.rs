//! In what sense an officer's words are meant: that the child is there, perhaps is, or is there no longer.

use super::generic::taught_at_home;
use crate::normalise::words;

/// In what sense something was written, the plainest first: of several, the last counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sense {
    /// As a fact.
    #[default]
    Stated,
    /// As a guess, as a question or as not known.
    Guessed,
    /// As a place that refused the child, was declined or does not know it; without a name, as a refusal to say.
    Refused,
    /// As where the child is not, or is no longer: denied, past, left, excluded.
    Gone,
}

/// What the words around a name come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tone {
    pub sense: Sense,
    /// How many claims that the child is taught at home are denied.
    pub denied_claims: usize,
}

impl Tone {
    /// Of a text. What a comma or a dash parts is read apart: "No - home educated" denies another thing than "not home educated".
    pub fn of(text: &str) -> Self {
        let parted = text.replace(" -", ";").replace("- ", ";");
        let is_mark = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !is_within_word(c);
        let mut tone = Self::default();
        for part in parted.split(is_mark).map(words) {
            tone.hear(&part.iter().map(String::as_str).collect::<Vec<_>>());
        }
        if text.contains(['?', '？', '¿']) {
            tone.sense = tone.sense.max(Sense::Guessed);
        }
        tone
    }

    fn hear(&mut self, mut rest: &[&str]) {
        while !rest.is_empty() {
            let (sense, taken, claims) = heard(rest);
            self.sense = self.sense.max(sense);
            self.denied_claims += claims;
            rest = &rest[taken..];
        }
    }
}

/// Apostrophes, accents and hyphens are within words.
fn is_within_word(c: char) -> bool {
    matches!(c, '-' | '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʼ' | '\u{300}'..='\u{36f}')
}

/// The sense of what begins here, how many words it takes, and how many denied claims it is.
fn heard(words: &[&str]) -> (Sense, usize, usize) {
    if let Some(taken) = denied_claim(words) {
        return (Sense::Guessed, taken, 1);
    }
    if let Some(taken) = unanswered(words) {
        // "Not known at Larkfield" is the school's word about the child.
        let is_somebodys = matches!(words.get(taken), Some(&("at" | "to" | "by")));
        return (if is_somebodys { Sense::Refused } else { Sense::Guessed }, taken, 0);
    }
    match words {
        // At home for school, or at home after it.
        ["school", "at", "home", ..] => (Sense::Guessed, 3, 0),
        ["home", "from", "home", ..] => (Sense::Stated, 3, 0),
        ["did", "attend" | "go", ..] | ["yet", "to", ..] => (Sense::Gone, 2, 0),
        [word, ..] if is_denial(word) || is_past(word) => (Sense::Gone, 1, 0),
        [word, ..] if is_refusal(word) => (Sense::Refused, 1, 0),
        [word, ..] if is_guess(word) => (Sense::Guessed, 1, 0),
        _ => (Sense::Stated, 1, 0),
    }
}

/// How many words at the beginning deny that the child is taught at home: the denial directly before the claim, no other.
fn denied_claim(words: &[&str]) -> Option<usize> {
    let denial = match words {
        ["no", "longer", ..] => 2,
        ["not" | "never" | "isnt", ..] => 1,
        _ => return None,
    };
    taught_at_home(&words[denial..]).map(|claim| denial + claim)
}

/// How many words at the beginning say that nobody could say: "not known", "no school given", "would not provide details".
fn unanswered(words: &[&str]) -> Option<usize> {
    let [
        "no" | "not" | "doesnt" | "didnt" | "dont" | "wont" | "wouldnt" | "couldnt" | "hasnt" | "havent",
        rest @ ..,
    ] = words
    else {
        return None;
    };
    if rest.first().is_some_and(|word| matches!(*word, "say" | "said" | "sure" | "certain")) {
        return Some(2);
    }
    let between = rest.iter().take_while(|word| is_asked_for(word)).count();
    rest.get(between).filter(|word| is_telling(word)).map(|_| between + 2)
}

/// Whether a word is what was asked for: "no school given", "not yet known".
fn is_asked_for(word: &str) -> bool {
    matches!(word, "primary" | "secondary" | "school" | "nursery" | "college" | "setting" | "yet" | "been")
}

fn is_telling(word: &str) -> bool {
    matches!(
        word,
        "known"
            | "know"
            | "stated"
            | "state"
            | "given"
            | "provide"
            | "provided"
            | "disclose"
            | "disclosed"
            | "recorded"
            | "established"
            | "applicable"
            | "information"
            | "details"
            | "asked"
    )
}

/// Whether a word is about the sense, and so is no part of a name.
pub(super) fn is_of_sense(word: &str) -> bool {
    is_denial(word) || is_past(word) || is_refusal(word) || is_guess(word)
}

fn is_denial(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "no"
            | "never"
            | "longer"
            | "isnt"
            | "wasnt"
            | "doesnt"
            | "didnt"
            | "dont"
            | "wont"
            | "wouldnt"
            | "couldnt"
            | "cant"
            | "cannot"
            | "hasnt"
            | "havent"
    )
}

fn is_past(word: &str) -> bool {
    matches!(
        word,
        "was"
            | "went"
            | "attended"
            | "excluded"
            | "expelled"
            | "suspended"
            | "previously"
            | "previous"
            | "formerly"
            | "former"
            | "until"
            | "left"
            | "withdrawn"
            | "removed"
            | "deregistered"
    )
}

fn is_refusal(word: &str) -> bool {
    matches!(word, "refused" | "refuses" | "refusing" | "declined" | "declines" | "unwilling")
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
            | "near"
            | "from"
            | "would"
            | "could"
            | "did"
            | "yet"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_place_is_told_from_what_nobody_could_say() {
        for (text, sense) in [
            ("Larkfield", Sense::Stated),
            ("Year 3 at Larkfield, mum says", Sense::Stated),
            ("Larkfield?", Sense::Guessed),
            ("near Larkfield", Sense::Guessed),
            ("Larkfield, not sure", Sense::Guessed),
            ("year not known", Sense::Guessed),
            ("no school given", Sense::Guessed),
            ("no primary school recorded", Sense::Guessed),
            ("not yet known", Sense::Guessed),
            ("mum doesn't know", Sense::Guessed),
            ("mother would not say", Sense::Guessed),
            ("mum did say Larkfield", Sense::Guessed),
            ("mum refused to say", Sense::Refused),
            ("refused by Larkfield", Sense::Refused),
            ("not known at Larkfield", Sense::Refused),
            ("not known to mum", Sense::Refused),
            ("would attend Larkfield", Sense::Guessed),
            ("Home from Home", Sense::Stated),
            ("did attend Larkfield", Sense::Gone),
            ("yet to attend Larkfield", Sense::Gone),
            ("did not attend Larkfield", Sense::Gone),
            ("no longer at Larkfield", Sense::Gone),
            ("no longer at Larkfield, new school not known", Sense::Gone),
            ("not at school details not known", Sense::Gone),
            ("no school, said mum", Sense::Gone),
            ("isn’t in school", Sense::Gone),
            ("No", Sense::Gone),
            ("excluded", Sense::Gone),
            ("left Larkfield", Sense::Gone),
        ] {
            assert_eq!(Tone::of(text).sense, sense, "{text}");
        }
    }

    #[test]
    fn a_claim_to_be_taught_at_home_is_denied_only_by_the_words_directly_before_it() {
        for (text, denied_claims) in [
            ("not home educated", 1),
            ("isn't home-schooled", 1),
            ("never EHE", 1),
            ("no longer educated at home", 1),
            ("no school, home educated", 0),
            ("not in school - EHE", 0),
            ("doesn't attend, home schooled", 0),
            ("no longer at Larkfield, home educated", 0),
            ("No - home educated", 0),
            ("Never. Home educated", 0),
            ("not -EHE", 0),
            ("isn't (home schooled)", 0),
        ] {
            assert_eq!(Tone::of(text).denied_claims, denied_claims, "{text}");
        }
    }
}
