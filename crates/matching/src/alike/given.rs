//! First names.

use super::group::GIVEN;
use super::level::{Agreement, Given};
use crate::normalise::words;
use crate::population::{Fact, Names, Probe, Record};
use crate::spelling::distance_within;
use crate::weigh::Near;

/// Spellings nearer than these are close in the first, second and third degree.
pub(super) const DEGREES: [f32; 3] = [0.12, 0.22, 0.34];
/// How near a middle name, a half or a short form has to be.
pub(super) const OTHER: f32 = 0.2;
/// How near one word of a name in several has to be.
const PART: f32 = 0.17;

/// What stands before a name and is none.
const TITLES: [&str; 7] = ["mr", "mrs", "miss", "ms", "mx", "master", "dr"];

/// The words of a first name, without a title.
pub(crate) fn given_words(name: &str) -> Vec<String> {
    let mut words = words(name);
    if words.len() > 1 && TITLES.contains(&words[0].as_str()) {
        words.remove(0);
    }
    words
}

/// Holds a first name as typed against a child of the register.
pub(crate) fn given(
    probe: &Probe,
    record: &Record,
    names: &Names,
    near: &Near,
    total: f64,
) -> Agreement<Given> {
    if probe.is_empty() || record.given == 0 {
        return Agreement::silent(Given::Missing);
    }
    let field = Field { probe, record, names, near, total };
    if probe.is_initial() {
        return field.initial();
    }
    field
        .known()
        .or_else(|| field.close())
        .or_else(|| field.other())
        .unwrap_or(Agreement::silent(Given::Different))
}

struct Field<'a> {
    probe: &'a Probe,
    record: &'a Record,
    names: &'a Names,
    near: &'a Near,
    total: f64,
}

