//! The county as a whole.

use crate::calendar::{self, TermDates};
use crate::people::{self, Child, Entry, Household, Source, Standing};
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
    /// none. A child at school over the border is handed to the force there; health visitors are told of every child under
    /// five, and the authority of the home of every boarder.
    #[must_use]
    pub fn right_settings(&self, child: &Child) -> Vec<usize> {
        const UNDER: i16 = 5;
        let mut right = match child.standing {
            Standing::OverBorder => self.team(Kind::Force, 2).into_iter().collect(),
            _ => child.attends.clone(),
        };
        let home = self.household(child).authority;
        let health = self.team(Kind::HealthVisiting, home).filter(|_| child.age_on(self.on) < UNDER);
        let officer = self.team(Kind::Officer, home).filter(|_| self.is_boarder(child));
        for team in health.into_iter().chain(officer) {
            if !right.contains(&team) {
                right.push(team);
            }
        }
        right
    }

    /// Whether the child boards at its school, and the register says so: one in four at independent schools.
    #[must_use]
    pub fn is_boarder(&self, child: &Child) -> bool {
        let is_independent = |setting: &usize| self.settings[*setting].kind == Kind::Independent;
        child.standing == Standing::Enrolled
            && child.index.is_multiple_of(4)
            && child.listed.iter().any(is_independent)
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
