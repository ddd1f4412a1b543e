//! Whom the version before restricts: for a file that has no word for it, and to tell whom one lets go.

use std::collections::HashMap;

use encompass_core::id::{EntryId, LoadId};

use super::entry::{Entry, KeyKind, Person, entry_id};
use super::load::RegisterLoad;
use super::place;
use crate::db::row;
use crate::{Error, Result, Store};

/// Everybody whom one version of a register restricts.
pub struct Restricted {
    store: Store,
    source: String,
    /// Why, where the register says so.
    reasons: HashMap<EntryId, Option<String>>,
    /// What they are found by, however the next file numbers them.
    keys: HashMap<[u8; 32], EntryId>,
}

impl RegisterLoad {
    /// Everybody whom the version before restricts; nobody where there is none.
    ///
    /// # Errors
    /// As the database says.
    pub async fn restricted_before(&self) -> Result<Restricted> {
        let store = self.loading.store.clone();
        let (reasons, keys) = match self.loading.current {
            Some(before) => (self.reasons(before).await?, self.keys(before).await?),
            None => (HashMap::new(), HashMap::new()),
        };
        Ok(Restricted { store, source: self.source.clone(), reasons, keys })
    }

    async fn reasons(&self, before: LoadId) -> Result<HashMap<EntryId, Option<String>>> {
        let select =
            "SELECT entry_id, sealed_entry FROM register_entry WHERE load_id = $1 AND restricted = 1";
        let query = sqlx::query(select).bind(before.bytes().to_vec());
        let found = query.fetch_all(self.loading.store.read()).await?;
        let each = found.iter().map(|found| {
            let id = row::id(found, "entry_id")?;
            let person: Person = self.key.open_json(&place(id), &row::bytes(found, "sealed_entry")?)?;
            Ok((id, person.details.restriction.clone()))
        });
        each.collect()
    }

    async fn keys(&self, before: LoadId) -> Result<HashMap<[u8; 32], EntryId>> {
        let select = "SELECT k.hash, k.entry_id FROM register_entry e \
             JOIN register_key k ON k.load_id = e.load_id AND k.entry_id = e.entry_id \
             WHERE e.load_id = $1 AND e.restricted = 1";
        let query = sqlx::query(select).bind(before.bytes().to_vec());
        let found = query.fetch_all(self.loading.store.read()).await?;
        let each = found.iter().map(|found| {
            let hash = row::bytes(found, "hash")?;
            Ok((hash.try_into().map_err(|_| Error::Corrupt("hash".into()))?, row::id(found, "entry_id")?))
        });
        each.collect()
    }
}

impl Restricted {
    /// Restricts an entry, with the reason that stood there, where the version before restricts who goes by the same
    /// number, or by the same given name and birth date. Says whether it did: a namesake too many is for named people
    /// only, and a child too few would be told of.
    pub fn restrict(&self, entry: &mut Entry) -> bool {
        if entry.restricted || self.reasons.is_empty() {
            return false;
        }
        let Some(before) = self.before(entry, |_| true) else { return false };
        entry.restricted = true;
        entry.person.details.restriction = self.reasons.get(&before).cloned().flatten();
        true
    }

    /// Whether the version before restricts who goes by the same number, and the entry is not restricted any more.
    pub fn lets_go(&self, entry: &Entry) -> bool {
        let is_number = |kind| kind != KeyKind::GivenBirth;
        !entry.restricted && !self.reasons.is_empty() && self.before(entry, is_number).is_some()
    }

    fn before(&self, entry: &Entry, counts: impl Fn(KeyKind) -> bool) -> Option<EntryId> {
        let identity = self.store.identity();
        let own = entry_id(identity, &self.source, &entry.person.child);
        let keys = || entry.keys.iter().filter(|key| counts(key.kind));
        let by_key = || keys().find_map(|key| self.keys.get(&key.hash(identity, &self.source)));
        self.reasons.contains_key(&own).then_some(own).or_else(|| by_key().copied())
    }
}
