//! The teams, authorities and forces of the directory, with the places that they answer for.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::SettingId;
use encompass_core::routing::{Home, Whom};
use encompass_core::state::SettingKind;

use crate::directory::setting::{Served, Serves};
use crate::{Result, Store};

/// Who answers for which place.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    teams: Vec<Team>,
}

/// A team, an authority or a force.
#[derive(Clone, Debug)]
struct Team {
    setting: SettingId,
    kind: SettingKind,
    serves: Vec<Serves>,
}

/// The kinds that no child attends.
const TEAMS: [SettingKind; 4] =
    [SettingKind::HealthVisiting, SettingKind::Maternity, SettingKind::Authority, SettingKind::Force];

impl Store {
    /// Everybody in the current directory who answers for a place.
    ///
    /// # Errors
    /// As the database says.
    pub async fn coverage(&self) -> Result<Coverage> {
        let mut teams = Vec::new();
        for kind in TEAMS {
            let of_kind = self.settings_of_kind(kind).await?;
            teams.extend(of_kind.into_iter().map(|team| Team {
                setting: team.id,
                kind,
                serves: team.record.serves,
            }));
        }
        Ok(Coverage { teams })
    }
}

impl Coverage {
    /// How many there are.
    pub const fn len(&self) -> usize {
        self.teams.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.teams.is_empty()
    }

    /// Who answers for the homes with these postcodes, and for whoever is with these general practices: a team that
    /// has the practice stands before those that have the postcode. `own` is the force of the incident.
    pub fn home(&self, postcodes: &[String], practices: &[String], own: SettingId) -> Home {
        let mut home = Home { is_known: !postcodes.is_empty(), ..Home::default() };
        let by_practice = practices.iter().map(|practice| Served::Practice(practice)).collect();
        let by_postcode = postcodes.iter().map(|postcode| Served::Postcode(postcode)).collect();
        let ways: [Vec<Served>; 2] = [by_practice, by_postcode];
        for served in ways {
            let found = self.teams_for(&served);
            for (tell, teams) in found {
                home.teams.entry(tell).or_insert(teams);
            }
        }
        // A home counts as elsewhere only if all that is known of it says so.
        let forces: Vec<BTreeSet<SettingId>> =
            postcodes.iter().map(|postcode| self.forces(postcode).collect()).collect();
        if !forces.is_empty() && forces.iter().all(|forces| !forces.is_empty() && !forces.contains(&own)) {
            let all: BTreeSet<SettingId> = forces.into_iter().flatten().collect();
            home.teams.insert(Whom::OtherForce, all.into_iter().collect());
        }
        home
    }

    /// The forces that answer for a place.
    pub fn forces<'a>(&'a self, postcode: &'a str) -> impl Iterator<Item = SettingId> + 'a {
        let forces = self.teams.iter().filter(|team| team.kind == SettingKind::Force);
        forces.filter(|team| team.covers(Served::Postcode(postcode))).map(|team| team.setting)
    }

    /// The teams that look after somebody in any of these ways, by what they answer for.
    fn teams_for(&self, served: &[Served<'_>]) -> BTreeMap<Whom, Vec<SettingId>> {
        let mut found: BTreeMap<Whom, Vec<SettingId>> = BTreeMap::new();
        for team in self.teams.iter().filter(|team| team.kind != SettingKind::Force) {
            if served.iter().any(|served| team.covers(*served)) {
                for tell in team.answers_as() {
                    found.entry(tell).or_default().push(team.setting);
                }
            }
        }
        found
    }
}

impl Team {
    fn covers(&self, served: Served<'_>) -> bool {
        self.serves.iter().any(|area| area.covers(served))
    }

    /// What it answers for: an authority without stated duties has one team for all but the virtual school's.
    fn answers_as(&self) -> Vec<Whom> {
        let duties: Vec<Whom> = self
            .serves
            .iter()
            .filter_map(|serves| match serves {
                Serves::Duty(duty) => Some(*duty),
                Serves::Outward(_) | Serves::Sector(_) | Serves::Practice(_) => None,
            })
            .collect();
        match self.kind {
            SettingKind::HealthVisiting => vec![Whom::HealthVisiting],
            SettingKind::Maternity => vec![Whom::Maternity],
            _ if !duties.is_empty() => duties,
            _ => vec![Whom::HomeEducation, Whom::MissingEducation, Whom::HomeAuthority],
        }
    }
}
