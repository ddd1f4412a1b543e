//! What was found for a batch, as its children are decided by it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use encompass_core::calendar::london;
use encompass_core::id::{ChildId, EntryId, SettingId};
use encompass_matching::adult::{Named, Tie};
use encompass_matching::setting::{Findings, Wording};
use encompass_matching::{Entry, Officer, Registers, Searched};
use encompass_store::resolve::{Contacts, Reach, Registered, Rules, Site};

use super::snapshot::Snapshot;
use super::subject::Subject;

/// A setting, as one force sees it.
pub(super) type Seen = (SettingId, String);

/// What was found for a batch.
pub(super) struct Found {
    pub entries: HashMap<ChildId, Vec<Entry>>,
    /// Where each child was looked for.
    pub searched: HashMap<ChildId, Vec<Searched>>,
    /// What each entry says of who is told.
    pub registered: HashMap<EntryId, Registered>,
    /// What the registers of each force are worth together.
    pub registers: BTreeMap<String, Registers>,
    /// What the officers' words mean.
    pub officers: HashMap<ChildId, Officer>,
    /// The settings that the officers' words can mean.
    pub named: HashMap<ChildId, Findings>,
    pub sites: HashMap<SettingId, Worded>,
    pub contacts: Contacts,
    /// The names of contacts.
    pub names: HashMap<Seen, Vec<Named>>,
    /// The settings whose contacts were looked up.
    pub looked_up: BTreeSet<Seen>,
    pub directory: Arc<Snapshot>,
}

/// A setting with what it is called, by which an officer may mean it.
pub(super) struct Worded {
    pub site: Site,
    pub wording: Wording,
}

impl Worded {
    pub fn of(site: Site) -> Self {
        let record = &site.setting.record;
        let wording = Wording::of(&record.name, record.town.as_deref());
        Self { site, wording }
    }
}

impl Found {
    /// Nothing yet but the directory, and what the officers' words can mean by it.
    pub fn new(directory: Arc<Snapshot>, named: HashMap<ChildId, Findings>) -> Self {
        Self {
            entries: HashMap::new(),
            searched: HashMap::new(),
            registered: HashMap::new(),
            registers: BTreeMap::new(),
            officers: HashMap::new(),
            named,
            sites: HashMap::new(),
            contacts: Contacts::new(),
            names: HashMap::new(),
            looked_up: BTreeSet::new(),
            directory,
        }
    }

    pub fn entries_of(&self, child: ChildId) -> &[Entry] {
        self.entries.get(&child).map_or(&[], Vec::as_slice)
    }

    /// The settings where the entries of a child are on roll, or were.
    pub fn enrolled(&self, child: ChildId) -> impl Iterator<Item = SettingId> {
        let enrolments = self.entries_of(child).iter().flat_map(|entry| &entry.enrolments);
        enrolments.map(|enrolment| enrolment.setting)
    }

    /// Ends the stays of a child's entries at settings whose last year it is past.
    pub fn end_last_years(&mut self, subject: &Subject, rules: &Rules) {
        for entry in self.entries.get_mut(&subject.id()).into_iter().flatten() {
            for enrolment in &mut entry.enrolments {
                let Some(Worded { site, .. }) = self.sites.get(&enrolment.setting) else { continue };
                let due_on = london::date(site.due(&subject.known, rules).at);
                let registered = (enrolment.ends_on, enrolment.last_day);
                (enrolment.ends_on, enrolment.last_day) =
                    site.last_day(registered, entry.born, due_on, &rules.routing);
            }
        }
    }

    /// A setting, if the directory has it.
    pub fn site(&self, setting: SettingId) -> Option<&Site> {
        self.sites.get(&setting).map(|worded| &worded.site)
    }

    /// The contacts of a setting, as the force of a child sees them.
    pub fn contacts(&self, setting: SettingId, subject: &Subject) -> &[Reach] {
        self.contacts.get(&(setting, subject.force().to_owned())).map_or(&[], Vec::as_slice)
    }

    /// How near an adult of the incident is to the contacts of a setting.
    pub fn tie(&self, setting: SettingId, subject: &Subject) -> Tie {
        let contacts = self.names.get(&(setting, subject.force().to_owned())).into_iter().flatten();
        let ties = contacts.flat_map(|contact| subject.adults.iter().map(|adult| adult.tie(contact)));
        ties.max().unwrap_or_default()
    }

    /// The settings that entries and officers name.
    pub fn settings(&self) -> BTreeSet<SettingId> {
        let enrolled = self.entries.values().flatten().flat_map(|entry| &entry.enrolments);
        let officers = self.officers.values().flat_map(|officer| officer.settings.iter().copied());
        let named =
            self.named.values().flat_map(|named| &named.candidates).map(|candidate| candidate.setting);
        enrolled.map(|enrolment| enrolment.setting).chain(officers).chain(named).collect()
    }
}
