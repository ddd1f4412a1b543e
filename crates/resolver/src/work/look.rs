//! Everything that a batch needs from registers, directory and contacts, read in a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use encompass_core::due::Known;
use encompass_core::id::{ChildId, SettingId};
use encompass_core::incident::{Child, Incident};
use encompass_matching::adult::Named;
use encompass_matching::officer::Query;
use encompass_matching::{Entry, Facts, Officer, Registers, key, normalise};
use encompass_store::register::{Candidate, Licensed};
use encompass_store::resolve::{Case, Contacts, Naming, Site};
use jiff::Timestamp;

use super::{Error, Resolver, SCOPE};
use crate::keys;

/// How many entries that only come near a person is shown.
const NEAR_MAX: usize = 10;

/// One child as it was read from its incident.
pub(super) struct Subject<'a> {
    pub id: ChildId,
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
    pub registers: BTreeMap<String, Registers>,
    pub officers: HashMap<ChildId, Officer>,
    pub sites: HashMap<SettingId, (Site, Vec<String>)>,
    pub contacts: Contacts,
    pub names: HashMap<(SettingId, String), Vec<Named>>,
}

impl<'a> Subject<'a> {
    pub fn new(case: &'a Case, id: ChildId, incident: &'a Incident, child: &'a Child) -> Self {
        let officer = child.setting.known().map_or_else(Query::default, |text| Query::of(text));
        Self {
            id,
            force: &case.force,
            incident,
            child,
            known: Known::of(incident, case.received_at),
            facts: Facts::of(child),
            officer,
            adults: incident.adults().iter().flat_map(Named::all_of).collect(),
        }
    }
}

impl Resolver {
    /// Looks up everything about these children.
    pub(super) async fn look(&self, subjects: &[Subject<'_>], now: Timestamp) -> Result<Found, Error> {
        let (mut entries, mut registers) = (HashMap::new(), BTreeMap::new());
        let forces: BTreeSet<&str> = subjects.iter().map(|subject| subject.force).collect();
        for force in forces {
            let licensed = self.store.registers_of(&SCOPE, force).await?;
            registers.insert(force.to_owned(), usable(&licensed, now));
            let of_force: Vec<&Subject> = subjects.iter().filter(|subject| subject.force == force).collect();
            if !licensed.is_empty() {
                self.look_up(force, &of_force, now, &mut entries).await?;
            }
        }
        let officers = self.officers(subjects).await?;
        let sites = self.sites(&entries, &officers).await?;
        let (contacts, names) = self.contacts(subjects, &entries, &sites).await?;
        Ok(Found { entries, registers, officers, sites, contacts, names })
    }

    /// Entries that fit, and for children whom none fits those that come near.
    async fn look_up(
        &self,
        force: &str,
        subjects: &[&Subject<'_>],
        now: Timestamp,
        entries: &mut HashMap<ChildId, Vec<Entry>>,
    ) -> Result<(), Error> {
        let exact = subjects.iter().map(|subject| (subject.id, key::exact(&subject.facts))).collect();
        self.look_up_by(force, exact, now, entries, usize::MAX).await?;
        let missing = subjects.iter().filter(|subject| !entries.contains_key(&subject.id));
        let near: Vec<_> = missing.map(|subject| (subject.id, key::near(&subject.facts))).collect();
        self.look_up_by(force, near, now, entries, NEAR_MAX).await
    }

    async fn look_up_by(
        &self,
        force: &str,
        wanted: Vec<(ChildId, Vec<key::Key>)>,
        now: Timestamp,
        entries: &mut HashMap<ChildId, Vec<Entry>>,
        most: usize,
    ) -> Result<(), Error> {
        let owners: Vec<ChildId> =
            wanted.iter().flat_map(|(id, keys)| std::iter::repeat_n(*id, keys.len())).collect();
        let all: Vec<_> = wanted.into_iter().flat_map(|(_, keys)| keys).map(keys::stored).collect();
        if all.is_empty() {
            return Ok(());
        }
        let found = match self.store.candidates(&SCOPE, force, &all).await {
            Err(encompass_store::Error::Sealed) => {
                tracing::error!(force, "a register's entries can't be opened: its children are held");
                return Ok(());
            }
            found => found?,
        };
        for candidate in &found {
            share(candidate, &owners, now, entries, most);
        }
        Ok(())
    }

    /// What the officers' words mean.
    async fn officers(&self, subjects: &[Subject<'_>]) -> Result<HashMap<ChildId, Officer>, Error> {
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
            .map(|(subject, text)| (subject.id, Officer::new(text, meant(&subject.officer, &naming))))
            .collect())
    }

    /// The settings that entries and officers name, with the words of their names.
    async fn sites(
        &self,
        entries: &HashMap<ChildId, Vec<Entry>>,
        officers: &HashMap<ChildId, Officer>,
    ) -> Result<HashMap<SettingId, (Site, Vec<String>)>, Error> {
        let enrolled = entries.values().flatten().flat_map(|entry| &entry.enrolments);
        let named = officers.values().flat_map(|officer| officer.settings.iter().copied());
        let ids: BTreeSet<SettingId> = enrolled.map(|enrolment| enrolment.setting).chain(named).collect();
        let ids: Vec<SettingId> = ids.into_iter().collect();
        let sites = self.store.sites(&ids, &self.rules, self.clock.machine()).await?;
        Ok(sites.into_iter().map(|site| (site.setting.id, with_words(site))).collect())
    }

    /// The contacts of the settings that may be told, and their names.
    async fn contacts(
        &self,
        subjects: &[Subject<'_>],
        entries: &HashMap<ChildId, Vec<Entry>>,
        sites: &HashMap<SettingId, (Site, Vec<String>)>,
    ) -> Result<(Contacts, HashMap<(SettingId, String), Vec<Named>>), Error> {
        let mut places = BTreeSet::new();
        for subject in subjects {
            let entries = entries.get(&subject.id).into_iter().flatten();
            let settings = entries.flat_map(|entry| &entry.enrolments).map(|enrolment| enrolment.setting);
            places.extend(settings.filter(|id| sites.contains_key(id)).map(|id| (id, subject.force)));
        }
        let places: Vec<_> = places.into_iter().collect();
        let contacts = self.store.contacts_at(&places).await?;
        let named = |contacts: &Vec<encompass_store::resolve::Reach>| {
            contacts.iter().filter_map(|contact| Named::new(contact.name.as_ref()?)).collect()
        };
        let names = contacts.iter().map(|(place, contacts)| (place.clone(), named(contacts))).collect();
        Ok((contacts, names))
    }
}

/// Gives a candidate to each child whose keys found it.
fn share(
    candidate: &Candidate,
    owners: &[ChildId],
    now: Timestamp,
    entries: &mut HashMap<ChildId, Vec<Entry>>,
    most: usize,
) {
    let children: BTreeSet<ChildId> = candidate.found_by.iter().map(|place| owners[*place]).collect();
    for child in children {
        let of_child = entries.entry(child).or_default();
        if of_child.len() < most {
            of_child.push(keys::candidate(candidate, candidate.is_stale(now)));
        }
    }
}

fn usable(licensed: &[Licensed], now: Timestamp) -> Registers {
    match licensed {
        [] => Registers::None,
        all if all.iter().all(|register| register.is_stale(now)) => Registers::Stale,
        _ => Registers::Usable,
    }
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
