//! What a name, or an officer's word for one, is made of: words that tell settings apart, and words that say of what kind
//! a setting is.

use std::collections::BTreeSet;

use super::generic::{Cleared, cleared, is_generic, respelt};
use super::sense::{Sense, Tone};
use crate::normalise::{setting_name, words};

/// The stage of education that a word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Nursery,
    Infant,
    Junior,
    First,
    Primary,
    Middle,
    Secondary,
    College,
}

impl Stage {
    /// Whether a setting of this stage can be what somebody calls by another: a nursery may be a class of a school, a
    /// school is no nursery.
    pub fn can_be_called(self, written: Self) -> bool {
        match (written, self) {
            (Self::Nursery, setting) => setting.ages().0 < Self::Nursery.ages().1,
            (_, Self::Nursery) => false,
            (written, setting) => written.ages().0 < setting.ages().1 && setting.ages().0 < written.ages().1,
        }
    }

    /// The usual ages, first and last, in years.
    pub const fn ages(self) -> (i16, i16) {
        match self {
            Self::Nursery => (0, 4),
            Self::Infant => (3, 7),
            Self::Junior => (7, 11),
            Self::First => (3, 10),
            Self::Primary => (3, 11),
            Self::Middle => (8, 14),
            Self::Secondary => (11, 18),
            Self::College => (14, 19),
        }
    }
}

/// A church or a sex that a name can state: two different ones are two different schools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trait {
    Anglican,
    Catholic,
    Methodist,
    Girls,
    Boys,
}

impl Trait {
    /// Whether nobody is both.
    pub const fn excludes(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::Girls, Self::Boys)
                | (Self::Boys, Self::Girls)
                | (Self::Catholic, Self::Anglican | Self::Methodist)
                | (Self::Anglican | Self::Methodist, Self::Catholic)
        )
    }
}

/// A name in its parts.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Phrase {
    /// Words that tell one setting from another, in their order: a saint and a road are one word each, `st-mary`,
    /// `bury-road`.
    pub words: Vec<String>,
    pub stages: BTreeSet<Stage>,
    pub traits: BTreeSet<Trait>,
    /// Whether it says that the child is taught at home.
    pub is_taught_at_home: bool,
    /// Whether it says that the child is not taught at home, or no longer.
    pub is_not_taught_at_home: bool,
    /// In what sense it was written.
    pub sense: Sense,
}

impl Phrase {
    pub fn of(text: &str) -> Self {
        let Tone { sense, denied_claims } = Tone::of(text);
        let Cleared { words, claims } = cleared(&words(&setting_name(&text.replace(['/', '.'], " "))));
        let mut phrase = Self {
            is_taught_at_home: claims > denied_claims,
            is_not_taught_at_home: denied_claims > 0,
            sense,
            ..Self::default()
        };
        let mut words = words.iter().map(String::as_str).peekable();
        while let Some(word) = words.next() {
            let next = words.peek().copied();
            let stage = next.and_then(|next| stage_of_two(word, next));
            let one_trait = next.and_then(|next| trait_of_two(word, next));
            if stage.is_some() || one_trait.is_some() {
                words.next();
                phrase.stages.extend(stage);
                phrase.traits.extend(one_trait);
                continue;
            }
            match (word, next) {
                ("high" | "upper" | "middle" | "first", Some(street)) if road(street).is_some() => {
                    phrase.words.push(word.to_owned());
                }
                ("st" | "ss" | "sts", Some(saint)) if !is_generic(saint) && self::stage(saint).is_none() => {
                    words.next();
                    phrase.words.push(format!("st-{}", stem(saint)));
                }
                _ => phrase.take(word),
            }
        }
        phrase
    }

    fn take(&mut self, word: &str) {
        if let Some(stage) = stage(word) {
            self.stages.extend(stage);
        } else if let Some(one) = one_trait(word) {
            self.traits.insert(one);
        } else if let Some(road) = road(word)
            && let Some(before) = self.words.pop()
        {
            // "High Street" says more than "high" and "street" apart.
            self.words.push(if before.contains('-') { before } else { format!("{before}-{road}") });
        } else if let Some(kind) = respelt(word).filter(|kind| *kind != word) {
            self.take(kind);
        } else if !is_generic(word) {
            self.words.push(stem(word).to_owned());
        }
    }
}

impl std::fmt::Debug for Phrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phrase(…)")
    }
}

/// The part of a saint's or a road's word that is written alone, too: `mary` of `st-mary`, `bury` of `bury-road`.
pub(super) fn short(word: &str) -> Option<&str> {
    match word.split_once('-')? {
        ("st", saint) => Some(saint),
        (name, _) => Some(name),
    }
}

