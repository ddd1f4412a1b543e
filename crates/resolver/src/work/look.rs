//! Everything that a batch needs from registers, directory and contacts, read in a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use encompass_core::calendar::london;
use encompass_core::due::Known;
use encompass_core::id::{ChildId, EntryId, IncidentId, SettingId};
use encompass_core::incident::{Child, Incident};
use encompass_core::routing::Attendance;
use encompass_matching::adult::Named;
use encompass_matching::officer::Query;
use encompass_matching::setting::{Asked, Findings};
use encompass_matching::{Entry, Facts, Officer, Registers, Searched, normalise};
use encompass_store::resolve::{Case, Contacts, Naming, Site};
use jiff::Timestamp;

use super::snapshot::Snapshot;
use super::{Error, Resolver};

/// One child as it was read from its incident.
pub(super) struct Subject<'a> {
    pub id: ChildId,
    pub case: IncidentId,
    pub force: &'a str,
    pub incident: &'a Incident,
    pub child: &'a Child,
    pub known: Known,
    pub facts: Facts,
    pub officer: Query,
    pub adults: Vec<Named>,
}

/// What was found for a batch.
pub(super) struct Found {
    pub entries: HashMap<ChildId, Vec<Entry>>,
    /// Where each child was looked for.
    pub searched: HashMap<ChildId, Vec<Searched>>,
    /// In which way an entry belongs to a setting.
    pub how: HashMap<(EntryId, SettingId), Attendance>,
    pub registers: BTreeMap<String, Registers>,
    pub officers: HashMap<ChildId, Officer>,
    /// The settings that the officers' words can mean.
    pub named: HashMap<ChildId, Findings>,
    pub sites: HashMap<SettingId, (Site, Vec<String>)>,
    pub contacts: Contacts,
    pub names: HashMap<(SettingId, String), Vec<Named>>,
    /// The settings whose contacts were looked up, as which force sees them.
    looked: BTreeSet<(SettingId, String)>,
    pub directory: Arc<Snapshot>,
}

impl<'a> Subject<'a> {
    pub fn new(case: &'a Case, id: ChildId, incident: &'a Incident, child: &'a Child) -> Self {
        let officer = child.setting.known().map_or_else(Query::default, |text| Query::of(text));
        Self {
            id,
            case: case.incident,
            force: &case.force,
            incident,
            child,
            // A correction that says no time can't move the clock to its own receipt.
            known: Known::of(incident, case.first_received_at),
            facts: Facts::of(child),
            officer,
            adults: incident.adults().iter().flat_map(Named::all_of).collect(),
        }
    }
}

