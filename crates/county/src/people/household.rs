//! Makes the families of a county.

use super::{Adult, Child, Household, age, nhs_number, school, school_year_start, upn};
use crate::names;
use crate::places::{self, AUTHORITIES};
use crate::random::Random;
use crate::setting::Setting;
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

/// How many of a hundred households have one, two, three and four children.
const CHILDREN: [usize; 4] = [34, 40, 19, 7];

/// The youngest child of a county is so many days old, so that no birth date is one of the days of a demonstration.
const YOUNGEST_DAYS: i64 = 45;

/// Households with at least `wanted` children together.
pub(crate) fn people(
    seed: u64,
    on: Date,
    settings: &[Setting],
    wanted: usize,
) -> (Vec<Household>, Vec<Child>) {
    let mut maker = Maker {
        random: Random::keyed(seed, "people"),
        on,
        schools: school::Schools::new(settings),
        households: Vec::new(),
        children: Vec::new(),
    };
    while maker.children.len() < wanted {
        maker.household();
    }
    maker.namesakes(seed);
    (maker.households, maker.children)
}

struct Maker {
    random: Random,
    on: Date,
    schools: school::Schools,
    households: Vec<Household>,
    children: Vec<Child>,
}

impl Maker {
    fn household(&mut self) {
        let number = self.households.len();
        let tradition = names::tradition(&mut self.random);
        let family = names::family(&mut self.random, tradition);
        let authority = usize::from(self.random.percent(41));
        let adults = [true, false].map(|female| self.adult(tradition, female, &family));
        let home = places::home(&mut self.random, &AUTHORITIES[authority], number);
        let births = self.births();
        let mut children = Vec::new();
        for (place, birth_date) in births.iter().enumerate() {
            let twin = births.iter().filter(|other| *other == birth_date).count() > 1;
            let other_name = place > 0 && !twin && self.random.percent(9);
            let family = if other_name { names::family(&mut self.random, tradition) } else { family.clone() };
            children.push(self.child(tradition, family, *birth_date, authority, twin, &children));
        }
        self.households.push(Household { authority, home, adults, children });
    }

    fn adult(&mut self, tradition: names::Tradition, female: bool, family: &str) -> Adult {
        let family = if self.random.percent(55) {
            family.to_owned()
        } else {
            names::family(&mut self.random, tradition)
        };
        Adult {
            given: names::given(&mut self.random, tradition, female).to_owned(),
            family,
            birth_date: self.on.saturating_sub(days(self.random.between(22 * 365, 49 * 365))),
            female,
        }
    }

    /// Birth dates of the children of one household, oldest first.
    fn births(&mut self) -> Vec<Date> {
        let count = self.random.weighted(&CHILDREN) + 1;
        let mut old_days = self.random.between(YOUNGEST_DAYS, 17 * 365);
        let mut births = vec![self.on.saturating_sub(days(old_days))];
        for _ in 1..count {
            let twin = self.random.percent(4);
            let apart = if twin { 0 } else { self.random.between(330, 1500) };
            if old_days + apart < 17 * 365 + 300 {
                old_days += apart;
                births.push(self.on.saturating_sub(days(old_days)));
            }
        }
        births.reverse();
        births
    }

    fn child(
        &mut self,
        tradition: names::Tradition,
        family: String,
        birth_date: Date,
        authority: usize,
        twin: bool,
        siblings: &[usize],
    ) -> usize {
        let index = self.children.len();
        let female = self.random.percent(50);
        let given = self.new_given(tradition, female, siblings);
        let elder =
            siblings.last().map(|&sibling| self.children[sibling].attends.clone()).unwrap_or_default();
        let school_age = age(birth_date, school_year_start(self.on));
        let seeker = school::Seeker { authority, school_age, elder: &elder };
        let place = self.schools.place(&mut self.random, &seeker);
        self.children.push(Child {
            index,
            household: self.households.len(),
            given,
            family,
            birth_date,
            female,
            upn: upn(AUTHORITIES[authority].code, index, birth_date.year() + 4),
            nhs_number: nhs_number(index),
            standing: place.standing,
            listed: place.listed,
            attends: place.attends,
            twin,
            namesake: false,
            dated: !self.random.percent(1),
        });
        index
    }

    /// A given name that no brother or sister has.
    fn new_given(&mut self, tradition: names::Tradition, female: bool, siblings: &[usize]) -> String {
        loop {
            let given = names::given(&mut self.random, tradition, female);
            if siblings.iter().all(|&sibling| self.children[sibling].given != given) {
                return given.to_owned();
            }
        }
    }

    /// Gives one child in 150 the names and the birth date of another who lives elsewhere, and marks every child whose
    /// names and birth date are not theirs alone.
    fn namesakes(&mut self, seed: u64) {
        let mut random = Random::keyed(seed, "namesakes");
        let mut plain: Vec<usize> =
            self.children.iter().filter(|child| child.is_plain()).map(|child| child.index).collect();
        plain.sort_by_key(|&index| (self.children[index].birth_date, index));
        for _ in 0..self.children.len() / 300 {
            let at = random.below(plain.len().saturating_sub(1));
            let Some(&[first, second]) =
                plain.get(at..at + 2).and_then(|pair| <&[usize; 2]>::try_from(pair).ok())
            else {
                continue;
            };
            if self.children[first].household != self.children[second].household {
                let model = self.children[first].clone();
                let copy = &mut self.children[second];
                (copy.given, copy.family) = (model.given, model.family);
                (copy.birth_date, copy.female) = (model.birth_date, model.female);
            }
        }
        self.mark_namesakes();
    }

    fn mark_namesakes(&mut self) {
        let mut seen = std::collections::HashMap::new();
        for child in &self.children {
            seen.entry((child.given.clone(), child.family.clone(), child.birth_date))
                .or_insert_with(Vec::new)
                .push(child.index);
        }
        for index in seen.into_values().filter(|same| same.len() > 1).flatten() {
            self.children[index].namesake = true;
        }
    }
}

fn days(count: i64) -> Span {
    count.days()
}
