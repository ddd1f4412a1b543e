//! The keys by which a child is found.

use serde::{Deserialize, Serialize};

use super::hash;
use super::names::Names;
use super::record::Record;

/// What a key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The register's reference.
    Reference,
    /// Unique pupil number.
    Upn,
    /// NHS number.
    NhsNumber,
    /// Postcode and house number.
    House,
    /// Postcode.
    Postcode,
    /// House and street, wherever they are.
    Line,
    /// Birth date and the sound of the family name or half of it.
    BornFamily,
    /// Birth date and the sound of a given name.
    BornGiven,
    /// Birth date and outward part of the postcode.
    BornArea,
    /// Year and month of birth, sound of the family name, initial.
    MonthFamily,
    /// Outward part, sound of the family name, initial.
    AreaFamily,
    /// Outward part, sound of the first name, year of birth.
    AreaGiven,
    /// The sounds of family name and first name.
    FullName,
}

/// The key of a kind and up to three parts.
pub(crate) fn key(kind: Kind, parts: [u32; 3]) -> u64 {
    // The hash ends in a multiplication, so that its upper bits, which choose the bucket, are mixed best.
    hash(&(kind as u8, parts)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Hands over every key of a child. `area` is the number of its postcode's outward part.
pub(crate) fn each(record: &Record, area: u32, names: &Names, found: &mut dyn FnMut(Kind, u64)) {
    places(record, found);
    let mut tell = |kind, parts| found(kind, key(kind, parts));
    let mut sounds = Sounds::default();
    sounds.family(names, record.family);
    let families = sounds.len;
    sounds.given(names, record.given);
    let givens = sounds.len;
    for other in [record.preferred, record.middle[0]] {
        sounds.given(names, other);
    }
    let (families, given) = sounds.all[..sounds.len].split_at(families);
    let firsts = &given[..givens - families.len()];
    let initial = u32::from(names.fact(record.given).initial);
    if record.born != 0 {
        families.iter().for_each(|sound| tell(Kind::BornFamily, [record.born, *sound, 0]));
        given.iter().for_each(|sound| tell(Kind::BornGiven, [record.born, *sound, 0]));
        families.iter().for_each(|sound| tell(Kind::MonthFamily, [record.born >> 5, *sound, initial]));
    }
    if area != 0 {
        if record.born != 0 {
            tell(Kind::BornArea, [record.born, area, 0]);
            firsts.iter().for_each(|sound| tell(Kind::AreaGiven, [area, *sound, record.born >> 9]));
        }
        families.iter().for_each(|sound| tell(Kind::AreaFamily, [area, *sound, initial]));
    }
    for family in families {
        firsts.iter().take(1).for_each(|given| tell(Kind::FullName, [*family, *given, 0]));
    }
}

fn places(record: &Record, found: &mut dyn FnMut(Kind, u64)) {
    let mut tell = |kind, parts| found(kind, key(kind, parts));
    if record.upn != 0 {
        tell(Kind::Upn, [record.upn, 0, 0]);
    }
    if record.nhs != 0 {
        tell(Kind::NhsNumber, [record.nhs, 0, 0]);
    }
    if record.postcode != 0 {
        tell(Kind::Postcode, [record.postcode, 0, 0]);
        if record.house != 0 {
            tell(Kind::House, [record.postcode, record.house, 0]);
        }
    }
    if record.street != 0 {
        tell(Kind::Line, [record.street, record.house, 0]);
    }
}

/// The distinct sounds of a few names, without the heap: this runs for every child of a register.
#[derive(Default)]
struct Sounds {
    all: [u32; 12],
    len: usize,
}

impl Sounds {
    fn push(&mut self, sound: u32, from: usize) {
        if sound != 0 && self.len < self.all.len() && !self.all[from..self.len].contains(&sound) {
            self.all[self.len] = sound;
            self.len += 1;
        }
    }

    /// The whole name, and each word of one in several.
    fn family(&mut self, names: &Names, number: u32) {
        self.push(names.fact(number).sound, 0);
        self.words(names, number, 0, 3);
    }

    fn given(&mut self, names: &Names, number: u32) {
        let from = self.len;
        self.push(names.fact(number).sound, from);
        self.words(names, number, from, 2);
    }

    fn words(&mut self, names: &Names, number: u32, from: usize, most: usize) {
        if names.fact(number).is_several {
            names
                .text(number)
                .split(' ')
                .take(most)
                .for_each(|word| self.push(crate::spelling::sound(word), from));
        }
    }
}
