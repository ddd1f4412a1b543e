//! The made-up county's people and places, by the ids that the store gave them.

use std::collections::HashMap;

use encompass_core::id::{ContactId, SettingId};
use encompass_county::{County, FORCE};
use encompass_store::directory::Identifier;
use encompass_store::{Clock, Scope, Store};

/// Who looks.
pub(super) const SCOPE: Scope = Scope::service("demo");

/// What the store calls the county's settings and contacts.
pub(super) struct People {
    /// Settings, by their places in the county; `None` where no file lists one.
    pub settings: Vec<Option<SettingId>>,
    places: HashMap<SettingId, usize>,
    /// Contacts by setting's place and address.
    contacts: HashMap<(usize, String), ContactId>,
    /// Those by mail address, first of the county's first.
    by_address: HashMap<String, ContactId>,
}

impl People {
    /// Looks everybody up.
    pub(super) async fn find(store: &Store, county: &County) -> anyhow::Result<Self> {
        let machine = Clock::machine_time().now();
        let identifier = |setting: &encompass_county::Setting| {
            Identifier::new(setting.identifier.scheme, setting.identifier.value.as_str())
        };
        let wanted: Vec<Identifier> = county.settings.iter().map(identifier).collect();
        let found = store.settings_by_identifier(&wanted, machine).await?;
        let settings: Vec<Option<SettingId>> = found.into_iter().map(|one| one.map(|one| one.id)).collect();
        let places: HashMap<SettingId, usize> =
            settings.iter().enumerate().filter_map(|(place, id)| Some(((*id)?, place))).collect();
        let ids: Vec<SettingId> = settings.iter().flatten().copied().collect();
        let (mut contacts, mut by_address) = (HashMap::new(), HashMap::new());
        for (setting, of_setting) in store.contacts_of_all(&SCOPE, &ids, FORCE).await? {
            for contact in of_setting {
                let address = contact.person.address.to_lowercase();
                by_address.insert(address.clone(), contact.id);
                contacts.insert((places[&setting], address), contact.id);
            }
        }
        Ok(Self { settings, places, contacts, by_address })
    }

    /// A setting's place in the county.
    pub(super) fn place(&self, setting: SettingId) -> Option<usize> {
        self.places.get(&setting).copied()
    }

    /// The contact of a setting with that address.
    pub(super) fn contact(&self, place: usize, address: &str) -> Option<ContactId> {
        self.contacts.get(&(place, address.to_lowercase())).copied()
    }

    /// A contact that reads mail to that address.
    pub(super) fn at_address(&self, address: &str) -> Option<ContactId> {
        self.by_address.get(&address.to_lowercase()).copied()
    }

    /// The ids of settings by their places.
    pub(super) fn ids(&self, places: &[usize]) -> Vec<SettingId> {
        places.iter().filter_map(|place| self.settings[*place]).collect()
    }
}
