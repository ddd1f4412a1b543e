//! Making a version of a source: begun, filled in short transactions, made current in one commit.

use encompass_core::id::{LoadId, SettingId, of};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{prune, tally};
use crate::audit_log::{Entry, INSTALLATION};
use crate::db::row;
use crate::scope::Actor;
use crate::{Error, Result, Store, Tx};

/// What a load holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Records of settings, from a public register or a list of teams.
    Settings,
    /// Bank holidays.
    BankHolidays,
    /// Term dates of an authority or a setting.
    Calendar,
    /// Children on roll.
    Register,
}

impl Kind {
    /// The word in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::BankHolidays => "bank_holidays",
            Self::Calendar => "calendar",
            Self::Register => "register",
        }
    }
}

/// What is known of a load before its first row.
#[derive(Clone, Debug)]
pub struct Start {
    /// What it holds.
    pub kind: Kind,
    /// Whose file it is, such as `gias`, `ofsted`, `health_visiting` or `authority:925`; a version follows
    /// the one before it with the same kind and source.
    pub source: String,
    /// Who owns the data.
    pub owner: String,
    /// When the file was true.
    pub as_of: Timestamp,
    /// Who loads it.
    pub by: Actor,
}

/// How far a load may fall short of the version before it.
#[derive(Clone, Copy, Debug)]
pub struct Brake {
    /// The largest share of what is open now that may be closed, in parts per million.
    pub most_ppm: u32,
    /// Whether a person said that closing more is meant.
    pub allow_shrink: bool,
}

impl Default for Brake {
    /// One in twenty: more closes at once in a cut-off file than in any school year.
    fn default() -> Self {
        Self { most_ppm: 50_000, allow_shrink: false }
    }
}

impl Brake {
    /// Whether closing `closing` of `open` is too much.
    pub fn refuses(self, closing: i64, open: i64) -> bool {
        !self.allow_shrink && i128::from(closing) * 1_000_000 > i128::from(open) * i128::from(self.most_ppm)
    }
}

/// What a load did, compared with the version before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows of the new version.
    pub rows: i64,
    /// Rows that were not there before.
    pub added: i64,
    /// Rows that say something else than before.
    pub changed: i64,
    /// Rows that were open before and are closed or missing now.
    pub closed: i64,
    /// Open rows of the version before.
    pub open_before: i64,
    /// Rows of the file that were set aside.
    pub set_aside: i64,
}

/// How a load ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is current.
    Current(Counts),
    /// It says the same as the current version, which stays; the later of the two dates holds.
    Unchanged(Counts),
    /// It would close more than the brake allows; nothing of it is left.
    Shrinks(Counts),
    /// A register would take most of their children from these settings; nothing of it is left.
    Empties(Vec<Emptied>),
}

/// A setting that would lose most of its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emptied {
    /// The setting.
    pub setting: SettingId,
    /// The children that are on roll there.
    pub had: i64,
    /// Those of them whom the new version does not just leave out there.
    pub kept: i64,
}

/// A load that is being filled. Dropped without [`finish`](Self::finish) it leaves nothing readable, and the
/// next load of its source cleans it up.
pub struct Loading {
    pub(crate) store: Store,
    pub(crate) id: LoadId,
    pub(crate) current: Option<LoadId>,
    pub(crate) start: Start,
    digest: [u8; 32],
}

impl Loading {
    /// Begins a version of a source. What an interrupted load of it left behind is removed; one that is still
    /// being filled is cut off and ends with [`Error::ClaimLost`].
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin(store: &Store, start: Start, now: Timestamp) -> Result<Self> {
        let (id, current) = (LoadId::new(Uuid::now_v7()), current(store, start.kind, &start.source).await?);
        let mut tx = store.begin().await?;
        let cut = "UPDATE load SET state = 'abandoned' WHERE kind = $1 AND source = $2 AND state = 'loading'";
        sqlx::query(cut).bind(start.kind.as_str()).bind(start.source.clone()).execute(tx.conn()).await?;
        let insert = "INSERT INTO load (id, kind, source, owner, state, started_at, as_of, loaded_by, report) \
             VALUES ($1, $2, $3, $4, 'loading', $5, $6, $7, '')";
        sqlx::query(insert)
            .bind(id.bytes().to_vec())
            .bind(start.kind.as_str())
            .bind(start.source.clone())
            .bind(start.owner.clone())
            .bind(now.as_microsecond())
            .bind(start.as_of.as_microsecond())
            .bind(start.by.to_string())
            .execute(tx.conn())
            .await?;
        tx.commit().await?;
        prune::sweep(store, start.kind, &start.source).await?;
        Ok(Self { store: store.clone(), id, current, start, digest: [0; 32] })
    }

