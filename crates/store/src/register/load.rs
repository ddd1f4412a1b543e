//! Loading a register: a full file, or the changes since the version before.

use std::collections::HashMap;

use encompass_core::calendar::london;
use encompass_core::id::{EntryId, LoadId, SettingId, of};
use jiff::Timestamp;
use jiff::civil::Date;

use super::admin::New;
use super::entry::{Enrolment, Entry, entry_id};
use super::identity::{Numbered, Pairs, is_number};
use super::place;
use crate::db::{Value, batch, row};
use crate::directory::load::{Brake, Kind, Loading, Outcome, Start};
use crate::directory::read::day_value;
use crate::scope::Actor;
use crate::seal::SealingKey;
use crate::{Error, Result, Store, Tx};

/// One change since the version before.
#[derive(Clone, Debug)]
pub enum Change {
    /// Somebody is new or differs.
    Put(Box<Entry>),
    /// Somebody, by the register's own number, is no longer on it.
    Remove(String),
    /// What the file says of somebody, by the register's own number, could not be read: what the version before has
    /// of them is kept, and decides nothing by itself.
    Doubt(String),
}

/// What became of somebody whom the file speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoken {
    Written,
    Removed,
    Doubted,
}

/// A version of a register that is being filled.
pub struct RegisterLoad {
    pub(super) loading: Loading,
    pub(super) source: String,
    pub(super) key: SealingKey,
    /// Whoever the file itself speaks of.
    pub(super) spoken_of: HashMap<EntryId, Spoken>,
    pub(super) is_full: bool,
    /// The day, in London, on which the file was true.
    pub(super) day: Date,
    pub(super) keep_leavers_days: u16,
    /// Whoever goes by the same numbers on other registers.
    pairs: Pairs,
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
        Ok(Self {
            loading,
            source: source.to_owned(),
            key,
            spoken_of: HashMap::new(),
            is_full,
            day: london::date(as_of),
            keep_leavers_days: 0,
            pairs: Pairs::begin(store, source).await?,
        })
    }

    /// Keeps whoever is no longer on roll for so many days more, with every enrolment ended: a person finds them, and
    /// nothing is sent by itself. Without this they are gone with the version that does not name them.
    #[must_use]
    pub fn keep_leavers(mut self, days: u16) -> Self {
        self.keep_leavers_days = days;
        self
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
        let mut numbered = Vec::new();
        let (all, mut repeated) = (changes.len(), 0);
        for change in changes {
            let child = match &change {
                Change::Put(entry) => &entry.person.child,
                Change::Remove(child) | Change::Doubt(child) => child,
            };
            let spoken = match &change {
                Change::Put(_) => Spoken::Written,
                Change::Remove(_) => Spoken::Removed,
                Change::Doubt(_) => Spoken::Doubted,
            };
            let id = entry_id(self.loading.store.identity(), &self.source, child);
            if self.spoken_of.contains_key(&id) {
                repeated += 1;
                continue;
            }
            self.spoken_of.insert(id, spoken);
            if let Change::Put(entry) = change {
                if entry.keys.iter().any(|key| is_number(key.kind)) {
                    numbered.push(Numbered { entry: id, keys: entry.keys.clone() });
                }
                self.put(&mut rows, id, *entry);
            }
        }
        if repeated < all {
            let mut tx = self.loading.batch().await?;
            rows.write(&mut tx).await?;
            tx.commit().await?;
            self.pairs.look(&self.loading.store, &numbered).await?;
        }
        Ok(repeated)
    }

    /// Makes the version current, see [`Loading::finish`].
    ///
    /// # Errors
    /// As [`Loading::finish`].
    pub async fn finish(mut self, brake: Brake, set_aside: i64, now: Timestamp) -> Result<Outcome> {
        self.carry_on().await?;
        let emptied = self.emptied(brake).await?;
        if !emptied.is_empty() {
            self.loading.refuse(now).await?;
            return Ok(Outcome::Empties(emptied));
        }
        let (store, by) = (self.loading.store.clone(), self.loading.start.by.clone());
        let outcome = self.loading.finish(brake, set_aside, now).await?;
        identify(self.pairs, &outcome, &store, &by, now).await?;
        Ok(outcome)
    }

    /// The same, and gives the register these terms in the commit that makes the version current: a version that is
    /// refused changes none.
    ///
    /// # Errors
    /// As [`Loading::finish`] and [`Tx::put_register`].
    pub async fn finish_on(
        mut self,
        terms: New,
        brake: Brake,
        set_aside: i64,
        now: Timestamp,
    ) -> Result<Outcome> {
        self.carry_on().await?;
        let emptied = self.emptied(brake).await?;
        if !emptied.is_empty() {
            self.loading.refuse(now).await?;
            return Ok(Outcome::Empties(emptied));
        }
        let (store, by) = (self.loading.store.clone(), self.loading.start.by.clone());
        let put = async |tx: &mut Tx| tx.put_register(terms.clone(), by.clone(), now).await.map(drop);
        let outcome = self.loading.finish_with(brake, set_aside, now, &put).await?;
        if matches!(outcome, Outcome::Unchanged(_)) {
            let mut tx = store.begin().await?;
            put(&mut tx).await?;
            tx.reconsider_held(&terms.source, now).await?;
            tx.commit().await?;
        }
        identify(self.pairs, &outcome, &store, &by, now).await?;
        Ok(outcome)
    }

    /// Takes over from the version before whoever the file does not speak of.
    async fn carry_on(&mut self) -> Result<()> {
        let is_whole = self.is_full && self.keep_leavers_days == 0;
        let is_doubted = || self.spoken_of.values().any(|spoken| *spoken == Spoken::Doubted);
        match self.loading.current {
            Some(before) if !is_whole || is_doubted() => self.take_over(before).await,
            _ => Ok(()),
        }
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
        let left_on = entry.left_on(self.day);
        let enrolments = each_stay(entry.enrolments, self.day);
        let json = zeroize::Zeroizing::new(
            serde_json::to_vec(&(&entry.person, entry.restricted, entry.doubtful, left_on, &enrolments))
                .expect("entries are written as JSON"),
        );
        let bytes = id.bytes();
        let parts: Vec<&[u8]> =
            [&bytes[..], &json].into_iter().chain(keys.iter().map(|key| &key[..])).collect();
        let hash = identity.hash("register row", &parts);
        self.loading.mix(&hash);
        let sealed = self.key.seal_json(&place(id), &entry.person);
        let (restricted, doubtful) = (entry.restricted.into(), entry.doubtful.into());
        let left_on = day_value(left_on);
        rows.entries.push(vec![
            load.into(),
            id.into(),
            restricted,
            hash.into(),
            sealed.into(),
            left_on,
            doubtful,
        ]);
        rows.keys.extend(keys.into_iter().map(|key| vec![load.into(), key.into(), id.into()]));
        let mut stays: HashMap<SettingId, i64> = HashMap::new();
        for enrolment in enrolments {
            let stay = stays.entry(enrolment.setting).or_insert(-1);
            *stay += 1;
            rows.enrolments.push(enrolled(load, id, *stay, enrolment));
        }
    }
}

