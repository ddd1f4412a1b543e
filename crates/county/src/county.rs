//! The county as a whole.

use crate::calendar::{self, TermDates};
use crate::people::{self, Child, Entry, Household, Source};
use crate::places::AUTHORITIES;
use crate::setting::{self, Contact, Kind, Setting};
use jiff::civil::Date;

/// How large a county is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Schools, colleges, early-years settings and childminders, about; teams come on top.
    pub settings: usize,
    /// Children, at least; the last household may bring a few more.
    pub children: usize,
}

impl Default for Size {
    /// The county of the demonstration.
    fn default() -> Self {
        Self { settings: 300, children: 10_000 }
    }
}

/// A county on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    /// The seed it was made from.
    pub seed: u64,
    /// The day that its files show.
    pub on: Date,
    /// Settings, teams and the neighbour force.
    pub settings: Vec<Setting>,
    /// Their contacts.
    pub contacts: Vec<Contact>,
    /// Families.
    pub households: Vec<Household>,
    /// Their children.
    pub children: Vec<Child>,
    /// Sources of registers.
    pub sources: Vec<Source>,
    /// What the registers hold.
    pub entries: Vec<Entry>,
    /// Term dates of the authorities and of the settings that set their own.
    pub term_dates: Vec<TermDates>,
}

impl County {
    /// The county for a seed and a size, as its files show it on the day.
    #[must_use]
    pub fn generate(seed: u64, size: Size, on: Date) -> Self {
        let settings = setting::settings(seed, size.settings);
        let contacts = setting::contacts(seed, &settings);
        let (households, children) = people::people(seed, on, &settings, size.children);
        let entries = people::entries(seed, on, &settings, &children);
        let term_dates = calendar::term_dates(seed, on, &settings);
        let sources = people::sources(on);
        Self { seed, on, settings, contacts, households, children, sources, entries, term_dates }
    }

    /// The household in which the child lives.
    #[must_use]
    pub fn household(&self, child: &Child) -> &Household {
        &self.households[child.household]
    }

    /// The settings where a person at the desk, who finds out the truth, would have the child told; empty where there is
    /// none. An unborn child's is the maternity team of the authority, see [`County::team`].
    #[must_use]
    pub fn right_settings(&self, child: &Child) -> Vec<usize> {
        let authority = self.household(child).authority;
        let force = || self.settings.iter().filter(|setting| setting.kind == Kind::Force).map(|setting| setting.index);
        match child.standing {
            people::Standing::HomeEducated | people::Standing::MissingEducation => {
                self.team(Kind::Officer, authority).into_iter().collect()
            }
            people::Standing::AtHome => self.team(Kind::HealthVisiting, authority).into_iter().collect(),
            people::Standing::OverBorder => force().collect(),
            people::Standing::Enrolled
            | people::Standing::NurseryClass
            | people::Standing::EarlyYears
            | people::Standing::TwoSettings
            | people::Standing::Ended
            | people::Standing::Moved
            | people::Standing::RestrictedEntry
            | people::Standing::Stale
            | people::Standing::Unlisted => child.attends.clone(),
        }
    }

    /// The team of a kind that serves an authority's area.
    #[must_use]
    pub fn team(&self, kind: Kind, authority: usize) -> Option<usize> {
        debug_assert!(authority < AUTHORITIES.len());
        self.settings.iter().find(|it| it.kind == kind && it.authority == authority).map(|it| it.index)
    }

    /// The contacts of a setting.
    pub fn contacts_of(&self, setting: usize) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().filter(move |contact| contact.setting == setting)
    }
}
