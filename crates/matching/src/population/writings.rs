//! The ways in which one child may be written: as registered, under former names, at former addresses.
//!
//! Each is a record of its own, one after the other, so that each is found by its own keys. Whoever counts children
//! counts the first only, and a name or a postcode once for each child that has it.

use std::ops::Range;

use super::Kind;
use super::key::key;
use super::names::{Names, Use};
use super::people::{Population, year_place};
use super::record::Record;

impl Population {
    /// The first writing of the child that a record is a writing of.
    pub(crate) fn child_of(&self, number: u32) -> u32 {
        let mut child = number;
        while self.record_at(child).is_further() {
            child -= 1;
        }
        child
    }

    /// All writings of a child, by its first.
    pub(crate) fn writings(&self, child: u32) -> Range<u32> {
        let further = self.records[child as usize + 1..].iter().take_while(|record| record.is_further());
        child..child + 1 + u32::try_from(further.count()).expect("a child has a handful")
    }

    /// Every child by its first writing, gone ones included.
    pub(super) fn children(&self) -> impl Iterator<Item = u32> {
        let numbered = (0..).zip(&self.records);
        numbered.filter(|(_, record)| !record.is_further()).map(|(number, _)| number)
    }

    /// How many children have a house and street: as many as that, or some more.
    pub(crate) fn at_line(&self, street: u32, house: u32) -> usize {
        let key = key(Kind::Line, [street, house, 0]);
        let listed = self.postings.count(key);
        if !self.has_further {
            return listed;
        }
        let is_again = |number: &u32| {
            let record = self.record_at(*number);
            let mut before = self.before(*number).iter();
            before.any(|other| (other.street, other.house) == (record.street, record.house))
        };
        listed - self.postings.get(key).filter(is_again).count()
    }

    /// The writings of the same child before this one.
    fn before(&self, number: u32) -> &[Record] {
        &self.records[self.child_of(number) as usize..number as usize]
    }

    /// Counts what a writing says and none before it has said of the same child, as one child more or one less.
    pub(super) fn count(&mut self, number: u32, comes: bool) {
        let record = *self.record_at(number);
        let before = self.before(number).to_vec();
        let is_new = |of: fn(&Record) -> u32| before.iter().all(|other| of(other) != of(&record));
        count_names(&mut self.names, &record, &before, comes);
        let change = |count: &mut u32| *count = if comes { *count + 1 } else { count.saturating_sub(1) };
        if is_new(|record| record.postcode) {
            change(&mut self.at_postcode[record.postcode as usize]);
        }
        let area = |record: &Record| self.area_of[record.postcode as usize];
        if before.iter().all(|other| area(other) != area(&record)) {
            change(&mut self.in_area[area(&record) as usize]);
        }
        if let Some(born) = record.born().filter(|_| is_new(|record| record.born)) {
            change(&mut self.years[year_place(born.year())]);
        }
    }
}

fn count_names(names: &mut Names, record: &Record, before: &[Record], comes: bool) {
    if before.iter().all(|other| other.given != record.given) {
        names.count(record.given, Use::Given(record.sex()), comes);
    }
    let said = words(names, before.iter().flat_map(givens));
    givens(record).into_iter().for_each(|given| count_words(names, given, Use::GivenWord, &said, comes));
    if before.iter().any(|other| other.family == record.family) {
        return;
    }
    names.count(record.family, Use::Family, comes);
    if names.fact(record.family).is_several {
        let several = before.iter().map(|other| other.family).filter(|name| names.fact(*name).is_several);
        let said = words(names, several);
        count_words(names, record.family, Use::FamilyWord, &said, comes);
    }
}

const fn givens(record: &Record) -> [u32; 4] {
    [record.given, record.preferred, record.middle[0], record.middle[1]]
}

/// The words of names that were counted before.
fn words(names: &Names, of: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut words = Vec::new();
    for number in of {
        words.push(number);
        words.extend(names.text(number).split(' ').filter_map(|word| names.find(word)));
    }
    words
}

fn count_words(names: &mut Names, number: u32, used: Use, said: &[u32], comes: bool) {
    if !names.fact(number).is_several {
        if !said.contains(&number) {
            names.count(number, used, comes);
        }
        return;
    }
    let words: Vec<String> = names.text(number).split(' ').map(str::to_owned).collect();
    for word in words {
        let word = names.intern(&word);
        if !said.contains(&word) {
            names.count(word, used, comes);
        }
    }
}
