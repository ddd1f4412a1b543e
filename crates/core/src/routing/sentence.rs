//! A route in words that a person understands, without anybody's name.

use super::route::{Gap, Target, Want};
use super::table::{When, Whom};

impl Target {
    /// Why this setting is told.
    #[must_use]
    pub const fn because(&self) -> &'static str {
        match (self.when, self.tell) {
            (When::RegisteredAtSchool, _) => "registered at the school",
            (When::AtCollege, _) => "at the college, and registered at no school",
            (When::AtCollegeBesidesSchool, _) => "at the college, besides the school",
            (When::UnderAge, Whom::EarlyYears) => "attends it, and is younger than the limit",
            (When::UnderAge, _) => "is younger than the limit, and in the care of the team",
            (When::Unborn, _) => "not born yet, and the home lies in the team's area",
            (When::HomeEducated, _) => "on the list of home-educated children",
            (When::MissingEducation, _) => "on the list of children who miss education",
            (When::NoEnrolment, _) => "on no roll, and the home lies in the team's area",
            (When::Boarding, _) => "boards at a school, and the home lies in the authority's area",
            (When::LookedAfter, _) => "on the list of looked-after children",
            (When::BetweenSchools, Whom::ComingSchool) => "between schools, and begins here next",
            (When::BetweenSchools, Whom::LeavingSchool) => "between schools, and has just left here",
            (When::BetweenSchools, _) => "between schools, and no next school is known",
            (When::HomeElsewhere, _) => "lives in the area of that force",
            (When::SettingOutside, Whom::OtherForce) => "is at a setting in the area of that force",
            (When::SettingOutside, _) => "at a setting outside England and Wales",
        }
    }
}

impl Gap {
    /// Who could not be found, and why.
    #[must_use]
    pub fn sentence(&self) -> String {
        let whom = whom(self.tell);
        match self.want {
            Want::NoHome => format!("No postcode of the home is known, so {whom} can't be found."),
            Want::NoAge => format!("The age is not known well enough to say whether {whom} is to be told."),
            Want::NoneListed => format!("The directory has no team listed as {whom} for that place."),
            Want::Several(count) => {
                format!("The directory has {count} teams listed as {whom} for that place.")
            }
        }
    }
}

const fn whom(tell: Whom) -> &'static str {
    match tell {
        Whom::Setting => "the setting",
        Whom::EarlyYears => "the early-years setting",
        Whom::ComingSchool => "the coming school",
        Whom::LeavingSchool => "the school that was left",
        Whom::HealthVisiting => "the health-visiting team",
        Whom::Maternity => "the maternity safeguarding team",
        Whom::HomeEducation => "the officer for home education",
        Whom::MissingEducation => "the team for children who miss education",
        Whom::VirtualSchool => "the virtual school",
        Whom::HomeAuthority => "the authority of the home",
        Whom::OtherForce => "the other force",
    }
}
