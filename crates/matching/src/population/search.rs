//! Which children of the register to compare.

use super::hash;
use super::key::{Kind, key};
use super::people::Population;
use super::query::{Query, Reach};
use super::record::Written;

/// More children than this under one key are too many to be a key.
const CROWD: usize = 300;
/// The same for keys that find little.
const FAR_CROWD: usize = 100;

impl Population {
    /// The children that a search finds, by rising number.
    pub(crate) fn search(&self, query: &Query, reach: Reach, found: &mut Vec<u32>) {
        found.clear();
        let (most, signs) = match reach {
            Reach::Near => (CROWD, 2),
            Reach::Far => (FAR_CROWD, 2),
            Reach::Farthest => (FAR_CROWD, 3),
        };
        let mut crowded = None;
        query.keys(reach, &mut |_, key| {
            let count = self.postings.count(key);
            if count <= most {
                found.extend(self.postings.get(key));
            } else if crowded.is_none_or(|(least, _)| count < least) {
                crowded = Some((count, key));
            }
        });
        // A register may repeat one child a thousand times: some of a crowd are better than nobody.
        if let (true, Some((_, key))) = (found.is_empty(), crowded) {
            found.extend(self.postings.get(key).take(most));
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|number| {
            let record = self.record_at(*number);
            !record.is_gone() && query.may_be(record, signs, self)
        });
    }

    /// The children at the address of another, that one included.
    pub(crate) fn household(&self, number: u32, found: &mut Vec<u32>) {
        let record = *self.record_at(number);
        found.clear();
        let key = match (record.written(), record.house) {
            (Written::Nothing, _) => None,
            (Written::Postcode, _) => Some(key(Kind::Postcode, [record.postcode, 0, 0])),
            (Written::Line, house) | (Written::Whole, house @ 0) => {
                Some(key(Kind::Line, [record.street, house, 0]))
            }
            (Written::Whole, house) => Some(key(Kind::House, [record.postcode, house, 0])),
        };
        if let Some(key) = key {
            let listed = self.postings.get(key).take(CROWD);
            found.extend(listed.filter(|other| {
                let other = self.record_at(*other);
                !other.is_gone() && other.shares_home(&record)
            }));
        }
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            found.push(number);
        }
    }
}

/// One number for the address of a child, the same for all who live there; different for each without an address.
pub(crate) fn home_of(population: &Population, number: u32) -> u64 {
    let record = population.record_at(number);
    match record.written() {
        Written::Nothing => u64::from(number) | 1 << 63,
        Written::Postcode => hash(&(record.postcode, record.family)),
        Written::Line | Written::Whole => hash(&(record.street, record.house, record.postcode)),
    }
}
