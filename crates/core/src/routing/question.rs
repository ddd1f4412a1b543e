//! What a route is worked out from.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::table::Whom;
use crate::id::SettingId;
use crate::state::{SettingKind, UnknownWord, words};

words! {
    /// In which way a child belongs to a setting, by the register's word.
    Attendance {
        /// Registered there, alone or as the main of two.
        Main = "main",
        /// Registered there besides the main one.
        Subsidiary = "subsidiary",
        /// Registered there, and boards there.
        Boarder = "boarder",
        /// A guest, who stays registered elsewhere.
        Guest = "guest",
        /// Educated at home; the setting is the authority.
        HomeEducated = "home_educated",
        /// Missing education; the setting is the authority.
        MissingEducation = "missing_education",
        /// Looked after; the setting is the virtual school.
        LookedAfter = "looked_after",
        /// On the list of a health-visiting or maternity team.
        Caseload = "caseload",
    }
}

words! {
    /// How the last day of an enrolment is known.
    #[derive(Default)]
    LastDay {
        /// The register states it, or that there is none.
        #[default]
        Stated = "stated",
        /// A whole file no longer names the child: it may be at the setting all the same.
        Absence = "absence",
        /// The child is past the last year that the setting has, and the register states no end.
        LastYear = "last_year",
    }
}

impl LastDay {
    /// Whether it is the register's own word.
    pub const fn is_stated(&self) -> bool {
        matches!(self, Self::Stated)
    }
}

/// How an enrolment stands on the day of the setting's due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On roll.
    Current,
    /// No longer on roll.
    Ended,
    /// Not yet on roll.
    NotBegun,
}

/// Belonging to a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The setting.
    pub setting: SettingId,
    /// What it is.
    pub kind: SettingKind,
    /// In which way.
    pub how: Attendance,
    /// First day, where known.
    pub from: Option<Date>,
    /// Last day; `None` while it goes on.
    pub until: Option<Date>,
    /// How the last day is known.
    pub last_day: LastDay,
    /// The day, in London, on which the setting would have to have been told.
    pub due_on: Date,
    /// Whether the setting is open on that day.
    pub is_open: bool,
    /// Whether it lies outside England and Wales.
    pub is_outside: bool,
    /// The forces that answer for the place where it lies, where it lies outside.
    pub forces: Vec<SettingId>,
}

impl Enrolment {
    /// How it stands on the day of the due time.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.until.is_some_and(|last| last < self.due_on) {
            Standing::Ended
        } else if self.from.is_some_and(|first| first > self.due_on) {
            Standing::NotBegun
        } else {
            Standing::Current
        }
    }

    /// Whether it is over, and only as far as can be inferred.
    pub(super) fn is_presumed_over(&self) -> bool {
        self.standing() == Standing::Ended && !self.last_day.is_stated()
    }

    pub(super) fn is_current(&self) -> bool {
        self.is_open && self.standing() == Standing::Current && self.how != Attendance::Guest
    }
}

/// The teams that answer for a place, by what they answer for. Several for one thing: it is not clear which.
pub type Teams = BTreeMap<Whom, Vec<SettingId>>;

/// What is known of where a child lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// Whether the home's postcode is known.
    pub is_known: bool,
    /// The teams that answer for it. Under [`Whom::OtherForce`]: forces that are not the incident's.
    pub teams: Teams,
}

/// What is known of one child.
#[derive(Clone, Debug)]
pub struct Question {
    /// Not born yet: the pregnant adult is the subject, and her home counts.
    pub is_unborn: bool,
    /// The ages in whole years that the child can have on the due day; `None`: nothing is known.
    pub ages: Option<RangeInclusive<i16>>,
    /// Where the child is, or was, or will be on roll; `None`: nobody knows who the child is, so that nothing can be
    /// said of enrolments at all.
    pub enrolments: Option<Vec<Enrolment>>,
    /// The home.
    pub home: Home,
    /// Settings that said that the child is not there.
    pub excluded: BTreeSet<SettingId>,
}
