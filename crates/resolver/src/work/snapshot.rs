//! What of the directory is kept in memory: the names of settings, and the teams with the places that they answer for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use encompass_core::id::{LoadId, SettingId};
use encompass_core::routing::{Home, Whom};
use encompass_core::state::SettingKind;
use encompass_matching::setting::{Alias, AliasKind, Described, Index};
use encompass_store::directory::setting::{Served, Serves};
use encompass_store::directory::{self, Detail, Setting};

use super::{Error, Resolver};

/// The directory as it was at some versions of its sources.
pub(super) struct Snapshot {
    loads: Vec<LoadId>,
    pub index: Index,
    teams: Vec<Team>,
}

/// A team, an authority or a force.
struct Team {
    setting: SettingId,
    kind: SettingKind,
    serves: Vec<Serves>,
}

/// The newest snapshot, shared by every clone of a resolver.
pub(super) type Shared = Arc<RwLock<Option<Arc<Snapshot>>>>;

/// The kinds that no child attends.
const TEAMS: [SettingKind; 4] =
    [SettingKind::HealthVisiting, SettingKind::Maternity, SettingKind::Authority, SettingKind::Force];

impl Resolver {
    /// The directory in memory, read anew when another version of a source is current. Only this role waits for it: the
    /// index is built on a thread of its own.
    pub(super) async fn snapshot(&self) -> Result<Arc<Snapshot>, Error> {
        match self.kept() {
            Some(kept) => Ok(kept),
            None => self.follow_directory().await,
        }
    }

    /// Reads the directory anew, if another version of it is current.
    pub(super) async fn follow_directory(&self) -> Result<Arc<Snapshot>, Error> {
        let loads = self.store.loads_of_settings().await?;
        if let Some(kept) = self.kept().filter(|kept| kept.loads == loads) {
            return Ok(kept);
        }
        let mut teams = Vec::new();
        for kind in TEAMS {
            let of_kind = self.store.settings_of_kind(kind).await?;
            teams.extend(of_kind.into_iter().map(|team| Team {
                setting: team.id,
                kind,
                serves: team.record.serves,
            }));
        }
        let settings = self.store.attended_settings().await?;
        let build = move || Index::build(settings.into_iter().map(described));
        let index = tokio::task::spawn_blocking(build).await.map_err(|_| Error::Index)?;
        tracing::info!(settings = index.len(), teams = teams.len(), "the directory is in memory");
        let snapshot = Arc::new(Snapshot { loads, index, teams });
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    /// What a panicking thread left is still whole: it is only ever replaced.
    fn kept(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Snapshot {
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

    /// The forces that answer for a place.
    pub fn forces<'a>(&'a self, postcode: &'a str) -> impl Iterator<Item = SettingId> + 'a {
        let forces = self.teams.iter().filter(|team| team.kind == SettingKind::Force);
        forces.filter(|team| team.covers(Served::Postcode(postcode))).map(|team| team.setting)
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

fn described((setting, detail): (Setting, Detail)) -> Described {
    let record = setting.record;
    let town: Vec<String> = detail.locality.into_iter().chain(record.town).collect();
    let also = detail.also.into_iter().map(|alias| {
        let kind = match alias.kind {
            directory::AliasKind::Former => AliasKind::Former,
            directory::AliasKind::Site => AliasKind::Site,
        };
        Alias { kind, name: alias.name }
    });
    Described {
        setting: setting.id,
        kind: record.kind,
        name: record.name,
        also: also.collect(),
        street: detail.street,
        town: (!town.is_empty()).then(|| town.join(", ")),
        postcode: record.postcode,
        ages: (record.low_age, record.high_age),
        point: detail.point,
    }
}
