//! Names for made-up people, written for this project from many naming traditions; no list of real people was used.
//!
//! Every name of a child's household has at least six letters and is no word of our logs, so that finding one in a log,
//! a metric or a store's file means that it leaked. Staff have lists of their own, since a contact's name may be shown.

mod family;
mod given;

use crate::random::Random;

/// The naming tradition of a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tradition(usize);

/// How often each tradition occurs, in the order of the lists.
const WEIGHTS: [usize; 12] = [30, 8, 6, 6, 8, 5, 5, 7, 4, 4, 5, 4];

/// Draws a tradition by its weight.
pub(crate) fn tradition(random: &mut Random) -> Tradition {
    Tradition(random.weighted(&WEIGHTS))
}

/// A given name of the tradition.
pub(crate) fn given(random: &mut Random, tradition: Tradition, female: bool) -> &'static str {
    let list = &given::BY_TRADITION[tradition.0];
    random.pick(if female { &list.0 } else { &list.1 })
}

/// A family name of the tradition; one in nine has two parts, as many traditions write it.
pub(crate) fn family(random: &mut Random, tradition: Tradition) -> String {
    let list = &family::BY_TRADITION[tradition.0];
    let first = random.pick(list);
    let second = random.pick(list);
    if first != second && random.percent(11) { format!("{first}-{second}") } else { (*first).to_owned() }
}

/// A given name for the index, the same for the same index.
pub(crate) fn given_at(index: usize) -> &'static str {
    let list = &given::BY_TRADITION[index % given::BY_TRADITION.len()];
    let place = index / given::BY_TRADITION.len();
    if place.is_multiple_of(2) { list.0[place / 2 % list.0.len()] } else { list.1[place / 2 % list.1.len()] }
}

/// A name as a hurried person types it: two neighbouring letters inside the name change places, or one is left out.
pub(crate) fn misspelt(random: &mut Random, name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let places: Vec<usize> = (1..letters.len() - 1).filter(|&at| letters[at] != letters[at + 1]).collect();
    let Some(&at) = places.get(random.below(places.len())) else { return format!("{name}e") };
    if random.percent(50) {
        letters.swap(at, at + 1);
    } else {
        letters.remove(at);
    }
    letters.into_iter().collect()
}

/// A name of somebody who works at a setting.
pub(crate) fn staff(random: &mut Random) -> String {
    format!("{} {}", random.pick(&given::STAFF), random.pick(&family::STAFF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_households_are_long_enough_to_be_searched_for() {
        let lists = given::BY_TRADITION.iter().flat_map(|(female, male)| female.iter().chain(male));
        for name in lists.chain(family::BY_TRADITION.iter().flatten()) {
            assert!(name.chars().count() >= 6, "{name}");
        }
    }

    #[test]
    fn no_household_bears_a_name_of_the_staff_lists() {
        for name in given::BY_TRADITION.iter().flat_map(|(female, male)| female.iter().chain(male)) {
            assert!(!given::STAFF.contains(name), "{name}");
        }
        for name in family::BY_TRADITION.iter().flatten() {
            assert!(!family::STAFF.contains(name), "{name}");
        }
    }

    #[test]
    fn a_misspelt_name_differs_from_the_name() {
        for seed in 0..500 {
            let mut random = Random::new(seed);
            let tradition = tradition(&mut random);
            let name = given(&mut random, tradition, seed % 2 == 0);
            assert_ne!(misspelt(&mut random, name), name);
        }
    }
}
