//! A child named in an incident.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::date::{BirthDate, PartialDate};
use super::fields::Condition;
use super::number::{Age, NhsNumber, Upn};
use super::person::{Address, Name};
use super::record::record;
use super::stated::Stated;
use super::text::{Key, Label, Prose};
use super::words::{RelationshipKind, Sex, SpokenToBy, WithheldBecause};

record! {
    /// One child, or an unborn child (then `due_date` instead of a birth date).
    Child as "child" {
        /// The child's reference within this incident, the same in every version. Without it the place in the list
        /// stands for it, and a correction can't tell which child is meant.
        expected child_ref: Key,
        /// The child's names.
        stated names: Vec<Name>,
        /// Birth date, as far as it is known.
        stated birth_date: BirthDate,
        /// Age in years at the incident, where no birth date is known.
        stated age: Age,
        /// For an unborn child: when the birth is due.
        stated due_date: PartialDate,
        /// Sex.
        stated sex: Sex,
        /// Where the child lives or stays.
        stated addresses: Vec<Address>,
        /// Unique pupil number.
        stated upn: Upn,
        /// NHS number.
        stated nhs_number: NhsNumber,
        /// What each adult is to the child.
        stated relationships: Vec<Relationship>,
        /// Whether the child was there.
        stated present: bool,
        /// Where the child was, as in "upstairs, asleep".
        stated whereabouts: Prose,
        /// Whether an officer saw the child.
        stated seen: bool,
        /// Whether somebody spoke to the child.
        stated spoken_to: bool,
        /// Who did.
        stated spoken_to_by: SpokenToBy,
        /// Whether without an adult of the household.
        stated spoken_to_alone: bool,
        /// What the child said, in the child's words.
        stated own_words: Prose,
        /// Whether the child saw or heard what happened.
        stated saw_or_heard: bool,
        /// Whether the child was harmed in any way.
        stated harmed: bool,
        /// Whether the child was injured.
        stated injured: bool,
        /// At 16 or 17: whether the abuse was in the child's own relationship.
        stated own_relationship: bool,
        /// Whether the child is said to have caused harm.
        stated said_to_have_caused_harm: bool,
        /// The school, nursery or other setting that the officer was told, as in "St Mary's, Hitchin".
        stated setting: Label,
        /// Anything else about the child.
        stated notes: Prose,
        /// A decision by police that nobody be told of this child.
        guarded not_to_be_notified: NotToBeNotified,
    }
    any_of [
        Condition::HasItems("names"), Condition::Has("upn"), Condition::Has("nhs_number"), Condition::Has("due_date")
    ]
    derived {
        /// The child's place in the list, from 0.
        position: usize,
        /// Whether `child_ref` was missing, unreadable or used twice and is now made of the child's place. After a
        /// correction nothing then shows that the child at this place is still the same, so a person has to say.
        child_ref_derived: bool,
        /// What the child can be looked up by.
        look_up: LookUp,
        /// Whether something that protects this child could not be read, so that a person looks before a send.
        guard_unread: bool,
    }
}

record! {
    /// What one adult is to the child.
    Relationship as "relationship" {
        /// The adult's `adult_ref`.
        stated adult_ref: Key,
        /// What the adult is to the child.
        stated kind: RelationshipKind,
    }
}

record! {
    /// A decision that nobody be told of this child, by a named person.
    NotToBeNotified as "not_to_be_notified" {
        /// Why.
        stated reason: WithheldBecause,
        /// Who approved it.
        stated approver: Prose,
        /// The reason in the approver's words.
        stated text: Prose,
    }
}

/// What a child can be looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum LookUp {
    /// A name or a number.
    Child,
    /// The pregnant adult, who is the subject for an unborn child.
    PregnantAdult {
        /// Her place among [`super::Incident::adults`]; `None` when it is not clear who she is: a person decides.
        adult: Option<usize>,
    },
    /// Nothing: a person decides.
    #[default]
    Nothing,
}

