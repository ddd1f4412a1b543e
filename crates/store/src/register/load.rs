//! Loading a register: a full file, or the changes since the version before.

use std::collections::{HashMap, HashSet};

use encompass_core::id::{EntryId, LoadId, SettingId, of};
use jiff::Timestamp;

use super::entry::{Enrolment, Entry, entry_id};
use super::place;
use crate::db::{Value, batch, row};
use crate::directory::load::{Brake, Kind, Loading, Outcome, Start};
use crate::directory::read::day_value;
use crate::scope::Actor;
use crate::seal::SealingKey;
use crate::{Error, Result, Store, Tx};

/// Entries taken over from the version before in one transaction.
const TAKEN_OVER: i64 = 1_000;

/// One change since the version before.
#[derive(Clone, Debug)]
pub enum Change {
    /// Somebody is new or differs.
    Put(Box<Entry>),
    /// Somebody, by the register's own number, is no longer on it.
    Remove(String),
}

/// A version of a register that is being filled.
pub struct RegisterLoad {
    loading: Loading,
    source: String,
    key: SealingKey,
    /// Whoever the file itself speaks of.
    spoken_of: HashSet<EntryId>,
    is_full: bool,
}

impl RegisterLoad {
    /// Begins a version of a register made before. A full one holds nobody whom the file does not name; one of
    /// changes takes over everybody whom it does not name.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such register; else as [`Loading::begin`].
    pub async fn begin(
        store: &Store,
        source: &str,
        is_full: bool,
        as_of: Timestamp,
        by: Actor,
        now: Timestamp,
    ) -> Result<Self> {
        let select = "SELECT id, owner, wrapped_key FROM register WHERE source = $1";
        let found = sqlx::query(select).bind(source.to_owned()).fetch_optional(store.read()).await?;
        let found = found.ok_or(Error::NotFound)?;
        let id = row::id::<of::Register>(&found, "id")?;
        let key = store.keys().unwrap(&id.bytes(), Some(&row::bytes(&found, "wrapped_key")?))?;
        let owner = row::text(&found, "owner")?;
        let start = Start { kind: Kind::Register, source: source.to_owned(), owner, as_of, by };
        let loading = Loading::begin(store, start, now).await?;
        Ok(Self { loading, source: source.to_owned(), key, spoken_of: HashSet::new(), is_full })
    }

    /// Writes entries in one short transaction; the caller cuts the file into batches of some hundred. Somebody
    /// who was written already is passed over; says how many were.
    ///
    /// # Errors
    /// [`Error::ClaimLost`] when a later load cut this one off; else as the database says.
    pub async fn add(&mut self, entries: Vec<Entry>) -> Result<usize> {
        self.apply(entries.into_iter().map(|entry| Change::Put(Box::new(entry))).collect()).await
    }

