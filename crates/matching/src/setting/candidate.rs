//! A setting that the officer may mean, as it is kept and shown.

use encompass_core::id::SettingId;
use serde::{Deserialize, Serialize};

use crate::evidence::Compared;

/// By which of its names a setting fits best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Its name.
    Name,
    /// A name of before, or of a closed setting whose place it took.
    FormerName,
    /// The name of a site.
    Site,
    /// Where it lies: the street or the town was written, not the name.
    Place,
}

/// Points out of a hundred, for a bar each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// Name: 45 at most.
    pub name: u8,
    /// Kind of setting: 15 at most.
    pub kind: u8,
    /// The child's age: 20 at most.
    pub age: u8,
    /// Distance from the home: 20 at most.
    pub area: u8,
}

impl Points {
    /// The most that there are of each: a hundred together.
    pub const MOST: Self = Self { name: 45, kind: 15, age: 20, area: 20 };

    /// All of them.
    pub const fn total(self) -> u8 {
        self.name + self.kind + self.age + self.area
    }
}

/// A setting that the officer may mean, weighed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The setting.
    pub setting: SettingId,
    /// Its points.
    pub points: Points,
    /// By which name.
    pub by: By,
    /// Whether every word that tells settings apart is its.
    pub name: Compared,
    /// Whether stage, church and sex are as written.
    pub kind: Compared,
    /// Whether a child of the age is there.
    pub age: Compared,
    /// Whether it lies within reach of the home, or where the officer said.
    pub area: Compared,
    /// Kilometres from the home, about.
    pub kilometres: Option<u16>,
}

impl Candidate {
    /// Whether it fits in every respect that has to be known.
    pub fn fits(&self) -> bool {
        let known = [self.name, self.age, self.area];
        known.iter().all(|compared| *compared == Compared::Agrees) && self.kind != Compared::Differs
    }

    /// What fits and what does not, in plain words, without anybody's name.
    pub fn sentence(&self) -> String {
        let name = match (self.name, self.by) {
            (Compared::Agrees, By::Name) => "has every word of the name written",
            (Compared::Agrees, By::FormerName) => {
                "had the name written, or took the place of a setting that had it"
            }
            (Compared::Agrees, By::Site) => "has a site of the name written",
            (Compared::Agrees, By::Place) => "lies in the place written",
            _ => "has some of the words written",
        };
        let kind = match self.kind {
            Compared::Agrees => ", is of the kind written",
            Compared::Differs => ", is of another kind than written",
            Compared::NotKnown => "",
        };
        let age = match self.age {
            Compared::Agrees => ", takes children of this age",
            Compared::Differs => ", does not take children of this age",
            Compared::NotKnown => ", and whether it takes children of this age is not known",
        };
        let area = match (self.area, self.kilometres) {
            (Compared::NotKnown, _) => ", and how far it is from the home is not known".to_owned(),
            (_, None) => ", in the town written".to_owned(),
            (Compared::Agrees, Some(far)) => format!(", about {far} km from the home"),
            (Compared::Differs, Some(far)) => format!(", too far from the home with about {far} km"),
        };
        format!("{} of 100: {name}{kind}{age}{area}.", self.points.total())
    }
}
