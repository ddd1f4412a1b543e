//! Names that stand for one another.

use std::collections::HashMap;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

use crate::spelling::{Spelling, mask};

/// Groups of names: short and pet forms, and spellings in Latin letters.
pub(crate) struct Groups {
    /// The sets of groups that names are in; set 0 is "in none".
    sets: Vec<Vec<u16>>,
    members: Vec<Vec<&'static str>>,
    /// Every distinct name with its letters, to be held against a spelling.
    spellings: Vec<(u32, Spelling, u16)>,
    of: HashMap<&'static str, u16, FxBuildHasher>,
}

/// Groups of given names (`data/given.txt`).
pub(crate) static GIVEN: LazyLock<Groups> =
    LazyLock::new(|| Groups::read(include_str!("../../data/given.txt")));

/// Groups of family names (`data/family.txt`).
pub(crate) static FAMILY: LazyLock<Groups> =
    LazyLock::new(|| Groups::read(include_str!("../../data/family.txt")));

impl Groups {
    fn read(text: &'static str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let members: Vec<Vec<&str>> = lines.map(|line| line.split_whitespace().collect()).collect();
        let mut groups: HashMap<&str, Vec<u16>> = HashMap::new();
        for (number, group) in (0_u16..).zip(&members) {
            for name in group {
                let of = groups.entry(name).or_default();
                if of.last() != Some(&number) {
                    of.push(number);
                }
            }
        }
        let mut sets = vec![Vec::new()];
        let mut of = HashMap::default();
        let mut spellings = Vec::new();
        for (name, groups) in groups {
            let set = u16::try_from(sets.len()).expect("the file has fewer than 65,536 names");
            of.insert(name, set);
            spellings.push((mask(name), Spelling::new(name), set));
            sets.push(groups);
        }
        Self { sets, members, spellings, of }
    }

    /// The set of groups that a name is in; 0 when in none.
    pub fn set(&self, name: &str) -> u16 {
        self.of.get(name).copied().unwrap_or_default()
    }

    /// The groups of a set, rising.
    pub fn groups(&self, set: u16) -> &[u16] {
        &self.sets[usize::from(set)]
    }

    /// Whether two sets share a group.
    pub fn meet(&self, a: u16, b: u16) -> bool {
        a != 0 && b != 0 && self.groups(a).iter().any(|group| self.groups(b).contains(group))
    }

    /// Every name that shares a group with a set.
    pub fn members(&self, set: u16) -> impl Iterator<Item = &'static str> + '_ {
        self.groups(set).iter().flat_map(|group| self.members[usize::from(*group)].iter().copied())
    }

    /// The groups that have a name near a spelling.
    pub fn near(&self, spelling: &str, most: f32) -> Vec<u16> {
        let (letters, spelling) = (mask(spelling), Spelling::new(spelling));
        let is_near = |(of_name, name, _): &&(u32, Spelling, u16)| {
            (of_name ^ letters).count_ones() <= 3 && name.distance_within(&spelling, most) <= most
        };
        let near = self.spellings.iter().filter(is_near);
        near.flat_map(|(_, _, set)| self.groups(*set).iter().copied()).collect()
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }
}