impl Field<'_> {
    fn share(&self, count: u32) -> f64 {
        (f64::from(count) + 0.5) / (self.total + 1.0)
    }

    fn text(&self, number: u32) -> &str {
        self.names.text(number)
    }

    fn middles(&self) -> impl Iterator<Item = u32> + '_ {
        self.record.middle.into_iter().filter(|number| *number != 0)
    }

    fn initial(&self) -> Agreement<Given> {
        let initial = self.probe.whole.text.as_bytes()[0];
        let starts = |number: u32| self.names.fact(number).initial == initial;
        let chance = self.names.initial_share(initial);
        if starts(self.record.given) {
            Agreement::new(Given::Initial, chance)
        } else if starts(self.record.preferred) || self.middles().any(starts) {
            Agreement::new(Given::InitialOther, chance)
        } else {
            Agreement::silent(Given::InitialDiffers)
        }
    }

    /// Agreement of whole names: nothing is spelt differently but by known groups.
    fn known(&self) -> Option<Agreement<Given>> {
        let (probe, record) = (self.probe, self.record);
        let fact = self.names.fact(record.given);
        if probe.is(record.given, self.names) {
            return Some(Agreement::new(Given::Exact, self.share(fact.given)));
        }
        if let Some(middle) = self.full() {
            let chance = self.share(fact.given) * self.share(self.names.fact(middle).given_word);
            return Some(Agreement::new(Given::Full, chance));
        }
        if probe.is(record.preferred, self.names) {
            return Some(Agreement::new(Given::Preferred, self.share(probe.whole.fact.given)));
        }
        if let Some(count) = self.part() {
            return Some(Agreement::new(Given::Part, self.share(count)));
        }
        if GIVEN.meet(probe.whole.fact.given_set, fact.given_set) {
            let count = self.names.in_given_groups(probe.whole.fact.given_set);
            return Some(Agreement::new(Given::Nickname, self.share(count)));
        }
        let middle = self.middles().find(|middle| probe.is(*middle, self.names));
        middle.map(|middle| Agreement::new(Given::Middle, self.share(self.names.fact(middle).given_word)))
    }

    /// The middle name that was typed with the first name.
    fn full(&self) -> Option<u32> {
        if self.probe.words.len() < 2 {
            return None;
        }
        let forename = self.text(self.record.given);
        let is_first = |word: &str| forename.split(' ').any(|part| part == word);
        let middle_of = |word: &str| self.middles().find(|middle| self.text(*middle) == word);
        let words = || self.probe.words.iter().map(|word| word.text.as_str());
        let all = words().all(|word| is_first(word) || middle_of(word).is_some());
        if !all || !words().any(is_first) {
            return None;
        }
        words().rev().find_map(middle_of)
    }

    /// A half of a double name, on either side; how many children have that word.
    fn part(&self) -> Option<u32> {
        let probe = self.probe;
        let is_several = self.names.fact(self.record.given).is_several;
        if !is_several && probe.words.len() < 2 {
            return None;
        }
        let forename = self.text(self.record.given);
        if is_several {
            let word = probe.words.iter().find(|word| forename.split(' ').any(|part| part == word.text))?;
            return Some(word.fact.given_word.max(self.names.fact(self.record.given).given));
        }
        if probe.words.len() > 1 && probe.words.iter().any(|word| word.text == forename) {
            return Some(self.names.fact(self.record.given).given_word);
        }
        None
    }

    fn close(&self) -> Option<Agreement<Given>> {
        let (probe, fact) = (self.probe, self.names.fact(self.record.given));
        let share = self.share(fact.given);
        let apart = probe.distance_to(self.record.given, self.names);
        let degree = DEGREES.iter().position(|most| apart <= *most);
        if let Some(degree @ (0 | 1)) = degree {
            let level = [Given::CloseA, Given::CloseB][degree];
            return Some(Agreement::new(level, share + self.near.given(degree, probe.length())));
        }
        if probe.words.len() > 1 || probe.length() > usize::from(fact.length) + 2 {
            let forename = self.text(self.record.given);
            for middle in self.middles() {
                if self.is_both(forename, self.text(middle)) {
                    return Some(Agreement::new(Given::FullClose, share * 0.05));
                }
            }
        }
        let degree = degree?;
        Some(Agreement::new(Given::CloseC, share + self.near.given(degree, probe.length())))
    }

    /// Whether first and middle name were typed as one, nearly.
    fn is_both(&self, forename: &str, middle: &str) -> bool {
        let length = self.probe.length();
        let both = forename.len() + middle.len();
        length.abs_diff(both) <= 3
            && distance_within(&self.probe.whole.text, &format!("{forename}{middle}"), OTHER) <= OTHER
    }

    /// Close to a name other than the first one.
    fn other(&self) -> Option<Agreement<Given>> {
        let probe = self.probe;
        let is_close = |number: u32| probe.distance_to(number, self.names) <= OTHER;
        let numbers = [self.record.preferred, self.record.middle[0], self.record.middle[1]];
        let named = numbers.into_iter().filter(|number| *number != 0);
        let fact = self.names.fact(self.record.given);
        let count = named
            .filter(|number| is_close(*number))
            .map(|number| self.names.fact(number).given_word)
            .next()
            .or_else(|| self.close_part().then_some(fact.given))
            .or_else(|| self.close_group(fact))?;
        let chance = self.share(count) + self.near.given(OTHER_DEGREE, probe.length());
        Some(Agreement::new(Given::OtherClose, chance))
    }

    /// Children in the groups of the first name, where what was typed is a slip of another name in them. A name that is
    /// in a group itself is taken to be no slip.
    fn close_group(&self, fact: &Fact) -> Option<u32> {
        if fact.given_set == 0 || self.probe.whole.fact.given_set != 0 {
            return None;
        }
        let groups = self.probe.close_groups();
        let is_in = GIVEN.groups(fact.given_set).iter().any(|group| groups.contains(group));
        is_in.then(|| self.names.in_given_groups(fact.given_set))
    }

    /// Whether a word of the one is close to a word of the other, where either has several.
    fn close_part(&self) -> bool {
        if !self.names.fact(self.record.given).is_several && self.probe.words.len() < 2 {
            return false;
        }
        let forename = self.text(self.record.given);
        let words = || self.probe.words.iter().filter(|word| word.text.len() > 2);
        forename
            .split(' ')
            .filter(|part| part.len() > 2)
            .any(|part| words().any(|word| distance_within(part, &word.text, PART) <= PART))
    }
}

pub(crate) const OTHER_DEGREE: usize = 3;
