//! Working out whom a person's decision tells, and showing it before the decision.

use std::collections::BTreeSet;

use encompass_core::due::{Known, KnownFrom};
use encompass_core::id::{EntryId, LoadId, SettingId};
use encompass_core::incident::{Child, Incident};
use encompass_core::routing::{Held, Route};
use encompass_core::state::Hold;
use jiff::Timestamp;

use super::ask::{Ask, Registered};
use super::chosen::{ByHand, Chosen, by_table};
use super::open::Open;
use super::person::{Besides, ByPerson, Choice, Outcome};
use super::target::{Rules, Site};
use super::who::Ticked;
use crate::db::row;
use crate::desk::{Case, CaseChild};
use crate::incident::body_place;
use crate::register::Candidate;
use crate::resolution::Target;
use crate::{Result, Scope, Store, Tx};

/// Whom a decision tells.
#[derive(Default)]
pub(super) struct Telling {
    pub chosen: Chosen,
    pub targets: Vec<Target>,
    pub directory_load: Option<LoadId>,
}

/// Whom a decision would tell that says that an entry is the child, and nothing else.
pub struct Outlook {
    /// The entry.
    pub entry: EntryId,
    /// By the routing table; `None` where the register no longer says what was shown of the entry.
    pub route: Option<std::result::Result<Route, Held>>,
}

impl Store {
    /// For each of these entries whom a decision would tell that says that it is the child, as things stand now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn outlooks(
        &self,
        scope: &Scope,
        rules: &Rules,
        (case, one): (&Case, &CaseChild),
        shown: &[Ticked],
        machine: Timestamp,
    ) -> Result<Vec<Outlook>> {
        let version = case.versions.iter().find(|version| version.number == one.child.named_in);
        let incident = version.and_then(|version| parsed(&version.body, version.received_at));
        let Some(incident) = incident else { return Ok(Vec::new()) };
        let Some(child) =
            incident.children().iter().find(|child| child.child_ref() == one.child_ref.as_str())
        else {
            return Ok(Vec::new());
        };
        let coverage = self.coverage().await?;
        let now = self.as_now(scope, &case.force, shown).await?;
        let entries: Vec<Option<Registered>> =
            now.iter().map(|entry| entry.as_ref().map(Registered::of)).collect();
        let enrolled = entries.iter().flatten().flat_map(|entry| &entry.enrolments);
        let sites = self.sites_of(enrolled.map(|enrolment| enrolment.setting), rules, machine).await?;
        let excluded = one.excluded.iter().map(|(setting, _)| *setting).collect();
        let ask = Ask {
            incident: &incident,
            child,
            known: Known { at: case.known_at, from: KnownFrom::Known },
            own: self.identity().setting("force", &case.force),
            excluded: &excluded,
            coverage: &coverage,
            rules,
        };
        let site = |id| sites.iter().find(|site| site.setting.id == id);
        let each = shown.iter().zip(&entries);
        Ok(each
            .map(|(one, entry)| Outlook {
                entry: one.entry,
                route: entry.as_ref().map(|entry| by_table(&ask, &[entry], site)),
            })
            .collect())
    }

    /// Whom a decision tells; nobody where it closes the child or hands it over.
    pub(super) async fn told(
        &self,
        tx: &mut Tx,
        open: &Open,
        decision: &ByPerson,
        entries: &[Candidate],
        rules: &Rules,
        (now, machine): (Timestamp, Timestamp),
    ) -> Result<std::result::Result<Telling, Outcome>> {
        let by_hand: Vec<SettingId> = match &decision.choice {
            Choice::ByTable => Vec::new(),
            Choice::Settings(settings, _) => {
                settings.iter().filter(|id| !open.standing.contains(id)).copied().collect()
            }
            Choice::Close(_) | Choice::HandOver(_) => return Ok(Ok(Telling::default())),
        };
        if by_hand.is_empty() && decision.choice != Choice::ByTable {
            return Ok(Err(Outcome::NothingNew));
        }
        let incident = tx.incident_of(open).await?;
        let asked = Asked { incident: incident.as_ref(), open, decision, entries, by_hand: &by_hand };
        let mut chosen = match self.who_is_told(&asked, rules, machine).await? {
            Ok(chosen) => chosen,
            Err(refused) => return Ok(Err(refused)),
        };
        chosen.told.retain(|told| !open.standing.contains(&told.setting));
        if chosen.told.is_empty() {
            return Ok(Err(Outcome::NothingNew));
        }
        self.targets(&asked, chosen, rules, (now, machine)).await
    }

    async fn who_is_told(
        &self,
        asked: &Asked<'_>,
        rules: &Rules,
        machine: Timestamp,
    ) -> Result<std::result::Result<Chosen, Outcome>> {
        let Asked { open, by_hand, .. } = asked;
        if let Some(excluded) = by_hand.iter().find(|id| open.excluded.contains(id)) {
            return Ok(Err(Outcome::Excluded(*excluded)));
        }
        let entries: Vec<Registered> = asked.entries.iter().map(Registered::of).collect();
        let entries: Vec<&Registered> = entries.iter().collect();
        let enrolled = entries.iter().flat_map(|entry| &entry.enrolments).map(|enrolment| enrolment.setting);
        let settings = enrolled.chain(by_hand.iter().chain(&open.standing).copied());
        let sites = self.sites_of(settings, rules, machine).await?;
        let site = |id| sites.iter().find(|site| site.setting.id == id);
        let is_closed = |id: &&SettingId| site(**id).is_none_or(|site| !site.setting.record.is_open);
        if let Some(closed) = by_hand.iter().find(is_closed) {
            return Ok(Err(Outcome::NotOpen(*closed)));
        }
        let (coverage, excluded) = (self.coverage().await?, open.excluded.iter().copied().collect());
        let own = self.identity().setting("force", &open.child.force);
        let ask = asked.incident.and_then(|incident| {
            let child = self.named(incident, open)?;
            let known = open.known;
            Some(Ask { incident, child, known, own, excluded: &excluded, coverage: &coverage, rules })
        });
        let (settings, standing) = (*by_hand, open.standing.as_slice());
        let besides = matches!(asked.decision.choice, Choice::Settings(_, Besides::ByTable));
        let by_hand = ByHand { settings, standing, besides };
        Ok(match (&asked.decision.choice, ask) {
            (Choice::Settings(..), Some(ask)) => {
                by_hand.routed(&ask, &entries, site).map_err(Outcome::NoLegalBasis)
            }
            (Choice::Settings(..), None) => {
                by_hand.by_kind(&rules.routing, site).map_err(Outcome::NoLegalBasis)
            }
            (_, Some(ask)) if !entries.is_empty() => {
                by_table(&ask, &entries, site).map(Chosen::from).map_err(|held| Outcome::NoRoute(held.hold))
            }
            _ => Err(Outcome::NoRoute(Hold::NoMatch)),
        })
    }

    async fn targets(
        &self,
        asked: &Asked<'_>,
        chosen: Chosen,
        rules: &Rules,
        (now, machine): (Timestamp, Timestamp),
    ) -> Result<std::result::Result<Telling, Outcome>> {
        let told = chosen.told.iter().map(|told| told.setting);
        let sites = self.sites_of(told.clone(), rules, machine).await?;
        let force = asked.open.child.force.as_str();
        let contacts = self.contacts_at(&told.map(|id| (id, force)).collect::<Vec<_>>()).await?;
        let mut targets = Vec::with_capacity(chosen.told.len());
        for told in &chosen.told {
            let id = told.setting;
            let Some(site) = sites.iter().find(|site| site.setting.id == id && site.setting.record.is_open)
            else {
                return Ok(Err(Outcome::NotOpen(id)));
            };
            let of_setting = contacts.get(&(id, force.to_owned())).map_or(&[][..], Vec::as_slice);
            let mut names = of_setting.iter().filter_map(|contact| contact.name.as_ref());
            if !asked.by_hand.contains(&id) && names.any(|name| asked.is_connected(name)) {
                return Ok(Err(Outcome::Connected(id)));
            }
            targets.push(site.target_on(told.basis.clone(), &asked.open.known, of_setting, rules, now));
        }
        let directory_load = sites.first().map(|site| site.setting.load);
        Ok(Ok(Telling { chosen, targets, directory_load }))
    }

    /// Each of these settings that the directory knows, once.
    async fn sites_of(
        &self,
        settings: impl Iterator<Item = SettingId>,
        rules: &Rules,
        machine: Timestamp,
    ) -> Result<Vec<Site>> {
        let settings: BTreeSet<SettingId> = settings.collect();
        let settings: Vec<SettingId> = settings.into_iter().collect();
        self.sites(&settings, rules, machine).await
    }

    /// The child as an incident names it.
    fn named<'a>(&self, incident: &'a Incident, open: &Open) -> Option<&'a Child> {
        let id = |child: &Child| self.identity().child(open.child.incident, child.child_ref());
        incident.children().iter().find(|child| id(child) == open.child.id)
    }
}