impl Resolver {
    /// Looks up everything about these children.
    pub(super) async fn look(&self, subjects: &[Subject<'_>], now: Timestamp) -> Result<Found, Error> {
        let directory = self.snapshot().await?;
        let mut found = Found {
            entries: HashMap::new(),
            searched: HashMap::new(),
            how: HashMap::new(),
            registers: BTreeMap::new(),
            officers: HashMap::new(),
            named: named(subjects, &directory),
            sites: HashMap::new(),
            contacts: Contacts::new(),
            names: HashMap::new(),
            looked: BTreeSet::new(),
            directory,
        };
        let forces: BTreeSet<&str> = subjects.iter().map(|subject| subject.force).collect();
        for force in forces {
            let of_force: Vec<&Subject> = subjects.iter().filter(|subject| subject.force == force).collect();
            self.look_up(force, &of_force, now, &mut found).await?;
        }
        found.officers = self.officers(subjects, &found).await?;
        self.add_sites(found.settings(), &mut found).await?;
        let mut places = BTreeSet::new();
        for subject in subjects {
            let entries = found.entries.get(&subject.id).into_iter().flatten();
            let settings = entries.flat_map(|entry| &entry.enrolments).map(|enrolment| enrolment.setting);
            places.extend(settings.map(|setting| (setting, subject.force.to_owned())));
        }
        self.add_contacts(places, &mut found).await?;
        Ok(found)
    }

    /// Looks up settings that are told besides, as which force sees them.
    pub(super) async fn look_beside(
        &self,
        places: BTreeSet<(SettingId, String)>,
        found: &mut Found,
    ) -> Result<(), Error> {
        self.add_sites(places.iter().map(|(setting, _)| *setting).collect(), found).await?;
        self.add_contacts(places, found).await
    }

    /// What the officers' words mean.
    async fn officers(
        &self,
        subjects: &[Subject<'_>],
        found: &Found,
    ) -> Result<HashMap<ChildId, Officer>, Error> {
        let queries = subjects.iter().map(|subject| &subject.officer);
        let names: Vec<&str> =
            queries.clone().flat_map(|query| &query.names).map(|(name, _)| name.as_str()).collect();
        let urns: Vec<&str> = queries.flat_map(|query| &query.urns).map(String::as_str).collect();
        if names.is_empty() && urns.is_empty() {
            return Ok(HashMap::new());
        }
        let naming = self.store.settings_named(&names, &urns).await?;
        let said = subjects.iter().filter_map(|subject| Some((subject, subject.child.setting.known()?)));
        Ok(said
            .map(|(subject, text)| {
                let exact = meant(&subject.officer, &naming);
                let settings = if exact.is_empty() { found.meant(subject.id) } else { exact };
                (subject.id, Officer::new(text, settings))
            })
            .collect())
    }

    async fn add_sites(&self, ids: BTreeSet<SettingId>, found: &mut Found) -> Result<(), Error> {
        let ids: Vec<SettingId> = ids.into_iter().filter(|id| !found.sites.contains_key(id)).collect();
        let sites = self.store.sites(&ids, &self.rules, self.clock.machine()).await?;
        found.sites.extend(sites.into_iter().map(|site| (site.setting.id, with_words(site))));
        Ok(())
    }

    /// The contacts of settings that the directory knows, and their names.
    async fn add_contacts(
        &self,
        mut places: BTreeSet<(SettingId, String)>,
        found: &mut Found,
    ) -> Result<(), Error> {
        places.retain(|place| found.sites.contains_key(&place.0) && !found.looked.contains(place));
        if places.is_empty() {
            return Ok(());
        }
        let asked: Vec<(SettingId, &str)> =
            places.iter().map(|(setting, force)| (*setting, force.as_str())).collect();
        let contacts = self.store.contacts_at(&asked).await?;
        let named = |contacts: &Vec<encompass_store::resolve::Reach>| {
            contacts.iter().filter_map(|contact| Named::new(contact.name.as_ref()?)).collect()
        };
        found.names.extend(contacts.iter().map(|(place, contacts)| (place.clone(), named(contacts))));
        found.contacts.extend(contacts);
        found.looked.extend(places);
        Ok(())
    }
}

impl Found {
    /// The settings that entries and officers name.
    fn settings(&self) -> BTreeSet<SettingId> {
        let enrolled = self.entries.values().flatten().flat_map(|entry| &entry.enrolments);
        let officers = self.officers.values().flat_map(|officer| officer.settings.iter().copied());
        let named =
            self.named.values().flat_map(|named| &named.candidates).map(|candidate| candidate.setting);
        enrolled.map(|enrolment| enrolment.setting).chain(officers).chain(named).collect()
    }

    /// The settings that an officer's words mean by the directory's names: those of the child's entries, and the best of
    /// the others.
    fn meant(&self, child: ChildId) -> Vec<SettingId> {
        let Some(named) = self.named.get(&child) else { return Vec::new() };
        let meant: BTreeSet<SettingId> = named.meant.iter().copied().collect();
        let enrolled = self.entries.get(&child).into_iter().flatten().flat_map(|entry| &entry.enrolments);
        let enrolled = enrolled.map(|enrolment| enrolment.setting);
        let best = named.candidates.iter().map(|candidate| candidate.setting);
        enrolled.chain(best).filter(|setting| meant.contains(setting)).collect()
    }
}

/// The settings that the officers' words can mean, by the directory in memory.
fn named(subjects: &[Subject<'_>], directory: &Snapshot) -> HashMap<ChildId, Findings> {
    let said = subjects.iter().filter_map(|subject| Some((subject, subject.child.setting.known()?)));
    said.map(|(subject, text)| {
        let ages = subject.child.ages_on(london::date(subject.known.at));
        let asked = Asked { words: text, ages: ages.as_ref(), homes: &subject.facts.postcodes };
        (subject.id, directory.index.find(&asked))
    })
    .collect()
}

/// The settings that a query's names, towns and numbers mean.
fn meant(query: &Query, naming: &Naming) -> Vec<SettingId> {
    let named = query.names.iter().flat_map(|(name, town)| {
        let settings = naming.by_name.get(name).into_iter().flatten();
        settings
            .filter(|setting| Query::is_in(town.as_deref(), setting.town.as_deref()))
            .map(|setting| setting.id)
    });
    named.chain(query.urns.iter().filter_map(|urn| naming.by_urn.get(urn).copied())).collect()
}

fn with_words(site: Site) -> (Site, Vec<String>) {
    let record = &site.setting.record;
    let mut words = normalise::words(&normalise::setting_name(&record.name));
    words.extend(record.town.iter().flat_map(|town| normalise::words(&normalise::setting_name(town))));
    (site, words)
}
