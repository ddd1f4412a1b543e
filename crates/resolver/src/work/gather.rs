//! Everything that a batch needs from registers, directory and contacts, read in a fixed number of statements.

use std::collections::{BTreeSet, HashMap};

use encompass_core::calendar::london;
use encompass_core::id::{ChildId, SettingId};
use encompass_matching::Officer;
use encompass_matching::adult::Named;
use encompass_matching::officer::Query;
use encompass_matching::setting::{Asked, Findings};
use encompass_store::resolve::{Naming, Reach};
use jiff::Timestamp;

use super::found::{Found, Seen, Worded};
use super::snapshot::Snapshot;
use super::subject::Subject;
use super::{Error, Resolver, Tries};

impl Resolver {
    /// Gathers everything about these children.
    ///
    /// # Errors
    /// As [`search_registers`](Self::search_registers).
    pub(super) async fn gather(
        &self,
        subjects: &[Subject<'_>],
        now: Timestamp,
        tries: Tries,
    ) -> Result<Found, Error> {
        let directory = self.snapshot().await?;
        let named = named(subjects, &directory);
        let mut found = Found::new(directory, named);
        let forces: BTreeSet<&str> = subjects.iter().map(Subject::force).collect();
        for force in forces {
            let of_force: Vec<&Subject> =
                subjects.iter().filter(|subject| subject.force() == force).collect();
            self.search_registers(force, &of_force, now, tries, &mut found).await?;
        }
        found.officers = self.officers(subjects, &found).await?;
        self.add_sites(found.settings(), &mut found).await?;
        subjects.iter().for_each(|subject| found.end_last_years(subject, &self.rules));
        let mut enrolled = BTreeSet::new();
        for subject in subjects {
            let settings = found.enrolled(subject.id());
            enrolled.extend(settings.map(|setting| (setting, subject.force().to_owned())));
        }
        self.add_contacts(enrolled, &mut found).await?;
        Ok(found)
    }

    /// Adds settings that are to be told, and no entry or officer names.
    pub(super) async fn gather_told(&self, told: BTreeSet<Seen>, found: &mut Found) -> Result<(), Error> {
        self.add_sites(told.iter().map(|(setting, _)| *setting).collect(), found).await?;
        self.add_contacts(told, found).await
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
        let nothing = Findings::default();
        Ok(said
            .map(|(subject, text)| {
                let id = subject.id();
                let exact = meant(&subject.officer, &naming);
                let enrolled: Vec<SettingId> = found.enrolled(id).collect();
                let named = found.named.get(&id).unwrap_or(&nothing);
                (id, Officer::of(text, exact, named, &enrolled))
            })
            .collect())
    }

    async fn add_sites(&self, ids: BTreeSet<SettingId>, found: &mut Found) -> Result<(), Error> {
        let ids: Vec<SettingId> = ids.into_iter().filter(|id| !found.sites.contains_key(id)).collect();
        let sites = self.store.sites(&ids, &self.rules, self.clock.machine()).await?;
        found.sites.extend(sites.into_iter().map(|site| (site.setting.id, Worded::of(site))));
        Ok(())
    }

    /// The contacts of settings that the directory knows, and their names.
    async fn add_contacts(&self, mut settings: BTreeSet<Seen>, found: &mut Found) -> Result<(), Error> {
        settings.retain(|seen| found.sites.contains_key(&seen.0) && !found.looked_up.contains(seen));
        if settings.is_empty() {
            return Ok(());
        }
        let asked: Vec<(SettingId, &str)> =
            settings.iter().map(|(setting, force)| (*setting, force.as_str())).collect();
        let contacts = self.store.contacts_at(&asked).await?;
        let named = |contacts: &Vec<Reach>| {
            contacts.iter().filter_map(|contact| Named::new(contact.name.as_ref()?)).collect()
        };
        found.names.extend(contacts.iter().map(|(seen, contacts)| (seen.clone(), named(contacts))));
        found.contacts.extend(contacts);
        found.looked_up.extend(settings);
        Ok(())
    }
}

/// The settings that the officers' words can mean, by the directory in memory.
fn named(subjects: &[Subject<'_>], directory: &Snapshot) -> HashMap<ChildId, Findings> {
    let said = subjects.iter().filter_map(|subject| Some((subject, subject.child.setting.known()?)));
    said.map(|(subject, text)| {
        let ages = subject.child.ages_on(london::date(subject.known.at));
        let asked = Asked { words: text, ages: ages.as_ref(), homes: &subject.facts.postcodes };
        (subject.id(), directory.index.find(&asked))
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