/// A decision, with what it is worked out from.
struct Asked<'a> {
    /// `None` where it can't be read.
    incident: Option<&'a Incident>,
    open: &'a Open,
    decision: &'a ByPerson,
    entries: &'a [Candidate],
    by_hand: &'a [SettingId],
}

impl Asked<'_> {
    fn is_connected(&self, contact: &str) -> bool {
        self.incident.is_some_and(|incident| (self.decision.is_connected)(incident, contact))
    }
}

impl Tx {
    /// The newest version of the incident that names the child; `None` where it can't be read.
    async fn incident_of(&mut self, open: &Open) -> Result<Option<Incident>> {
        let select =
            "SELECT sealed_body, received_at FROM incident_version WHERE incident_id = $1 AND version = $2";
        let (incident, version) = (open.child.incident, open.child.named_in);
        let query = sqlx::query(select).bind(incident.bytes().to_vec()).bind(version);
        let Some(found) = query.fetch_optional(self.conn()).await? else { return Ok(None) };
        let body = open.key.open(&body_place(incident, version), &row::bytes(&found, "sealed_body")?);
        let received_at = row::instant(&found, "received_at")?;
        Ok(body.ok().and_then(|body| parsed(&body, received_at)))
    }
}

fn parsed(body: &[u8], received_at: Timestamp) -> Option<Incident> {
    let data = serde_json::from_slice(body).ok()?;
    Incident::parse(&data, received_at).ok()
}
