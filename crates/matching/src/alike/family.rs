//! Family names.

use super::given::{DEGREES, OTHER_DEGREE};
use super::group::FAMILY;
use super::level::{Agreement, Family};
use crate::normalise::words;
use crate::population::{Fact, Names, Probe, Record};
use crate::weigh::Near;

/// The words of a family name, with its particles joined to the word that they belong to.
pub(crate) fn family_words(name: &str) -> Vec<String> {
    particles(words(name))
}

/// Joins the particles of a family name to the word that they belong to: `van der berg` is one word, `mc donald` too.
fn particles(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let mut pending = String::new();
    let count = words.len();
    for (at, word) in words.into_iter().enumerate() {
        pending.push_str(&word);
        if at + 1 == count || !PARTICLES.contains(&word.as_str()) {
            joined.push(std::mem::take(&mut pending));
        }
    }
    joined
}

const PARTICLES: [&str; 34] = [
    "mc", "mac", "o", "al", "el", "de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "la",
    "le", "las", "los", "van", "von", "der", "den", "ter", "ten", "bin", "ibn", "bint", "ben", "abu", "st",
    "ap", "ud", "ul",
];

/// A prefix that is put and left out at will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Particle;

impl Particle {
    /// The name without it.
    pub fn stem(name: &str) -> &str {
        let prefixes = ["mac", "mc", "al", "el", "o", "de", "da", "di", "abd"];
        let rest = prefixes.iter().filter_map(|prefix| name.strip_prefix(prefix));
        rest.map(|rest| rest.trim_start()).find(|rest| rest.len() > 3).unwrap_or(name)
    }
}

/// Letters by which a particle or an ending can set two names apart.
const ENDING: u32 = 5;

/// Holds a family name as typed against a child of the register.
pub(crate) fn family(
    probe: &Probe,
    record: &Record,
    names: &Names,
    near: &Near,
    total: f64,
) -> Agreement<Family> {
    if probe.is_empty() || record.family == 0 {
        return Agreement::silent(Family::Missing);
    }
    let field = Field { probe, record, names, near, total };
    field
        .known()
        .or_else(|| field.close())
        .or_else(|| field.half_close())
        .or_else(|| field.faith())
        .unwrap_or(Agreement::silent(Family::Different))
}

struct Field<'a> {
    probe: &'a Probe,
    record: &'a Record,
    names: &'a Names,
    near: &'a Near,
    total: f64,
}

