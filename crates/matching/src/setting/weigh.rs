//! One setting held against what the officer wrote and what is known of the child.

use std::ops::RangeInclusive;

use encompass_core::state::SettingKind;

use super::candidate::{By, Candidate, Points};
use super::index::{Form, Index, Known};
use super::phrase::{Phrase, Stage, Trait, short};
use crate::evidence::Compared;

/// How much of the words written has to be a setting's, by their weight, so that its name fits.
const NAME_FITS: f32 = 0.85;
/// How much of a saint's or a road's word counts that is written without "St" or "Road".
const SHORTENED: f32 = 0.6;
/// How much of the words written counts where only the town has them.
const TOWN_ALONE: f32 = 0.8;
/// How far from home a child goes to a setting of the stage at most, in kilometres.
const REACH: f32 = 12.0;
const REACH_OF_SECONDARY: f32 = 25.0;
/// How far at most, where the officer named the place.
const REACH_OF_NAMED: f32 = 60.0;

/// What was asked, prepared for weighing many settings.
pub(super) struct Prepared<'a> {
    pub phrase: &'a Phrase,
    pub words: Vec<Term>,
    pub ages: Option<&'a RangeInclusive<i16>>,
    pub homes: &'a [String],
}

/// A word that was written.
pub(super) struct Term {
    /// How much it tells, as [`Index::weight`] has it.
    weight: f32,
    /// The words of the dictionary that it can be.
    pub meanings: Vec<Meaning>,
}

/// A word of the dictionary that a word written can be.
#[derive(Clone, Copy)]
pub(super) struct Meaning {
    pub word: u32,
    /// How much of the word written it is, 0 to 1.
    pub share: f32,
}

/// How a setting fits by one of its names.
#[derive(Clone, Copy)]
struct Fit<'a> {
    form: &'a Form,
    /// How much of the words written is in the name or the place, 0 to 1.
    covered: f32,
    /// How much of the name was written, 0 to 1.
    said: f32,
}

impl<'a> Prepared<'a> {
    pub fn new(
        index: &Index,
        phrase: &'a Phrase,
        ages: Option<&'a RangeInclusive<i16>>,
        homes: &'a [String],
    ) -> Self {
        let words = phrase.words.iter().map(|word| term(index, word)).collect();
        Self { phrase, words, ages, homes }
    }

    /// Weighs one setting; `None` where hardly anything of the name is its.
    pub fn weigh(&self, index: &Index, known: &Known) -> Option<Candidate> {
        let place: Vec<u32> = known.street.iter().chain(&known.town).copied().collect();
        let place = self.shares(&place);
        let fits = known.forms.iter().map(|form| self.fit(index, form, &place));
        let by_name = |a: &Fit, b: &Fit| (a.covered, a.said).partial_cmp(&(b.covered, b.said));
        let best = fits.max_by(|a, b| by_name(a, b).unwrap_or(std::cmp::Ordering::Equal));
        let Fit { form, covered, said } = best?;
        // "The school in Larkfield" names no school: every one of the town has these words.
        let is_named = said > 0.0 || known.street.iter().any(|word| self.is_written(*word));
        let covered = if is_named { covered } else { covered * TOWN_ALONE };
        if covered < 0.5 {
            return None;
        }
        let is_placed = known.town.iter().any(|word| self.is_written(*word));
        let kind = self.kind(known, form);
        let age = self.age(known, form);
        let kilometres = self.kilometres(index, known);
        let area = area(kilometres, is_placed, known, form);
        Some(Candidate {
            setting: known.setting,
            points: Points {
                name: points(38.0 * covered) + points(7.0 * said),
                kind: of(kind, 15, 10),
                age: of(age, 20, 8),
                area: area_points(kilometres, is_placed),
            },
            by: if said == 0.0 { By::Place } else { form.by },
            name: if covered >= NAME_FITS { Compared::Agrees } else { Compared::Differs },
            kind,
            age,
            area,
            kilometres: kilometres.map(rounded),
        })
    }

