use std::fmt;

use jiff::civil::Date;

use super::row::{Address, Entry};
use super::shared::Shared;
use super::word::{Attendance, Enrolment, Restriction, Sex};
use crate::report::Reason;
use crate::value::Identifier;

/// One child, from all the rows of one file.
#[derive(Clone, PartialEq, Eq)]
pub struct Child {
    /// Lines of its rows, from 1; of a pupil in XML where it begins.
    pub lines: Vec<u64>,
    /// What the register knows the child by, see [`Entry::child`].
    pub number: String,
    /// Whether that is a number, and so the same child's in the next file too.
    pub is_numbered: bool,
    /// Given names, in their order.
    pub given_names: String,
    /// Family name.
    pub family_name: String,
    /// The given name that the child goes by, where it differs.
    pub known_as: Option<String>,
    /// The family name that the child goes by, where it differs.
    pub known_as_family_name: Option<String>,
    /// Earlier family names.
    pub former_family_names: Vec<String>,
    /// Earlier given names.
    pub former_given_names: Vec<String>,
    /// Birth date.
    pub birth_date: Date,
    /// Sex as registered, where known.
    pub sex: Option<Sex>,
    /// Where the child lives.
    pub address: Option<Address>,
    /// Where the child lived before.
    pub previous: Vec<Address>,
    /// The register's own number for those who live together.
    pub household: Option<String>,
    /// The general practice, by organisation code.
    pub practice: Option<String>,
    /// Whether only named people may see the case.
    pub restricted: bool,
    /// Why, where the file says so.
    pub restriction: Option<Restriction>,
    /// Unique pupil number, its check letter proved.
    pub upn: Option<String>,
    /// NHS number, its check digit proved.
    pub nhs_number: Option<String>,
    /// Where the child is or was on roll.
    pub enrolments: Vec<At>,
    /// Whether a row about the child was set aside, so that what is here may not be all.
    pub is_doubtful: bool,
    /// What the child shares with another of the file.
    pub shared: Shared,
}

/// Belonging to a setting, and the line that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// Line of the file, from 1.
    pub line: u64,
    /// Whether the line is a row of its own, and not part of one.
    pub is_row: bool,
    /// The setting.
    pub setting: Identifier,
    /// In which way.
    pub kind: Enrolment,
    /// First day there, where known.
    pub from: Option<Date>,
    /// Last day there; `None` while it goes on.
    pub to: Option<Date>,
    /// When in the week.
    pub attendance: Option<Attendance>,
    /// Whether the child is no longer there, also where the last day is not known.
    pub left: bool,
}

impl At {
    fn is_begun_as(&self, other: &Self) -> bool {
        (&self.setting, self.kind, self.from) == (&other.setting, other.kind, other.from)
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child").field("enrolments", &self.enrolments).finish_non_exhaustive()
    }
}

impl Child {
    /// The child as one row has it.
    pub(super) fn new(line: u64, row: Entry) -> Self {
        let lives = row.address.is_some() || row.postcode.is_some();
        let address = Address { text: row.address, postcode: row.postcode, from: row.address_from, to: None };
        Self {
            lines: vec![line],
            number: row.child,
            is_numbered: row.is_numbered,
            given_names: row.given_names,
            family_name: row.family_name,
            known_as: row.known_as,
            known_as_family_name: row.known_as_family_name,
            former_family_names: row.former_family_names,
            former_given_names: row.former_given_names,
            birth_date: row.birth_date,
            sex: row.sex,
            address: lives.then_some(address),
            previous: row.previous.into_iter().collect(),
            household: row.household,
            practice: row.practice,
            restricted: row.restricted,
            restriction: row.restriction,
            upn: row.upn,
            nhs_number: row.nhs_number,
            enrolments: vec![At {
                line,
                is_row: true,
                setting: row.setting,
                kind: row.enrolment,
                from: row.enrolled_from,
                to: row.enrolled_to,
                attendance: row.attendance,
                left: row.left,
            }],
            is_doubtful: false,
            shared: Shared::default(),
        }
    }

    /// Takes in what another row under the same number says.
    ///
    /// # Errors
    /// [`Reason::Conflicting`]: the rows speak of two people, or give one stay at a setting two ends.
    pub(super) fn join(&mut self, other: Self) -> Result<(), Reason> {
        if !self.is_same_person(&other) || self.is_contradicted(&other) {
            return Err(Reason::Conflicting);
        }
        if self.sex.zip(other.sex).is_some_and(|(one, two)| one != two) {
            self.sex = None;
        } else {
            self.sex = self.sex.or(other.sex);
        }
        keep(&mut self.known_as, other.known_as);
        keep(&mut self.known_as_family_name, other.known_as_family_name);
        keep(&mut self.household, other.household);
        keep(&mut self.practice, other.practice);
        keep(&mut self.restriction, other.restriction);
        keep(&mut self.upn, other.upn);
        keep(&mut self.nhs_number, other.nhs_number);
        unite(&mut self.former_family_names, other.former_family_names);
        unite(&mut self.former_given_names, other.former_given_names);
        unite(&mut self.previous, other.previous);
        self.lines.extend(other.lines);
        self.restricted |= other.restricted;
        let is_new = |at: &At| !self.enrolments.iter().any(|known| known.is_begun_as(at));
        let new: Vec<At> = other.enrolments.into_iter().filter(is_new).collect();
        self.enrolments.extend(new);
        self.move_to(other.address);
        Ok(())
    }

    /// A number that two people share is the owner's mistake, or numbers of two schools in one file.
    fn is_same_person(&self, other: &Self) -> bool {
        let differ =
            |one: &Option<String>, two: &Option<String>| one.is_some() && two.is_some() && one != two;
        self.birth_date == other.birth_date
            && self.given_names.to_lowercase() == other.given_names.to_lowercase()
            && self.family_name.to_lowercase() == other.family_name.to_lowercase()
            && !differ(&self.upn, &other.upn)
            && !differ(&self.nhs_number, &other.nhs_number)
    }

    fn is_contradicted(&self, other: &Self) -> bool {
        let ends = |at: &At| (at.to, at.left);
        let differ = |known: &At, at: &At| known.is_begun_as(at) && ends(known) != ends(at);
        other.enrolments.iter().any(|at| self.enrolments.iter().any(|known| differ(known, at)))
    }

    /// Of two addresses the one begun later is where the child lives, else the one that came first.
    fn move_to(&mut self, other: Option<Address>) {
        let (Some(here), Some(there)) = (&self.address, &other) else {
            keep(&mut self.address, other);
            return;
        };
        if (&here.text, &here.postcode) == (&there.text, &there.postcode) {
            return;
        }
        let former = if there.from > here.from { std::mem::replace(&mut self.address, other) } else { other };
        unite(&mut self.previous, former.into_iter().collect());
    }
}

fn keep<T>(here: &mut Option<T>, other: Option<T>) {
    if here.is_none() {
        *here = other;
    }
}

fn unite<T: PartialEq>(here: &mut Vec<T>, other: Vec<T>) {
    for item in other {
        if !here.contains(&item) {
            here.push(item);
        }
    }
}
