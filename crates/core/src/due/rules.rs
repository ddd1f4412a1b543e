//! What of the due time a force may set.

use jiff::civil::{Time, time};
use serde::{Deserialize, Serialize};

use crate::calendar::Opening;

/// Defaults for settings that state nothing of their own. Part of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// When a school, nursery or college opens, Europe/London. Cut-offs in use by forces: 08:30 and 09:00.
    pub school_opens: Time,
    /// When a team, an authority or another force begins its day, Europe/London.
    pub team_opens: Time,
    /// How many days ahead an open day is looked for; the longest school holiday is about 45.
    pub search_days_max: u16,
}

impl Default for Rules {
    fn default() -> Self {
        Self { school_opens: time(8, 40, 0, 0), team_opens: time(9, 0, 0, 0), search_days_max: 120 }
    }
}

impl Rules {
    /// The opening of a school that states none.
    #[must_use]
    pub fn school_opening(&self) -> Opening {
        Opening::at(self.school_opens)
    }

    /// The opening of a team that states none.
    #[must_use]
    pub fn team_opening(&self) -> Opening {
        Opening::at(self.team_opens)
    }

    /// What is nonsense about these rules, a sentence each; empty when nothing is.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !(14..=400).contains(&self.search_days_max) {
            faults.push(format!("search_days_max is {}: state 14 to 400 days", self.search_days_max));
        }
        for (name, opens) in [("school_opens", self.school_opens), ("team_opens", self.team_opens)] {
            if opens < time(5, 0, 0, 0) || opens > time(12, 0, 0, 0) {
                faults.push(format!("{name} is {opens}: state a time from 05:00 to 12:00"));
            }
        }
        faults
    }
}
