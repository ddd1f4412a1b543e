//! The dictionary: from words to the settings that have them.

use std::collections::HashMap;

use encompass_core::id::SettingId;
use encompass_core::state::SettingKind;

use super::candidate::By;
use super::describe::{AliasKind, Described};
use super::phrase::{Phrase, Stage, Trait, short};
use super::place::Gazetteer;
use super::weigh::Meaning;

/// The settings of a directory, to be found by what officers write. Built once, read by many.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) settings: Vec<Known>,
    ids: HashMap<Box<str>, u32>,
    words: Vec<Word>,
    pub(super) gazetteer: Gazetteer,
}

/// A word that tells settings apart.
#[derive(Debug)]
struct Word {
    text: Box<str>,
    /// The settings that have it, by their places.
    settings: Vec<u32>,
    /// Saints and roads whose short form it is.
    longer: Vec<u32>,
}

/// One open setting.
#[derive(Debug)]
pub(super) struct Known {
    pub setting: SettingId,
    pub kind: SettingKind,
    pub forms: Vec<Form>,
    /// Words of the street.
    pub street: Vec<u32>,
    /// Words of town and locality.
    pub town: Vec<u32>,
    pub ages: (Option<u8>, Option<u8>),
    pub point: Option<(i32, i32)>,
    pub postcode: Option<Box<str>>,
}

/// One of its names.
#[derive(Debug)]
pub(super) struct Form {
    pub by: By,
    pub words: Vec<u32>,
    pub stages: Vec<Stage>,
    pub traits: Vec<Trait>,
}

impl Index {
    /// Builds it from the open settings of a directory.
    pub fn build(settings: impl IntoIterator<Item = Described>) -> Self {
        let mut index = Self::default();
        for described in settings {
            index.add(&described);
        }
        index
    }

    /// How many settings it knows.
    pub fn len(&self) -> usize {
        self.settings.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty()
    }

    fn add(&mut self, described: &Described) {
        let place =
            u32::try_from(self.settings.len()).expect("a directory has fewer than four billion settings");
        if let (Some(postcode), Some(point)) = (&described.postcode, described.point) {
            self.gazetteer.add(postcode, point);
        }
        let names = described.also.iter().map(|alias| {
            let by = match alias.kind {
                AliasKind::Former => By::FormerName,
                AliasKind::Site => By::Site,
            };
            (by, alias.name.as_str())
        });
        let names = std::iter::once((By::Name, described.name.as_str())).chain(names);
        let forms: Vec<Form> = names.map(|(by, name)| self.form(by, name)).collect();
        let street = self.place_words(described.street.as_deref());
        let town = self.place_words(described.town.as_deref());
        let mut all: Vec<u32> =
            forms.iter().flat_map(|form| &form.words).chain(&street).chain(&town).copied().collect();
        self.add_short(&mut all);
        for word in all {
            self.words[word as usize].settings.push(place);
        }
        self.settings.push(Known {
            setting: described.setting,
            kind: described.kind,
            forms,
            street,
            town,
            ages: described.ages,
            point: described.point,
            postcode: described.postcode.as_deref().map(Box::from),
        });
    }

    fn place_words(&mut self, text: Option<&str>) -> Vec<u32> {
        let phrase = text.map(Phrase::of).unwrap_or_default();
        phrase.words.iter().map(|word| self.intern(word)).collect()
    }

    fn form(&mut self, by: By, name: &str) -> Form {
        let phrase = Phrase::of(name);
        Form {
            by,
            words: phrase.words.iter().map(|word| self.intern(word)).collect(),
            stages: phrase.stages.into_iter().collect(),
            traits: phrase.traits.into_iter().collect(),
        }
    }

    /// Adds the words by which saints and roads are found, too.
    fn add_short(&mut self, all: &mut Vec<u32>) {
        for at in 0..all.len() {
            let word = all[at];
            let Some(text) = short(&self.words[word as usize].text).map(str::to_owned) else { continue };
            let short = self.intern(&text);
            let longer = &mut self.words[short as usize].longer;
            if !longer.contains(&word) {
                longer.push(word);
            }
            all.push(short);
        }
        all.sort_unstable();
        all.dedup();
    }

    fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).expect("a directory has fewer than four billion words");
        self.ids.insert(text.into(), id);
        self.words.push(Word { text: text.into(), settings: Vec::new(), longer: Vec::new() });
        id
    }

    pub(super) fn id(&self, word: &str) -> Option<u32> {
        self.ids.get(word).copied()
    }

    pub(super) fn text(&self, word: u32) -> &str {
        &self.words[word as usize].text
    }

    /// The settings that have a word, by their places.
    pub(super) fn with(&self, word: u32) -> &[u32] {
        &self.words[word as usize].settings
    }

    /// The saints and roads whose short form a word is.
    pub(super) fn longer(&self, word: u32) -> impl Iterator<Item = u32> + '_ {
        self.words[word as usize].longer.iter().copied()
    }

    /// How much a word tells: 1 for one that every setting has, one more for each time that it is about three times rarer.
    pub(super) fn weight(&self, word: Option<u32>) -> f32 {
        let settings = self.settings.len().max(1);
        let with = word.map_or(1, |word| self.with(word).len().max(1));
        #[expect(clippy::cast_precision_loss, reason = "a weight needs no more than six digits")]
        let rarity = settings as f32 / with as f32;
        1.0 + rarity.max(1.0).ln()
    }

    /// The words of the dictionary that differ from one that is not in it by a slip of the hand.
    pub(super) fn near(&self, text: &str) -> Vec<Meaning> {
        let letters = text.chars().count();
        let most = if letters >= 9 { 2 } else { usize::from(letters >= 5) };
        if most == 0 {
            return Vec::new();
        }
        let first = text.chars().next();
        let alike = self.words.iter().enumerate().filter_map(|(id, word)| {
            let is_near = word.text.chars().next() == first && word.text.len().abs_diff(text.len()) <= most;
            let slips = is_near.then(|| slips(text, &word.text, most))??;
            let share = if slips <= 1 { ONE_SLIP } else { TWO_SLIPS };
            Some(Meaning { word: u32::try_from(id).ok()?, share })
        });
        alike.collect()
    }
}

/// How much of a word counts that is spelt with one slip, and with two.
const ONE_SLIP: f32 = 0.9;
const TWO_SLIPS: f32 = 0.75;

/// Letters left out, added, changed, or changed round with their neighbour: how many, up to `most`.
pub(super) fn slips(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        if next.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        (before, row) = (row, next);
    }
    row.last().copied().filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_hand_are_counted() {
        for (a, b, expected) in [
            ("oakfield", "oakfield", Some(0)),
            ("oakfeild", "oakfield", Some(1)),
            ("oakfild", "oakfield", Some(1)),
            ("okfild", "oakfield", Some(2)),
            ("elmfield", "oakfield", None),
        ] {
            assert_eq!(slips(a, b, 2), expected, "{a} {b}");
        }
    }
}