    /// Writes changes in one short transaction, as [`add`](Self::add) does.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub async fn apply(&mut self, changes: Vec<Change>) -> Result<usize> {
        let mut rows = Rows::default();
        let (all, mut repeated) = (changes.len(), 0);
        for change in changes {
            let child = match &change {
                Change::Put(entry) => &entry.person.child,
                Change::Remove(child) => child,
            };
            let id = entry_id(self.loading.store.identity(), &self.source, child);
            match change {
                _ if !self.spoken_of.insert(id) => repeated += 1,
                Change::Put(entry) => self.put(&mut rows, id, *entry),
                Change::Remove(_) => {}
            }
        }
        if repeated < all {
            let mut tx = self.loading.batch().await?;
            rows.write(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(repeated)
    }

    /// Makes the version current, see [`Loading::finish`].
    ///
    /// # Errors
    /// As [`Loading::finish`].
    pub async fn finish(mut self, brake: Brake, set_aside: i64, now: Timestamp) -> Result<Outcome> {
        if let (false, Some(before)) = (self.is_full, self.loading.current) {
            self.take_over(before).await?;
        }
        self.loading.finish(brake, set_aside, now).await
    }

    /// Ends the load and removes its rows.
    ///
    /// # Errors
    /// As the database says.
    pub async fn abandon(self, now: Timestamp) -> Result<()> {
        self.loading.abandon(now).await
    }

    fn put(&mut self, rows: &mut Rows, id: EntryId, entry: Entry) {
        let load = self.loading.id();
        let identity = self.loading.store.identity();
        let mut keys: Vec<[u8; 32]> = entry.keys.iter().map(|key| key.hash(identity, &self.source)).collect();
        keys.sort_unstable();
        keys.dedup();
        let enrolments = one_each(entry.enrolments);
        let json = zeroize::Zeroizing::new(
            serde_json::to_vec(&(&entry.person, entry.restricted, &enrolments))
                .expect("entries are written as JSON"),
        );
        let bytes = id.bytes();
        let parts: Vec<&[u8]> =
            [&bytes[..], &json].into_iter().chain(keys.iter().map(|key| &key[..])).collect();
        let hash = identity.hash("register row", &parts);
        self.loading.mix(&hash);
        let sealed = self.key.seal_json(&place(id), &entry.person);
        rows.entries.push(vec![load.into(), id.into(), entry.restricted.into(), hash.into(), sealed.into()]);
        rows.keys.extend(keys.into_iter().map(|key| vec![load.into(), key.into(), id.into()]));
        rows.enrolments.extend(enrolments.into_iter().map(|enrolment| enrolled(load, id, enrolment)));
    }

    /// Copies whoever the file does not speak of, without opening them.
    async fn take_over(&mut self, before: LoadId) -> Result<()> {
        let mut after = EntryId::new(uuid::Uuid::nil());
        loop {
            let select = "SELECT entry_id, row_hash FROM register_entry WHERE load_id = $1 AND entry_id > $2 \
                 ORDER BY entry_id LIMIT $3";
            let query = sqlx::query(select).bind(before.bytes().to_vec()).bind(after.bytes().to_vec());
            let found = query.bind(TAKEN_OVER).fetch_all(self.loading.store.read()).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = row::id(last, "entry_id")?;
            let mut unchanged = Vec::with_capacity(found.len());
            for found in &found {
                let id = row::id::<of::Entry>(found, "entry_id")?;
                if !self.spoken_of.contains(&id) {
                    let hash = row::bytes(found, "row_hash")?;
                    self.loading.mix(&hash.try_into().map_err(|_| Error::Corrupt("row_hash".into()))?);
                    unchanged.push(vec![self.loading.id().into(), before.into(), id.into()]);
                }
            }
            let mut tx = self.loading.batch().await?;
            for copy in COPIES {
                batch::with(tx.conn(), "fresh, former, entry", unchanged.clone(), copy).await?;
            }
            tx.commit().await?;
        }
    }
}

const COPIES: [&str; 3] = [
    "INSERT INTO register_entry (load_id, entry_id, restricted, row_hash, sealed_entry) \
     SELECT v.fresh, r.entry_id, r.restricted, r.row_hash, r.sealed_entry FROM v \
     JOIN register_entry r ON r.load_id = v.former AND r.entry_id = v.entry",
    "INSERT INTO register_key (load_id, hash, entry_id) SELECT v.fresh, r.hash, r.entry_id FROM v \
     JOIN register_key r ON r.load_id = v.former AND r.entry_id = v.entry",
    "INSERT INTO enrolment (load_id, entry_id, setting_id, kind, starts_on, ends_on) \
     SELECT v.fresh, r.entry_id, r.setting_id, r.kind, r.starts_on, r.ends_on FROM v \
     JOIN enrolment r ON r.load_id = v.former AND r.entry_id = v.entry",
];

#[derive(Default)]
struct Rows {
    entries: Vec<Vec<Value>>,
    keys: Vec<Vec<Value>>,
    enrolments: Vec<Vec<Value>>,
}

impl Rows {
    async fn write(self, tx: &mut Tx) -> Result<()> {
        let head = "INSERT INTO register_entry (load_id, entry_id, restricted, row_hash, sealed_entry)";
        batch::insert(tx.conn(), head, self.entries, "").await?;
        let head = "INSERT INTO register_key (load_id, hash, entry_id)";
        batch::insert(tx.conn(), head, self.keys, "").await?;
        let head = "INSERT INTO enrolment (load_id, entry_id, setting_id, kind, starts_on, ends_on)";
        batch::insert(tx.conn(), head, self.enrolments, "").await?;
        Ok(())
    }
}

fn enrolled(load: LoadId, entry: EntryId, enrolment: Enrolment) -> Vec<Value> {
    let Enrolment { setting, kind, starts_on, ends_on } = enrolment;
    vec![load.into(), entry.into(), setting.into(), kind.into(), day_value(starts_on), day_value(ends_on)]
}

/// One enrolment per setting, in order: of a child who left and came back the last one counts.
fn one_each(enrolments: Vec<Enrolment>) -> Vec<Enrolment> {
    let mut last: HashMap<SettingId, Enrolment> = HashMap::new();
    for enrolment in enrolments {
        let rank = |e: &Enrolment| (e.ends_on.is_none(), e.ends_on, e.starts_on);
        match last.get(&enrolment.setting) {
            Some(before) if rank(before) >= rank(&enrolment) => {}
            _ => drop(last.insert(enrolment.setting, enrolment)),
        }
    }
    let mut enrolments: Vec<Enrolment> = last.into_values().collect();
    enrolments.sort_by_key(|enrolment| enrolment.setting);
    enrolments
}