    /// The id of this version.
    pub const fn id(&self) -> LoadId {
        self.id
    }

    /// A transaction for one batch of rows, refused when the load was cut off.
    pub(crate) async fn batch(&self) -> Result<Tx> {
        let mut tx = self.store.begin().await?;
        hold(&mut tx, self.id).await?;
        Ok(tx)
    }

    /// Takes a row's hash into the load's own, in whatever order the rows come.
    pub(crate) fn mix(&mut self, hash: &[u8; 32]) {
        self.digest.iter_mut().zip(hash).for_each(|(sum, byte)| *sum ^= byte);
    }

    /// Makes the version current, unless it says nothing new or falls short of the one before it.
    /// `more` adds to the commit what must become visible with the rows.
    pub(crate) async fn finish_with(
        self,
        brake: Brake,
        set_aside: i64,
        now: Timestamp,
        more: impl AsyncFnOnce(&mut Tx) -> Result<()>,
    ) -> Result<Outcome> {
        let mut counts = tally::compare(&self.store, self.start.kind, self.id, self.current).await?;
        counts.set_aside = set_aside;
        if self.is_unchanged().await? && counts.added + counts.changed + counts.closed == 0 {
            self.confirm(counts, now).await?;
            return Ok(Outcome::Unchanged(counts));
        }
        if brake.refuses(counts.closed, counts.open_before) {
            self.discard("load.refused", counts, now).await?;
            return Ok(Outcome::Shrinks(counts));
        }
        let mut tx = self.batch().await?;
        more(&mut tx).await?;
        self.switch(&mut tx, counts, now).await?;
        self.reconsider(&mut tx, now).await?;
        tx.audit(self.entry("load.made_current", counts, now));
        tx.commit().await?;
        self.store.directory_cache().forget();
        prune::sweep(&self.store, self.start.kind, &self.start.source).await?;
        Ok(Outcome::Current(counts))
    }

    /// Makes the version current.
    ///
    /// # Errors
    /// [`Error::ClaimLost`] when a later load of the source cut this one off; [`Error::Changed`] when another
    /// version became current meanwhile.
    pub async fn finish(self, brake: Brake, set_aside: i64, now: Timestamp) -> Result<Outcome> {
        self.finish_with(brake, set_aside, now, async |_| Ok(())).await
    }

    /// Ends the load and removes its rows.
    ///
    /// # Errors
    /// As the database says.
    pub async fn abandon(self, now: Timestamp) -> Result<()> {
        self.discard("load.abandoned", Counts::default(), now).await
    }

    async fn is_unchanged(&self) -> Result<bool> {
        let Some(current) = self.current else { return Ok(false) };
        let select = "SELECT content_hash FROM load WHERE id = $1";
        let found = sqlx::query(select).bind(current.bytes().to_vec()).fetch_one(self.store.read()).await?;
        Ok(row::opt_bytes(&found, "content_hash")?.is_some_and(|hash| hash == self.digest))
    }

    /// The same content again is news all the same: it was still true at the later date.
    async fn confirm(self, counts: Counts, now: Timestamp) -> Result<()> {
        let mut tx = self.batch().await?;
        let update = "UPDATE load SET as_of = $2 WHERE id = $1 AND as_of < $2";
        sqlx::query(update)
            .bind(self.current.map(|id| id.bytes().to_vec()))
            .bind(self.start.as_of.as_microsecond())
            .execute(tx.conn())
            .await?;
        set_state(&mut tx, self.id, "abandoned").await?;
        self.reconsider(&mut tx, now).await?;
        tx.audit(self.entry("load.unchanged", counts, now));
        tx.commit().await?;
        self.store.directory_cache().forget();
        prune::sweep(&self.store, self.start.kind, &self.start.source).await
    }

    /// Ends the load, because it says too little to be true, and removes its rows.
    pub(crate) async fn refuse(self, now: Timestamp) -> Result<()> {
        self.discard("load.refused", Counts::default(), now).await
    }

    async fn discard(self, action: &'static str, counts: Counts, now: Timestamp) -> Result<()> {
        let mut tx = self.batch().await?;
        set_state(&mut tx, self.id, "abandoned").await?;
        tx.audit(self.entry(action, counts, now));
        tx.commit().await?;
        prune::sweep(&self.store, self.start.kind, &self.start.source).await
    }

