//! What the routing table is asked of a child, by the resolver as for a decision of a person: from the police's words and
//! the entries that are the child to a [`Question`].

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use encompass_core::calendar::london;
use encompass_core::due::Known;
use encompass_core::id::{EntryId, SettingId};
use encompass_core::incident::{Child, Incident, LookUp, Postcode};
use encompass_core::routing::{Attendance, Enrolment, Home, LastDay, Question, is_outside};
use encompass_core::state::SettingKind;
use jiff::civil::Date;

use super::coverage::Coverage;
use super::target::{Rules, Site};
use crate::register::{self, Candidate};

/// A child of an incident, with everything but its entries by which it is routed.
pub struct Ask<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The child in it.
    pub child: &'a Child,
    /// When the force knew.
    pub known: Known,
    /// The force, as somebody who can be told.
    pub own: SettingId,
    /// Settings that said that the child is not there.
    pub excluded: &'a BTreeSet<SettingId>,
    /// Who answers for which place.
    pub coverage: &'a Coverage,
    /// The rules of due times.
    pub rules: &'a Rules,
}

/// An entry that is the child, as far as it says who is told.
#[derive(Clone)]
pub struct Registered {
    /// The entry.
    pub entry: EntryId,
    /// Birth date.
    pub born: Date,
    /// Postcode of the home.
    pub postcode: Option<String>,
    /// The general practice, by organisation code.
    pub practice: Option<String>,
    /// Where the child is, or was, or will be on roll.
    pub enrolments: Vec<register::Enrolment>,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered").field("entry", &self.entry).finish_non_exhaustive()
    }
}

impl Registered {
    /// What an entry says.
    pub fn of(found: &Candidate) -> Self {
        let written = |text: &String| {
            Postcode::parse(text).map_or_else(|| text.clone(), |postcode| postcode.to_string())
        };
        Self {
            entry: found.entry,
            born: found.person.birth_date,
            postcode: found.person.postcode.as_ref().map(written),
            practice: found.person.details.practice.clone(),
            enrolments: found.enrolments.clone(),
        }
    }
}

impl Ask<'_> {
    /// The question, where the child is these entries and has these enrolments; `None`: nobody knows of any.
    pub fn question(&self, entries: &[&Registered], enrolments: Option<Vec<Enrolment>>) -> Question {
        let due_on = enrolments.iter().flatten().map(|enrolment| enrolment.due_on).min();
        let day = due_on.unwrap_or_else(|| london::date(self.known.at));
        Question {
            is_unborn: self.child.is_unborn(),
            ages: self.ages(entries, day),
            enrolments,
            home: self.home(entries),
            excluded: self.excluded.clone(),
        }
    }

    /// The enrolments of entries, as they stand for the day of each setting's due time.
    pub fn enrolments<'s>(
        &self,
        entries: &[&Registered],
        site: impl Fn(SettingId) -> Option<&'s Site>,
    ) -> Vec<Enrolment> {
        let all = entries.iter().flat_map(|entry| entry.enrolments.iter().map(move |at| (entry.born, at)));
        all.map(|(born, enrolment)| {
            let site = site(enrolment.setting);
            let at = self.enrolment(enrolment.setting, enrolment.how(), site);
            let registered = (enrolment.ends_on, enrolment.last_day);
            let last = |site: &Site| site.last_day(registered, born, at.due_on, &self.rules.routing);
            let (until, last_day) = site.map_or(registered, last);
            Enrolment { from: enrolment.starts_on, until, last_day, ..at }
        })
        .collect()
    }

    /// Being at a setting, from when on is not known. One that the directory does not have counts as closed.
    pub fn enrolment(&self, setting: SettingId, how: Attendance, site: Option<&Site>) -> Enrolment {
        let day = |site: &Site| london::date(site.due(&self.known, self.rules).at);
        let due_on = site.map_or_else(|| london::date(self.known.at), day);
        let postcode = site.and_then(|site| site.setting.record.postcode.as_deref());
        let lies_outside = site.is_some_and(lies_outside);
        let forces = postcode.filter(|_| lies_outside).into_iter().flat_map(|at| self.coverage.forces(at));
        Enrolment {
            setting,
            kind: site.map_or(SettingKind::School, |site| site.setting.record.kind),
            how,
            from: None,
            until: None,
            last_day: LastDay::Stated,
            due_on,
            is_open: site.is_some_and(|site| site.is_open_on(due_on)),
            is_outside: lies_outside,
            forces: forces.filter(|force| *force != self.own).collect(),
        }
    }

    /// The home that police and the entries have, and who answers for it.
    pub fn home(&self, entries: &[&Registered]) -> Home {
        let practices: BTreeSet<String> = entries.iter().filter_map(|entry| entry.practice.clone()).collect();
        let practices: Vec<String> = practices.into_iter().collect();
        self.coverage.home(&self.postcodes(entries), &practices, self.own)
    }

    /// The postcodes of the home. For an unborn child the home is the pregnant adult's.
    fn postcodes(&self, entries: &[&Registered]) -> Vec<String> {
        let lived = self.child.addresses.items().iter().filter(|address| address.is_home());
        let of_adult = match self.child.look_up {
            LookUp::PregnantAdult { adult } => adult.and_then(|adult| self.incident.adults().get(adult)),
            LookUp::Child | LookUp::Nothing => None,
        };
        let of_adult = of_adult.and_then(|adult| adult.address.known());
        let by_police =
            lived.chain(of_adult).filter_map(|address| Some(address.postcode.known()?.to_string()));
        let registered = entries.iter().filter_map(|entry| entry.postcode.clone());
        let all: BTreeSet<String> = by_police.chain(registered).collect();
        all.into_iter().collect()
    }

    /// The ages that the child can have on a day: by the register, where the entries say the same, else by the police.
    fn ages(&self, entries: &[&Registered], day: Date) -> Option<RangeInclusive<i16>> {
        let born: BTreeSet<Date> = entries.iter().map(|entry| entry.born).collect();
        match born.first() {
            Some(born_on) if born.len() == 1 && *born_on <= day => {
                let before_birthday = (day.month(), day.day()) < (born_on.month(), born_on.day());
                let age = day.year() - born_on.year() - i16::from(before_birthday);
                Some(age..=age)
            }
            _ => self.child.ages_on(day),
        }
    }
}

/// Whether a setting lies outside England and Wales: by its postcode, and no authority of the school register has it.
fn lies_outside(site: &Site) -> bool {
    let record = &site.setting.record;
    record.authority.is_none() && record.postcode.as_deref().is_some_and(is_outside)
}