    /// `place` has for every word written how much of it street and town are.
    fn fit<'f>(&self, index: &Index, form: &'f Form, place: &[f32]) -> Fit<'f> {
        let named = self.shares(&form.words);
        let all: f32 = self.words.iter().map(|term| term.weight).sum();
        let shares = named.iter().zip(place).zip(&self.words);
        let covered: f32 = shares.map(|((named, place), term)| named.max(*place) * term.weight).sum();
        let whole: f32 = form.words.iter().map(|word| index.weight(Some(*word))).sum();
        let written = form.words.iter().filter(|word| self.is_written(**word));
        let said: f32 = written.map(|word| index.weight(Some(*word))).sum();
        let said = if whole > 0.0 { said / whole } else { 0.0 };
        Fit { form, covered: covered / all.max(f32::EPSILON), said }
    }

    /// For every word written, how much of it these words are.
    fn shares(&self, words: &[u32]) -> Vec<f32> {
        let share = |term: &Term| {
            let meant = term.meanings.iter().filter(|meaning| words.contains(&meaning.word));
            meant.map(|meaning| meaning.share).fold(0.0_f32, f32::max)
        };
        self.words.iter().map(share).collect()
    }

    fn is_written(&self, word: u32) -> bool {
        self.words.iter().flat_map(|term| &term.meanings).any(|meaning| meaning.word == word)
    }

    /// Stage, church and sex.
    fn kind(&self, known: &Known, form: &Form) -> Compared {
        let (written, traits) = (&self.phrase.stages, &self.phrase.traits);
        let stages = stages(known, form);
        let excludes = |one: &Trait| form.traits.iter().any(|other| one.excludes(*other));
        let can_be = written.iter().any(|one| stages.iter().any(|stage| stage.can_be_called(*one)));
        let is_other = !written.is_empty() && !stages.is_empty() && !can_be;
        let is_same = written.iter().any(|one| stages.contains(one))
            || traits.iter().any(|one| form.traits.contains(one));
        if traits.iter().any(excludes) || is_other {
            Compared::Differs
        } else if is_same {
            Compared::Agrees
        } else {
            Compared::NotKnown
        }
    }

    /// Whether a child of the age is there. The register's ages are those at the beginning of a school year, so a child may
    /// be a year older.
    fn age(&self, known: &Known, form: &Form) -> Compared {
        let Some((first, last)) = ages(known, form) else { return Compared::NotKnown };
        match self.ages {
            None => Compared::NotKnown,
            Some(ages) if *ages.start() >= first && *ages.end() <= last => Compared::Agrees,
            Some(ages) if *ages.end() < first || *ages.start() > last => Compared::Differs,
            Some(_) => Compared::NotKnown,
        }
    }

    /// From the nearest of the homes; with several that lie apart, nothing is known.
    fn kilometres(&self, index: &Index, known: &Known) -> Option<f32> {
        let far = self
            .homes
            .iter()
            .filter_map(|home| index.gazetteer.kilometres(home, known.point, known.postcode.as_deref()));
        far.min_by(f32::total_cmp)
    }
}

fn area(kilometres: Option<f32>, is_placed: bool, known: &Known, form: &Form) -> Compared {
    let reach = if ages(known, form).is_some_and(|(_, last)| last > 12) { REACH_OF_SECONDARY } else { REACH };
    match kilometres {
        Some(far) if far <= reach => Compared::Agrees,
        Some(far) if is_placed && far <= REACH_OF_NAMED => Compared::Agrees,
        Some(_) => Compared::Differs,
        None if is_placed => Compared::Agrees,
        None => Compared::NotKnown,
    }
}

/// Points for what agrees, for what is not known, and none for what differs.
const fn of(compared: Compared, agrees: u8, not_known: u8) -> u8 {
    match compared {
        Compared::Agrees => agrees,
        Compared::NotKnown => not_known,
        Compared::Differs => 0,
    }
}

fn area_points(kilometres: Option<f32>, is_placed: bool) -> u8 {
    match kilometres {
        Some(far) => points(20.0 * (1.0 - ((far - 1.0) / 25.0).clamp(0.0, 1.0))),
        None if is_placed => 10,
        None => 0,
    }
}

/// Ages that a setting takes: by the directory, else by its name or kind.
fn ages(known: &Known, form: &Form) -> Option<(i16, i16)> {
    if let (Some(first), Some(last)) = known.ages {
        return Some((i16::from(first), i16::from(last)));
    }
    let ages = stages(known, form).into_iter().map(Stage::ages);
    ages.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
}

/// The stages of a setting by its name, else by its kind.
fn stages(known: &Known, form: &Form) -> Vec<Stage> {
    match known.kind {
        _ if !form.stages.is_empty() => form.stages.clone(),
        SettingKind::EarlyYears | SettingKind::Childminder => vec![Stage::Nursery],
        SettingKind::College => vec![Stage::College],
        _ => Vec::new(),
    }
}

/// What a word written can be in the dictionary.
fn term(index: &Index, word: &str) -> Term {
    let exact = index.id(word);
    let mut found: Vec<Meaning> = exact.map(|word| Meaning { word, share: 1.0 }).into_iter().collect();
    if exact.is_none() {
        found.extend(index.near(word));
    }
    if let Some(word) = short(word).and_then(|short| index.id(short)) {
        found.push(Meaning { word, share: SHORTENED });
    }
    // A word that stands alone may be the name of a saint or a road that the directory has in full.
    let alone = found.iter().filter(|meaning| !index.text(meaning.word).contains('-'));
    let longer = alone.flat_map(|Meaning { word, share }| {
        index.longer(*word).map(move |word| Meaning { word, share: share * SHORTENED })
    });
    let longer: Vec<Meaning> = longer.collect();
    found.extend(longer);
    let weights = found.iter().map(|meaning| index.weight(Some(meaning.word)) * meaning.share);
    let weight = weights.fold(f32::NAN, f32::max);
    let is_known = exact.is_some() || weight.is_nan();
    Term { weight: if is_known { index.weight(exact) } else { weight }, meanings: found }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn points(share: f32) -> u8 {
    share.round().clamp(0.0, 100.0) as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kilometres within one country")]
fn rounded(kilometres: f32) -> u16 {
    kilometres.round().clamp(0.0, 9999.0) as u16
}