    async fn switch(&self, tx: &mut Tx, counts: Counts, now: Timestamp) -> Result<()> {
        let supersede = "UPDATE load SET state = 'superseded' WHERE kind = $1 AND source = $2 AND state = 'current' \
             RETURNING id";
        let before = sqlx::query(supersede)
            .bind(self.start.kind.as_str())
            .bind(self.start.source.clone())
            .fetch_optional(tx.conn())
            .await?;
        let before = before.map(|found| row::id::<of::Load>(&found, "id")).transpose()?;
        if before != self.current {
            return Err(Error::Changed);
        }
        let update = "UPDATE load SET state = 'current', current_at = $2, content_hash = $3, report = $4 WHERE id = $1";
        sqlx::query(update)
            .bind(self.id.bytes().to_vec())
            .bind(now.as_microsecond())
            .bind(self.digest.to_vec())
            .bind(serde_json::to_string(&counts).expect("counts are written as JSON"))
            .execute(tx.conn())
            .await?;
        Ok(())
    }

    /// Children who are held for want of what the register says now are looked at again.
    async fn reconsider(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        match self.start.kind {
            Kind::Register => tx.reconsider_held(&self.start.source, now).await.map(drop),
            _ => Ok(()),
        }
    }

    fn entry(&self, action: &'static str, counts: Counts, now: Timestamp) -> Entry {
        let Counts { rows, added, changed, closed, set_aside, .. } = counts;
        let (kind, source) = (self.start.kind.as_str(), &self.start.source);
        Entry::new(INSTALLATION, now, self.start.by.clone(), action, format!("load:{}", self.id)).because(format!(
            "{kind} of {source}: {rows} rows, {added} added, {changed} changed, {closed} closed, {set_aside} set aside"
        ))
    }
}

/// The version of a source that is read now.
pub(crate) async fn current(store: &Store, kind: Kind, source: &str) -> Result<Option<LoadId>> {
    let select = "SELECT id FROM load WHERE kind = $1 AND source = $2 AND state = 'current'";
    let query = sqlx::query(select).bind(kind.as_str()).bind(source.to_owned());
    query.fetch_optional(store.read()).await?.map(|found| row::id(&found, "id")).transpose()
}

/// Takes the load's row, so that two loaders of one source follow each other.
async fn hold(tx: &mut Tx, load: LoadId) -> Result<()> {
    let update = "UPDATE load SET state = 'loading' WHERE id = $1 AND state = 'loading'";
    let held = sqlx::query(update).bind(load.bytes().to_vec()).execute(tx.conn()).await?;
    if held.rows_affected() == 1 { Ok(()) } else { Err(Error::ClaimLost) }
}

async fn set_state(tx: &mut Tx, load: LoadId, state: &'static str) -> Result<()> {
    let update = "UPDATE load SET state = $2 WHERE id = $1";
    sqlx::query(update).bind(load.bytes().to_vec()).bind(state).execute(tx.conn()).await?;
    Ok(())
}

/// A load as it is listed for people.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: LoadId,
    /// What it holds.
    pub kind: String,
    /// Whose file it is.
    pub source: String,
    /// When the file was true.
    pub as_of: Timestamp,
    /// Since when it is current.
    pub current_at: Timestamp,
    /// What it did.
    pub counts: Counts,
}

impl Store {
    /// The current version of every source, by kind and source.
    ///
    /// # Errors
    /// As the database says.
    pub async fn current_loads(&self) -> Result<Vec<Listed>> {
        let select = "SELECT id, kind, source, as_of, current_at, report FROM load WHERE state = 'current'";
        let rows = sqlx::query(select).fetch_all(self.read()).await?;
        let mut loads: Vec<Listed> = rows.iter().map(listed).collect::<Result<_>>()?;
        loads.sort_by(|a, b| (&a.kind, &a.source).cmp(&(&b.kind, &b.source)));
        Ok(loads)
    }
}

fn listed(found: &sqlx::any::AnyRow) -> Result<Listed> {
    let report = row::text(found, "report")?;
    Ok(Listed {
        id: row::id(found, "id")?,
        kind: row::text(found, "kind")?,
        source: row::text(found, "source")?,
        as_of: row::instant(found, "as_of")?,
        current_at: row::instant(found, "current_at")?,
        counts: serde_json::from_str(&report).map_err(|_| Error::Corrupt("report".into()))?,
    })
}
