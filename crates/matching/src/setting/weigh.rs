//! One setting held against what the officer wrote and what is known of the child.

use std::ops::RangeInclusive;

use encompass_core::id::SettingId;
use encompass_core::state::SettingKind;
use serde::{Deserialize, Serialize};

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

/// By which of its names a setting fits best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Its name.
    Name,
    /// A name of before, or of a closed setting whose place it took.
    FormerName,
    /// The name of a site.
    Site,
    /// Where it lies: the street or the town was written, not the name.
    Place,
}

/// Points out of a hundred, for a bar each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// Name: 45 at most.
    pub name: u8,
    /// Kind of setting: 15 at most.
    pub kind: u8,
    /// The child's age: 20 at most.
    pub age: u8,
    /// Distance from the home: 20 at most.
    pub area: u8,
}

impl Points {
    /// The most that there are of each: a hundred together.
    pub const MOST: Self = Self { name: 45, kind: 15, age: 20, area: 20 };

    /// All of them.
    pub const fn total(self) -> u8 {
        self.name + self.kind + self.age + self.area
    }
}

/// A setting that the officer may mean, weighed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The setting.
    pub setting: SettingId,
    /// Its points.
    pub points: Points,
    /// By which name.
    pub by: By,
    /// Whether every word that tells settings apart is its.
    pub name: Compared,
    /// Whether stage, church and sex are as written.
    pub kind: Compared,
    /// Whether a child of the age is there.
    pub age: Compared,
    /// Whether it lies within reach of the home, or where the officer said.
    pub area: Compared,
    /// Kilometres from the home, about.
    pub kilometres: Option<u16>,
}

impl Candidate {
    /// Whether it fits in every respect that has to be known.
    pub fn fits(&self) -> bool {
        let known = [self.name, self.age, self.area];
        known.iter().all(|compared| *compared == Compared::Agrees) && self.kind != Compared::Differs
    }

    /// What fits and what does not, in plain words, without anybody's name.
    pub fn sentence(&self) -> String {
        let name = match (self.name, self.by) {
            (Compared::Agrees, By::Name) => "has every word of the name written",
            (Compared::Agrees, By::FormerName) => {
                "had the name written, or took the place of a setting that had it"
            }
            (Compared::Agrees, By::Site) => "has a site of the name written",
            (Compared::Agrees, By::Place) => "lies in the place written",
            _ => "has some of the words written",
        };
        let kind = match self.kind {
            Compared::Agrees => ", is of the kind written",
            Compared::Differs => ", is of another kind than written",
            Compared::NotKnown => "",
        };
        let age = match self.age {
            Compared::Agrees => ", takes children of this age",
            Compared::Differs => ", does not take children of this age",
            Compared::NotKnown => ", and whether it takes children of this age is not known",
        };
        let area = match (self.area, self.kilometres) {
            (Compared::NotKnown, _) => ", and how far it is from the home is not known".to_owned(),
            (_, None) => ", in the town written".to_owned(),
            (Compared::Agrees, Some(far)) => format!(", about {far} km from the home"),
            (Compared::Differs, Some(far)) => format!(", too far from the home with about {far} km"),
        };
        format!("{} of 100: {name}{kind}{age}{area}.", self.points.total())
    }
}

/// What was asked, prepared for weighing many settings.
pub(super) struct Prepared<'a> {
    pub phrase: &'a Phrase,
    /// For every word written: its weight, and the words of the dictionary that it can be, each with how much it counts.
    pub words: Vec<(f32, Vec<(u32, f32)>)>,
    pub ages: Option<&'a RangeInclusive<i16>>,
    pub homes: &'a [String],
}

impl<'a> Prepared<'a> {
    pub fn new(
        index: &Index,
        phrase: &'a Phrase,
        ages: Option<&'a RangeInclusive<i16>>,
        homes: &'a [String],
    ) -> Self {
        let words = phrase.words.iter().map(|word| meanings(index, word)).collect();
        Self { phrase, words, ages, homes }
    }

    /// Weighs one setting; `None` where hardly anything of the name is its.
    pub fn weigh(&self, index: &Index, known: &Known) -> Option<Candidate> {
        let place: Vec<u32> = known.street.iter().chain(&known.town).copied().collect();
        let place = self.shares(&place);
        let (form, covered, said) = known
            .forms
            .iter()
            .map(|form| {
                let (covered, said) = self.covered(index, form, &place);
                (form, covered, said)
            })
            .max_by(|a, b| (a.1, a.2).partial_cmp(&(b.1, b.2)).unwrap_or(std::cmp::Ordering::Equal))?;
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

    /// How much of the words written is in this name or its place, and how much of this name was written, 0 to 1 each.
    fn covered(&self, index: &Index, form: &Form, place: &[f32]) -> (f32, f32) {
        let named = self.shares(&form.words);
        let all: f32 = self.words.iter().map(|(weight, _)| weight).sum();
        let shares = named.iter().zip(place).zip(&self.words);
        let covered: f32 = shares.map(|((named, place), (weight, _))| named.max(*place) * weight).sum();
        let whole: f32 = form.words.iter().map(|word| index.weight(Some(*word))).sum();
        let written = form.words.iter().filter(|word| self.is_written(**word));
        let said: f32 = written.map(|word| index.weight(Some(*word))).sum();
        (covered / all.max(f32::EPSILON), if whole > 0.0 { said / whole } else { 0.0 })
    }

    /// For every word written, how much of it these words are.
    fn shares(&self, words: &[u32]) -> Vec<f32> {
        let share = |meanings: &Vec<(u32, f32)>| {
            let found = meanings.iter().filter(|(word, _)| words.contains(word)).map(|(_, share)| *share);
            found.fold(0.0_f32, f32::max)
        };
        self.words.iter().map(|(_, meanings)| share(meanings)).collect()
    }

    fn is_written(&self, word: u32) -> bool {
        self.words.iter().any(|(_, meanings)| meanings.iter().any(|(meant, _)| *meant == word))
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
fn meanings(index: &Index, word: &str) -> (f32, Vec<(u32, f32)>) {
    let exact = index.id(word);
    let mut found: Vec<(u32, f32)> = exact.map(|id| (id, 1.0)).into_iter().collect();
    if exact.is_none() {
        found.extend(index.near(word));
    }
    if let Some(id) = short(word).and_then(|short| index.id(short)) {
        found.push((id, SHORTENED));
    }
    // A word that stands alone may be the name of a saint or a road that the directory has in full.
    let longer: Vec<(u32, f32)> = found
        .iter()
        .filter(|(id, _)| !index.text(*id).contains('-'))
        .flat_map(|(id, share)| index.longer(*id).map(move |longer| (longer, share * SHORTENED)))
        .collect();
    found.extend(longer);
    let weight = found.iter().map(|(id, share)| index.weight(Some(*id)) * share).fold(f32::NAN, f32::max);
    (if exact.is_some() || weight.is_nan() { index.weight(exact) } else { weight }, found)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn points(share: f32) -> u8 {
    share.round().clamp(0.0, 100.0) as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kilometres within one country")]
fn rounded(kilometres: f32) -> u16 {
    kilometres.round().clamp(0.0, 9999.0) as u16
}
