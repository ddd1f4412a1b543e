//! Everybody on a register, read in pages: what an index in memory is built from and follows.

use encompass_core::id::{EntryId, LoadId, RegisterId, of};
use sqlx::any::AnyRow;

use super::admin::{Licensed, Opened};
use super::entry::Person;
use super::place;
use crate::db::row;
use crate::seal::SealingKey;
use crate::{Error, Result, Scope, Store};

/// The current version of a register, open to be read whole.
pub struct Roll {
    store: Store,
    register: Licensed,
    key: SealingKey,
}

/// Somebody on it.
pub struct Listed {
    /// The entry.
    pub entry: EntryId,
    /// Who.
    pub person: Person,
}

impl Store {
    /// The current version of a register that is licensed to a force in scope.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none; else as the database says.
    pub async fn roll(&self, scope: &Scope, force: &str, register: RegisterId) -> Result<Roll> {
        let open = self.open_registers(scope, force).await?;
        let found = open.into_iter().find(|opened| opened.register.id == register);
        let Opened { register, key } = found.ok_or(Error::NotFound)?;
        Ok(Roll { store: self.clone(), register, key })
    }
}

impl Roll {
    /// Which version of which register it is.
    pub fn register(&self) -> &Licensed {
        &self.register
    }

    /// How many are on it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count(&self) -> Result<u64> {
        let select = "SELECT COUNT(*) AS n FROM register_entry WHERE load_id = $1";
        let query = sqlx::query(select).bind(self.register.load.bytes().to_vec());
        let found = query.fetch_one(self.store.read()).await?;
        Ok(u64::try_from(row::int(&found, "n")?).unwrap_or_default())
    }

    /// Everybody whose entry comes after `after`, `most` at most, in the order of entries.
    ///
    /// # Errors
    /// [`Error::Sealed`] when the register's key was erased; else as the database says.
    pub async fn after(&self, after: EntryId, most: i64) -> Result<Vec<Listed>> {
        let select = "SELECT entry_id, sealed_entry FROM register_entry \
             WHERE load_id = $1 AND entry_id > $2 ORDER BY entry_id LIMIT $3";
        let query = sqlx::query(select).bind(self.register.load.bytes().to_vec());
        let rows = query.bind(after.bytes().to_vec()).bind(most).fetch_all(self.store.read()).await?;
        rows.iter().map(|found| self.listed(found)).collect()
    }

    /// The same of those only who are new since another version of this register, or differ from what it had.
    ///
    /// # Errors
    /// As [`after`](Self::after).
    pub async fn changed_after(&self, before: LoadId, after: EntryId, most: i64) -> Result<Vec<Listed>> {
        let select = "SELECT e.entry_id AS entry_id, e.sealed_entry AS sealed_entry FROM register_entry e \
             LEFT JOIN register_entry o ON o.load_id = $2 AND o.entry_id = e.entry_id \
             WHERE e.load_id = $1 AND e.entry_id > $3 AND (o.row_hash IS NULL OR o.row_hash <> e.row_hash) \
             ORDER BY e.entry_id LIMIT $4";
        let query = sqlx::query(select).bind(self.register.load.bytes().to_vec());
        let query = query.bind(before.bytes().to_vec()).bind(after.bytes().to_vec()).bind(most);
        let rows = query.fetch_all(self.store.read()).await?;
        rows.iter().map(|found| self.listed(found)).collect()
    }

    /// Whoever another version of this register had and this one has no longer, in the order of entries.
    ///
    /// # Errors
    /// As the database says.
    pub async fn gone_after(&self, before: LoadId, after: EntryId, most: i64) -> Result<Vec<EntryId>> {
        let select = "SELECT o.entry_id AS entry_id FROM register_entry o \
             LEFT JOIN register_entry e ON e.load_id = $1 AND e.entry_id = o.entry_id \
             WHERE o.load_id = $2 AND o.entry_id > $3 AND e.entry_id IS NULL ORDER BY o.entry_id LIMIT $4";
        let query = sqlx::query(select).bind(self.register.load.bytes().to_vec());
        let query = query.bind(before.bytes().to_vec()).bind(after.bytes().to_vec()).bind(most);
        let rows = query.fetch_all(self.store.read()).await?;
        rows.iter().map(|found| row::id::<of::Entry>(found, "entry_id")).collect()
    }

    fn listed(&self, found: &AnyRow) -> Result<Listed> {
        let entry = row::id::<of::Entry>(found, "entry_id")?;
        let sealed = row::bytes(found, "sealed_entry")?;
        Ok(Listed { entry, person: self.key.open_json(&place(entry), &sealed)? })
    }
}