/// Without the s of a possessive or a plural, so that "Mary", "Marys" and "Mary's" are one.
fn stem(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

/// A stage in two words.
fn stage_of_two(first: &str, second: &str) -> Option<Stage> {
    match (first, second) {
        ("pre", "school") | ("play", "group") | ("day", "nursery") | ("early", "years") => {
            Some(Stage::Nursery)
        }
        ("sixth" | "6th", "form") => Some(Stage::College),
        ("j", "i") => Some(Stage::Primary),
        _ => None,
    }
}

/// A church in two letters.
fn trait_of_two(first: &str, second: &str) -> Option<Trait> {
    match (first, second) {
        ("r", "c") => Some(Trait::Catholic),
        ("c", "e") => Some(Trait::Anglican),
        _ => None,
    }
}

fn stage(word: &str) -> Option<Vec<Stage>> {
    Some(match word {
        "nursery" | "nurseries" | "preschool" | "playgroup" | "playschool" | "kindergarten" | "daycare"
        | "creche" | "nurs" | "childminder" => vec![Stage::Nursery],
        "infant" | "infants" | "inf" | "infs" => vec![Stage::Infant],
        "junior" | "juniors" | "jun" | "jnr" | "jr" => vec![Stage::Junior],
        "first" => vec![Stage::First],
        "primary" | "prim" | "pri" | "jmi" | "jm" | "jmin" | "elementary" => vec![Stage::Primary],
        "middle" | "mid" => vec![Stage::Middle],
        "secondary" | "sec" | "high" | "hs" | "upper" | "comprehensive" | "comp" | "senior" | "grammar" => {
            vec![Stage::Secondary]
        }
        // A college by name may be a school for pupils from eleven.
        "college" | "coll" => vec![Stage::Secondary, Stage::College],
        _ => return None,
    })
}

fn one_trait(word: &str) -> Option<Trait> {
    Some(match word {
        "ce" | "cofe" | "coe" | "anglican" | "cw" => Trait::Anglican,
        "rc" | "catholic" => Trait::Catholic,
        "methodist" | "meth" => Trait::Methodist,
        "girls" | "girl" => Trait::Girls,
        "boys" | "boy" => Trait::Boys,
        _ => return None,
    })
}

fn road(word: &str) -> Option<&'static str> {
    Some(match word {
        "road" | "rd" => "road",
        "street" | "st" | "str" => "street",
        "lane" | "ln" => "lane",
        "avenue" | "ave" | "av" => "avenue",
        "drive" | "dr" => "drive",
        "close" | "cl" => "close",
        "crescent" | "cres" => "crescent",
        "way" => "way",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_apart_into_words_stages_and_traits() {
        for (text, words, stages, traits) in [
            ("St Marys", vec!["st-mary"], vec![], vec![]),
            ("Saint Mary's R.C. JMI", vec!["st-mary"], vec![Stage::Primary], vec![Trait::Catholic]),
            ("st. mary RC Prim Sch", vec!["st-mary"], vec![Stage::Primary], vec![Trait::Catholic]),
            ("the primary on Bury Road", vec!["bury-road"], vec![Stage::Primary], vec![]),
            ("Primary, Bury Rd", vec!["bury-road"], vec![Stage::Primary], vec![]),
            ("High St Infants", vec!["high-street"], vec![Stage::Infant], vec![]),
            ("Oakfield C of E Acad", vec!["oakfield"], vec![], vec![Trait::Anglican]),
            ("Oakfield Church of England Academy", vec!["oakfield"], vec![], vec![Trait::Anglican]),
            ("Year 4 at Oakfield", vec!["oakfield"], vec![], vec![]),
            ("Y10 Oakfield HS", vec!["oakfield"], vec![Stage::Secondary], vec![]),
            ("Little Acorns Pre-School", vec!["little", "acorn"], vec![Stage::Nursery], vec![]),
            ("Marlow Coll", vec!["marlow"], vec![Stage::Secondary, Stage::College], vec![]),
            ("Bury St Edmunds 6th form", vec!["bury", "st-edmund"], vec![Stage::College], vec![]),
            ("Wexcombe Girls'", vec!["wexcombe"], vec![], vec![Trait::Girls]),
            ("not known", vec![], vec![], vec![]),
            ("home educated", vec![], vec![], vec![]),
        ] {
            let phrase = Phrase::of(text);
            assert_eq!(phrase.words, words, "{text}");
            assert_eq!(phrase.stages, stages.into_iter().collect(), "{text}");
            assert_eq!(phrase.traits, traits.into_iter().collect(), "{text}");
        }
    }
}