/// A version that was refused joins nobody.
async fn identify(pairs: Pairs, outcome: &Outcome, store: &Store, by: &Actor, now: Timestamp) -> Result<()> {
    match outcome {
        Outcome::Shrinks(_) | Outcome::Empties(_) => Ok(()),
        Outcome::Current(_) | Outcome::Unchanged(_) => pairs.write(store, by, now).await,
    }
}

#[derive(Default)]
struct Rows {
    entries: Vec<Vec<Value>>,
    keys: Vec<Vec<Value>>,
    enrolments: Vec<Vec<Value>>,
}

impl Rows {
    async fn write(self, tx: &mut Tx) -> Result<()> {
        let head = "INSERT INTO register_entry (load_id, entry_id, restricted, row_hash, sealed_entry, left_on, doubtful)";
        batch::insert(tx.conn(), head, self.entries, "").await?;
        let head = "INSERT INTO register_key (load_id, hash, entry_id)";
        batch::insert(tx.conn(), head, self.keys, "").await?;
        let head = "INSERT INTO enrolment (load_id, entry_id, setting_id, stay, kind, starts_on, ends_on, last_day, attendance)";
        batch::insert(tx.conn(), head, self.enrolments, "").await?;
        Ok(())
    }
}

fn enrolled(load: LoadId, entry: EntryId, stay: i64, enrolment: Enrolment) -> Vec<Value> {
    let Enrolment { setting, kind, starts_on, ends_on, last_day, attendance } = enrolment;
    let (starts_on, ends_on) = (day_value(starts_on), day_value(ends_on));
    let who: [Value; 4] = [load.into(), entry.into(), setting.into(), stay.into()];
    let how = [kind.into(), starts_on, ends_on, last_day.as_str().into(), attendance.into()];
    [&who[..], &how].concat()
}

/// In each way in which the child is at a setting, every stay that is not over on `day`; where all are, the last. Of a child
/// who left and came back only the stay that goes on counts.
fn each_stay(mut enrolments: Vec<Enrolment>, day: Date) -> Vec<Enrolment> {
    let way = |one: &Enrolment| (one.setting, one.kind.clone());
    let is_over = |one: &Enrolment| one.ends_on.is_some_and(|last| last < day);
    enrolments.sort_by_cached_key(|one| (way(one), one.ends_on.is_none(), one.ends_on, one.starts_on));
    enrolments.dedup();
    let mut kept: Vec<Enrolment> = Vec::with_capacity(enrolments.len());
    for enrolment in enrolments {
        let is_superseded = |before: &mut Enrolment| way(before) == way(&enrolment) && is_over(before);
        kept.pop_if(is_superseded);
        kept.push(enrolment);
    }
    kept
}