impl Field<'_> {
    fn share(&self, count: u32) -> f64 {
        (f64::from(count) + 0.5) / (self.total + 1.0)
    }

    fn known(&self) -> Option<Agreement<Family>> {
        let (probe, fact) = (self.probe, self.names.fact(self.record.family));
        if probe.is(self.record.family, self.names) {
            return Some(Agreement::new(Family::Exact, self.share(fact.family)));
        }
        let either = self.share(fact.family.max(probe.whole.fact.family));
        let is_alike = probe.letters_apart(fact) <= ENDING;
        if !is_alike && !fact.is_several && probe.words.len() < 2 {
            return self.variant(fact);
        }
        let surname = self.names.text(self.record.family);
        if Particle::stem(&probe.joined) == Particle::stem(surname) {
            return Some(Agreement::new(Family::Particle, either));
        }
        if let Some(count) = self.half(surname) {
            return Some(Agreement::new(Family::Half, self.share(count)));
        }
        if is_gendered(&probe.joined, surname) {
            return Some(Agreement::new(Family::Gendered, either));
        }
        self.variant(fact)
    }

    /// Another spelling known to stand for it.
    fn variant(&self, fact: &Fact) -> Option<Agreement<Family>> {
        let set = self.probe.whole.fact.family_set;
        let count = || self.names.in_family_groups(set);
        FAMILY.meet(set, fact.family_set).then(|| Agreement::new(Family::Variant, self.share(count())))
    }

    /// A word that both have, where either has several; how many children have it.
    fn half(&self, surname: &str) -> Option<u32> {
        if !surname.contains(' ') && self.probe.words.len() < 2 {
            return None;
        }
        let words = self.probe.words.iter().filter(|word| word.text.len() > 1);
        let shared = words.filter(|word| surname.split(' ').any(|part| part == word.text));
        shared.map(|word| word.fact.family + word.fact.family_word).min()
    }

    fn close(&self) -> Option<Agreement<Family>> {
        let (probe, fact) = (self.probe, self.names.fact(self.record.family));
        let apart = probe.distance_to(self.record.family, self.names);
        let degree = DEGREES.iter().position(|most| apart <= *most)?;
        let level = [Family::CloseA, Family::CloseB, Family::CloseC][degree];
        let chance = self.share(fact.family) + self.near.family(degree, probe.length());
        Some(Agreement::new(level, chance))
    }

    fn half_close(&self) -> Option<Agreement<Family>> {
        let probe = self.probe;
        if !self.names.fact(self.record.family).is_several && probe.words.len() < 2 {
            return None;
        }
        probe.has_word_near(self.record.family, self.names).then(|| {
            let count = self.names.fact(self.record.family).family;
            let chance = self.share(count) + self.near.family(OTHER_DEGREE, probe.length());
            Agreement::new(Family::HalfClose, chance)
        })
    }

    /// Singh and Kaur stand beside a family name or in its place.
    fn faith(&self) -> Option<Agreement<Family>> {
        let faith = self.names.faith();
        let is_faith = |number: u32| faith.contains(&number);
        let count =
            |count: fn(&Fact) -> u32| faith.iter().map(|number| count(self.names.fact(*number))).sum();
        if is_faith(self.record.family) {
            return Some(Agreement::new(Family::Faith, self.share(count(|fact| fact.family))));
        }
        let has_middle = self.record.middle.into_iter().any(is_faith);
        (has_middle && self.probe.whole.number.is_some_and(is_faith))
            .then(|| Agreement::new(Family::Faith, self.share(count(|fact| fact.given_word))))
    }
}

/// Whether two names differ in the ending that tells a woman's from a man's.
fn is_gendered(a: &str, b: &str) -> bool {
    let fits = |a: &str, b: &str, (man, woman): (&str, &str)| {
        let stems = a.strip_suffix(man).zip(b.strip_suffix(woman));
        stems.is_some_and(|(a, b)| a == b && a.len() > 2)
    };
    ENDINGS.iter().any(|pair| fits(a, b, *pair) || fits(b, a, *pair))
}

/// Endings of men's and women's family names: Polish, Czech, Russian, Bulgarian, Lithuanian.
const ENDINGS: [(&str, &str); 14] = [
    ("ski", "ska"),
    ("cki", "cka"),
    ("dzki", "dzka"),
    ("ny", "na"),
    ("ov", "ova"),
    ("ev", "eva"),
    ("in", "ina"),
    ("y", "aya"),
    ("as", "aite"),
    ("as", "iene"),
    ("is", "yte"),
    ("is", "iene"),
    ("us", "ute"),
    ("us", "iene"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_belong_to_the_word_after_them() {
        for (name, expected) in [
            ("mc donald", "mcdonald"),
            ("o neill", "oneill"),
            ("van der berg", "vanderberg"),
            ("de la cruz martinez", "delacruz martinez"),
            ("al sayed", "alsayed"),
            ("smith jones", "smith jones"),
            ("el", "el"),
        ] {
            let words = name.split(' ').map(str::to_owned).collect();
            assert_eq!(particles(words).join(" "), expected);
        }
    }

    #[test]
    fn endings_of_women_and_men_meet() {
        for (a, b, expected) in [
            ("kowalski", "kowalska", true),
            ("kowalska", "kowalski", true),
            ("ivanova", "ivanov", true),
            ("kazlauskas", "kazlauskaite", true),
            ("nowak", "nowaka", false),
            ("ski", "ska", false),
        ] {
            assert_eq!(is_gendered(a, b), expected, "{a} {b}");
        }
    }
}
