//! The table, as a file states it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::S49A;
use crate::state::{SettingKind, UnknownWord, words};

const DEFAULT: &str = include_str!("../../../../config/routing/default.toml");

words! {
    /// In which circumstance a row applies.
    When {
        /// Registered at a school, nursery class and reception included.
        RegisteredAtSchool = "registered_at_school",
        /// At a college, and registered at no school.
        AtCollege = "at_college",
        /// At a college, and registered at a school too.
        AtCollegeBesidesSchool = "at_college_besides_school",
        /// Younger than the configured limit.
        UnderAge = "under_age",
        /// Not born yet.
        Unborn = "unborn",
        /// Educated at home, by the authority's list.
        HomeEducated = "home_educated",
        /// Missing education, by the authority's list.
        MissingEducation = "missing_education",
        /// On no roll at all.
        NoEnrolment = "no_enrolment",
        /// Boards at a school.
        Boarding = "boarding",
        /// Looked after by an authority, by the virtual school's list.
        LookedAfter = "looked_after",
        /// Off one school's roll and not yet on the next, in the configured months.
        BetweenSchools = "between_schools",
        /// Lives in another force's area.
        HomeElsewhere = "home_elsewhere",
        /// At a setting outside England and Wales.
        SettingOutside = "setting_outside",
    }
}

words! {
    /// Who is told by a row.
    Whom {
        /// The setting where the child is.
        Setting = "setting",
        /// Each early-years setting and childminder attended.
        EarlyYears = "early_years",
        /// The school where the child begins next.
        ComingSchool = "coming_school",
        /// The school that the child has left.
        LeavingSchool = "leaving_school",
        /// The health-visiting team.
        HealthVisiting = "health_visiting",
        /// The maternity safeguarding team.
        Maternity = "maternity",
        /// The authority's officer for home-educated children.
        HomeEducation = "home_education",
        /// The authority's team for children who miss education.
        MissingEducation = "missing_education",
        /// The virtual school of looked-after children.
        VirtualSchool = "virtual_school",
        /// The authority where the child lives.
        HomeAuthority = "home_authority",
        /// Another force.
        OtherForce = "other_force",
    }
}

/// When the officer's word, confirmed against the directory, is enough by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stated {
    /// Where no register is licensed to the force.
    NoRegister,
    /// Never: a person decides.
    Never,
}

/// One row: in which circumstance who is told, and on which basis.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The circumstance.
    pub when: When,
    /// Who is told.
    pub tell: Whom,
    /// On which legal basis: `s49a` or a named arrangement.
    pub basis: String,
}

/// A routing table, as a file states it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// Kept with every decision.
    pub version: String,
    /// Until which birthday early-years settings and health visiting are told.
    pub under_years: u8,
    /// The months, first and last, in which a child may be between two schools.
    between_schools: (i8, i8),
    /// When the officer's word is enough by itself.
    pub stated: Stated,
    /// The basis for each kind, for what a person decides.
    legal_basis: BTreeMap<SettingKind, String>,
    /// The rows.
    #[serde(rename = "row")]
    rows: Vec<Row>,
}

impl Routing {
    /// Reads a table's file.
    ///
    /// # Errors
    /// When the text is no TOML, a field is missing or unknown. Ask [`Routing::check`] besides.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Why a setting of this kind may be told when a person chose it; `None`: it may not, and another way is to be found.
    #[must_use]
    pub fn legal_basis(&self, kind: SettingKind) -> Option<&str> {
        self.legal_basis.get(&kind).map(String::as_str)
    }

    /// The row for a circumstance and whom it tells, if the table has it.
    #[must_use]
    pub fn row(&self, when: When, tell: Whom) -> Option<&Row> {
        self.rows.iter().find(|row| row.when == when && row.tell == tell)
    }

