//! From what the officer wrote to the settings that it can mean.

use std::ops::RangeInclusive;

use encompass_core::id::SettingId;
use serde::{Deserialize, Serialize};

use super::candidate::Candidate;
use super::index::Index;
use super::phrase::Phrase;
use super::sense::Sense;
use super::weigh::Prepared;
use crate::evidence::Compared;

/// How many candidates a person is shown.
const SHOWN: usize = 5;
/// How many points the best has to be ahead of the second.
const MARGIN: u8 = 12;
/// A word that more settings have than this finds none by itself, unless nothing rarer was written.
const COMMON: usize = 5_000;

/// What the officer wrote about the setting, and what is known of the child.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The officer's words.
    pub words: &'a str,
    /// The ages in whole years that the child can have.
    pub ages: Option<&'a RangeInclusive<i16>>,
    /// Postcodes of the home, capitals with one space.
    pub homes: &'a [String],
}

/// The settings that the officer's words can mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// The one setting that fits by name, area and age, with a clear margin over the second.
    pub confirmed: Option<SettingId>,
    /// The best, five at most, the best first.
    pub candidates: Vec<Candidate>,
    /// Every setting whose name and kind are as written, wherever it lies.
    #[serde(skip)]
    pub meant: Vec<SettingId>,
}

impl Index {
    /// Finds the settings that an officer's words can mean. Nothing is found where they say nothing of use.
    pub fn find(&self, asked: &Asked<'_>) -> Findings {
        let phrase = self.joined(Phrase::of(asked.words));
        let prepared = Prepared::new(self, &phrase, asked.ages, asked.homes);
        let places = self.places(&prepared);
        let weighed =
            places.into_iter().filter_map(|place| prepared.weigh(self, &self.settings[place as usize]));
        let mut candidates: Vec<Candidate> = weighed.collect();
        candidates.sort_by_key(|one| (std::cmp::Reverse((one.fits(), one.points.total())), one.setting));
        let is_meant = |one: &&Candidate| one.name == Compared::Agrees && one.kind != Compared::Differs;
        let meant = candidates.iter().filter(is_meant).map(|one| one.setting).collect();
        let is_meant_so = phrase.sense == Sense::Stated && !phrase.is_taught_at_home;
        let confirmed = confirmed(&candidates).filter(|_| is_meant_so);
        candidates.truncate(SHOWN);
        Findings { confirmed, candidates, meant }
    }

    /// Two words that the directory writes as one: "Oak Field".
    fn joined(&self, phrase: Phrase) -> Phrase {
        let mut words: Vec<String> = Vec::with_capacity(phrase.words.len());
        for word in phrase.words {
            let joined = words.last().map(|before| format!("{before}{word}"));
            let is_odd =
                self.id(&word).is_none() || words.last().is_some_and(|before| self.id(before).is_none());
            match joined.filter(|joined| is_odd && self.id(joined).is_some()) {
                Some(joined) => *words.last_mut().expect("there is a word before") = joined,
                None => words.push(word),
            }
        }
        Phrase { words, ..phrase }
    }

    /// The settings that have one of the rarer words, by their places.
    fn places(&self, prepared: &Prepared<'_>) -> Vec<u32> {
        let all: Vec<u32> =
            prepared.words.iter().flat_map(|term| &term.meanings).map(|meaning| meaning.word).collect();
        let rarest = all.iter().map(|word| self.with(*word).len()).min().unwrap_or(0);
        let is_rare = |word: &&u32| self.with(**word).len() <= COMMON.max(rarest);
        let mut places: Vec<u32> =
            all.iter().filter(is_rare).flat_map(|word| self.with(*word)).copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// The best, where it alone fits and the second is clearly behind.
fn confirmed(candidates: &[Candidate]) -> Option<SettingId> {
    let best = candidates.first().filter(|best| best.fits())?;
    let is_near =
        |other: &Candidate| other.fits() || other.points.total().saturating_add(MARGIN) > best.points.total();
    (!candidates[1..].iter().any(is_near)).then_some(best.setting)
}
