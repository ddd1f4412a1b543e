//! Settings: schools, colleges, early-years settings, childminders, teams and the neighbour force, with their contacts.

mod contacts;
mod generate;
mod naming;

use crate::places::Address;
use jiff::civil::Time;
use std::fmt;

pub(crate) use contacts::contacts;
pub(crate) use generate::settings;

/// What a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// School for children of about four to eleven, most with nursery classes.
    Primary,
    /// School for children of eleven to sixteen or eighteen.
    Secondary,
    /// Special school.
    Special,
    /// Pupil referral unit.
    Referral,
    /// Independent school.
    Independent,
    /// Further-education college.
    College,
    /// Nursery of the early-years register.
    EarlyYears,
    /// Childminder; the public register withholds the address.
    Childminder,
    /// Health-visiting team of an authority's area.
    HealthVisiting,
    /// Maternity safeguarding team.
    Maternity,
    /// An authority's officer for home-educated children and those who miss education.
    Officer,
    /// Another police force.
    Force,
}

impl Kind {
    /// Schools and colleges, which the school register lists.
    #[must_use]
    pub fn in_school_register(self) -> bool {
        self <= Kind::College
    }

    /// Settings of the early-years register.
    #[must_use]
    pub fn in_early_years_register(self) -> bool {
        matches!(self, Kind::EarlyYears | Kind::Childminder)
    }
}

/// How a setting is identified outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// `urn`, `ofsted`, `authority`, `force` or `own`.
    pub scheme: &'static str,
    /// The number or code in that scheme.
    pub value: String,
}

/// Whose term dates a setting follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    /// Its authority's.
    Authority,
    /// Its own, with INSET days.
    Own,
    /// Its own, which it never sent.
    Unknown,
    /// Working days.
    WorkingDays,
}

/// A place or team that can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Place in [`crate::County::settings`].
    pub index: usize,
    /// What it is.
    pub kind: Kind,
    /// Its registered name; several settings of the county share one.
    pub name: String,
    /// Place of its authority in [`crate::places::AUTHORITIES`].
    pub authority: usize,
    /// Its identifier outside.
    pub identifier: Identifier,
    /// Where it is.
    pub address: Address,
    /// Its public telephone number.
    pub telephone: String,
    /// Whose dates it follows.
    pub dates: Dates,
    /// When its day begins, local time; `None` where it never told anybody, so that the default holds.
    pub opens: Option<Time>,
    /// Ages in years that it takes, first and last.
    pub ages: (i8, i8),
    /// Type in the school register, code and name; empty for others.
    pub(crate) register_type: (&'static str, &'static str),
    /// Its host name.
    pub host: String,
    /// True where its registers of children reach us.
    pub sends_register: bool,
}

/// What a contact is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The designated safeguarding lead.
    Lead,
    /// A deputy.
    Deputy,
    /// The mailbox of a team, which comes with the list of teams.
    Mailbox,
    /// An officer of a team, an authority or a force.
    Officer,
    /// A safeguarding system.
    System,
}

/// What becomes of mail to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailbox {
    /// It arrives.
    Works,
    /// The relay takes it and sends it back.
    Bounces,
}

/// A person, role mailbox or system at a setting.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The setting, by its place in [`crate::County::settings`].
    pub setting: usize,
    /// The person's name; empty for a mailbox or a system.
    pub name: String,
    /// What it is there.
    pub role: Role,
    /// Mail address, or the https address of a system's webhook.
    pub address: String,
    /// Direct telephone number.
    pub telephone: String,
    /// True where the contact follows the verification link when it comes, or answers the desk's call.
    pub verified: bool,
    /// What becomes of mail.
    pub mailbox: Mailbox,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, role, verified, mailbox, .. } = self;
        f.debug_struct("Contact")
            .field("setting", setting)
            .field("role", role)
            .field("verified", verified)
            .field("mailbox", mailbox)
            .finish_non_exhaustive()
    }
}