    /// The rows for a circumstance.
    pub fn rows(&self, when: When) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.when == when)
    }

    /// Whether a child who left a school on this day may be between two schools afterwards: in those months, or in the one before,
    /// in which compulsory schooling ends (the last Friday in June, Education Act 1996, section 8) and courses of colleges do.
    #[must_use]
    pub fn is_left_for_next(&self, day: Date) -> bool {
        self.is_between_schools(day) || day.month() + 1 == self.between_schools.0
    }

    /// Whether a child may be between two schools on this day.
    #[must_use]
    pub fn is_between_schools(&self, day: Date) -> bool {
        (self.between_schools.0..=self.between_schools.1).contains(&day.month())
    }

    /// What is nonsense about the table, a sentence each; empty when nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.version.trim().is_empty() {
            faults.push("routing: version is empty: decisions are kept with it".to_owned());
        }
        if self.under_years > 18 {
            faults.push(format!("routing: under_years is {}: state 0 to 18", self.under_years));
        }
        let (first, last) = self.between_schools;
        if !(1..=last).contains(&first) || last > 12 {
            faults.push(format!("routing: between_schools is {first} to {last}: state two months in order"));
        }
        faults.extend(SettingKind::ALL.iter().filter_map(|kind| self.check_kind(*kind)));
        let mut seen = BTreeSet::new();
        for row in &self.rows {
            let is_new = seen.insert((row.when, row.tell));
            faults.extend(check_row(row));
            faults.extend((!is_new).then(|| format!("routing: row {} stands twice", row.name())));
        }
        for (when, tell) in NEEDED {
            if !seen.contains(&(when, tell)) {
                faults.push(format!("routing: row {when}: {tell} is missing: somebody has to be told"));
            }
        }
        faults
    }

    fn check_kind(&self, kind: SettingKind) -> Option<String> {
        Some(match self.legal_basis(kind) {
            None if kind.is_relevant_establishment() => {
                format!("routing: {kind} has no legal basis, but section 49A is one")
            }
            Some(S49A) if !kind.is_relevant_establishment() => {
                format!("routing: section 49A does not cover {kind}: name an arrangement")
            }
            Some(basis) if !is_word(basis) => format!("routing: the basis of {kind} {WORD}"),
            _ => return None,
        })
    }
}

/// Without these rows a child could be with nobody to tell whom the law or the scheme names.
const NEEDED: [(When, Whom); 9] = [
    (When::RegisteredAtSchool, Whom::Setting),
    (When::AtCollege, Whom::Setting),
    (When::Unborn, Whom::Maternity),
    (When::HomeEducated, Whom::HomeEducation),
    (When::MissingEducation, Whom::MissingEducation),
    (When::NoEnrolment, Whom::MissingEducation),
    (When::BetweenSchools, Whom::ComingSchool),
    (When::HomeElsewhere, Whom::OtherForce),
    (When::SettingOutside, Whom::Setting),
];

/// Whom each circumstance can name.
const fn can_tell(when: When) -> &'static [Whom] {
    match when {
        When::RegisteredAtSchool | When::AtCollege | When::AtCollegeBesidesSchool => &[Whom::Setting],
        When::UnderAge => &[Whom::EarlyYears, Whom::HealthVisiting],
        When::Unborn => &[Whom::Maternity, Whom::HealthVisiting],
        When::HomeEducated => &[Whom::HomeEducation],
        When::MissingEducation | When::NoEnrolment => &[Whom::MissingEducation],
        When::Boarding => &[Whom::HomeAuthority],
        When::LookedAfter => &[Whom::VirtualSchool],
        When::BetweenSchools => &[Whom::ComingSchool, Whom::LeavingSchool, Whom::MissingEducation],
        When::HomeElsewhere => &[Whom::OtherForce],
        When::SettingOutside => &[Whom::Setting, Whom::OtherForce],
    }
}

/// The rows to which the duty of section 49A can apply: registered pupils, and students of colleges who are registered at
/// no school, in England and Wales.
const fn is_duty(when: When, tell: Whom) -> bool {
    matches!((when, tell), (When::RegisteredAtSchool | When::AtCollege, Whom::Setting))
}

const WORD: &str = "is no word of small letters, digits and underscores";

/// A basis is counted and shown by its word: "S49A" beside "s49a" would be another.
fn is_word(basis: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    basis.bytes().all(is_sign) && basis.starts_with(|first: char| first.is_ascii_lowercase())
}

fn check_row(row: &Row) -> Option<String> {
    let name = row.name();
    if !can_tell(row.when).contains(&row.tell) {
        Some(format!("routing: row {name} names somebody whom that circumstance does not have"))
    } else if !is_word(&row.basis) {
        Some(format!("routing: the basis of row {name} {WORD}"))
    } else if row.basis == S49A && !is_duty(row.when, row.tell) {
        Some(format!("routing: section 49A does not cover row {name}: name an arrangement"))
    } else {
        None
    }
}

impl Row {
    fn name(&self) -> String {
        format!("{}: {}", self.when, self.tell)
    }
}

impl Default for Routing {
    fn default() -> Self {
        Self::parse(DEFAULT).expect("the compiled-in default is tested to read")
    }
}