impl Child {
    /// A child of whom nothing could be read but that it is there.
    pub(crate) fn unread() -> Self {
        Self {
            child_ref: Stated::Absent,
            names: Stated::Absent,
            birth_date: Stated::Absent,
            age: Stated::Absent,
            due_date: Stated::Absent,
            sex: Stated::Absent,
            addresses: Stated::Absent,
            upn: Stated::Absent,
            nhs_number: Stated::Absent,
            relationships: Stated::Absent,
            present: Stated::Absent,
            whereabouts: Stated::Absent,
            seen: Stated::Absent,
            spoken_to: Stated::Absent,
            spoken_to_by: Stated::Absent,
            spoken_to_alone: Stated::Absent,
            own_words: Stated::Absent,
            saw_or_heard: Stated::Absent,
            harmed: Stated::Absent,
            injured: Stated::Absent,
            own_relationship: Stated::Absent,
            said_to_have_caused_harm: Stated::Absent,
            setting: Stated::Absent,
            notes: Stated::Absent,
            not_to_be_notified: Stated::Absent,
            position: 0,
            child_ref_derived: false,
            look_up: LookUp::Nothing,
            guard_unread: true,
        }
    }

    /// The child's reference within the incident, as stated or derived.
    pub fn child_ref(&self) -> &str {
        self.child_ref.known().map_or("", |key| key)
    }

    /// Whether the child is not born yet, as far as the force knows.
    pub fn is_unborn(&self) -> bool {
        matches!(self.look_up, LookUp::PregnantAdult { .. })
    }

    /// The ages in whole years that the child can have on a day. `None` when nothing is known of its age, or the
    /// day lies before its birth. An `age` counts as the age on that day: it was taken at the incident, and which
    /// birthday has passed since is not known.
    pub fn ages_on(&self, day: Date) -> Option<RangeInclusive<i16>> {
        let Some(BirthDate(born)) = self.birth_date.known() else {
            return self.age.known().map(|age| i16::from(age.0)..=i16::from(age.0));
        };
        let oldest = age(born.earliest(), day)?;
        Some(age(born.latest(), day).unwrap_or(0)..=oldest)
    }

    /// Whether the child is 18 or older on a day; `None` when that can't be told.
    pub fn is_adult_on(&self, day: Date) -> Option<bool> {
        const ADULT: i16 = 18;
        let ages = self.ages_on(day)?;
        if *ages.start() >= ADULT {
            Some(true)
        } else if *ages.end() < ADULT {
            Some(false)
        } else {
            None
        }
    }
}

/// Whole years between a birth and a day. Who was born on 29 February comes of age on 1 March of a common year,
/// which is what comparing months and days gives.
fn age(born: Date, day: Date) -> Option<i16> {
    if day < born {
        return None;
    }
    let before_birthday = (day.month(), day.day()) < (born.month(), born.day());
    Some(day.year() - born.year() - i16::from(before_birthday))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn born(text: &str) -> Child {
        let born = PartialDate::parse(text).map(BirthDate).map_or(Stated::Absent, Stated::Known);
        Child { birth_date: born, ..Child::unread() }
    }

    #[test]
    fn a_child_is_an_adult_from_the_eighteenth_birthday_and_unsure_between() {
        for (birth_date, day, expected) in [
            ("2008-05-17", date(2026, 5, 16), Some(false)),
            ("2008-05-17", date(2026, 5, 17), Some(true)),
            ("2008-02-29", date(2026, 2, 28), Some(false)),
            ("2008-02-29", date(2026, 3, 1), Some(true)),
            ("2008-05", date(2026, 5, 17), None),
            ("2008-05", date(2026, 5, 31), Some(true)),
            ("2008-05", date(2026, 4, 30), Some(false)),
            ("2008", date(2026, 6, 1), None),
            ("2009", date(2026, 6, 1), Some(false)),
            ("2007", date(2026, 1, 1), Some(true)),
            ("unknown", date(2026, 1, 1), None),
        ] {
            assert_eq!(born(birth_date).is_adult_on(day), expected, "{birth_date} on {day}");
        }
    }

    #[test]
    fn an_age_serves_where_no_birth_date_is_known() {
        let aged = |years| Child { age: Stated::Known(Age(years)), ..Child::unread() };
        assert_eq!(aged(17).is_adult_on(date(2026, 1, 1)), Some(false));
        assert_eq!(aged(18).is_adult_on(date(2026, 1, 1)), Some(true));
        assert_eq!(born("2020-03").ages_on(date(2026, 3, 10)), Some(5..=6));
        assert_eq!(born("2020-03-09").ages_on(date(2020, 3, 1)), None);
    }
}
