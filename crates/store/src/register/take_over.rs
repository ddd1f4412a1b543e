//! Whoever the version before has, and the file does not speak of: taken over without opening them.

use encompass_core::id::{EntryId, LoadId, of};
use jiff::ToSpan as _;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::load::{RegisterLoad, Spoken};
use crate::db::{Value, batch, row};
use crate::directory::read::{day, day_value};
use crate::{Error, Result};

/// Entries taken over from the version before in one transaction.
const TAKEN_OVER: i64 = 1_000;

/// An entry of the version before.
struct Former {
    id: EntryId,
    hash: [u8; 32],
    left_on: Option<Date>,
    doubtful: bool,
}

/// How it goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Onward {
    Unchanged,
    /// Every enrolment ends on this day, as far as can be inferred: no file says so.
    Left(Date),
    Doubtful,
    Gone,
}

impl RegisterLoad {
    pub(super) async fn take_over(&mut self, before: LoadId) -> Result<()> {
        let mut after = EntryId::new(uuid::Uuid::nil());
        loop {
            let formers = self.formers(before, after).await?;
            let Some(last) = formers.last() else { return Ok(()) };
            after = last.id;
            let (mut unchanged, mut altered) = (Vec::new(), Vec::new());
            for former in formers {
                let onward = self.onward(&former);
                match onward {
                    Onward::Gone => {}
                    Onward::Unchanged => {
                        self.loading.mix(&former.hash);
                        unchanged.push(vec![self.loading.id().into(), before.into(), former.id.into()]);
                    }
                    Onward::Left(_) | Onward::Doubtful => altered.push(self.alter(before, &former, onward)),
                }
            }
            let mut tx = self.loading.batch().await?;
            for copy in COPIES {
                batch::with(tx.conn(), "fresh, former, entry", unchanged.clone(), copy).await?;
            }
            for copy in ALTERED {
                let columns = "fresh, former, entry, hash, left_on, doubtful, ended";
                batch::with(tx.conn(), columns, altered.clone(), copy).await?;
            }
            tx.commit().await?;
        }
    }

    async fn formers(&self, before: LoadId, after: EntryId) -> Result<Vec<Former>> {
        let select = "SELECT entry_id, row_hash, left_on, doubtful FROM register_entry \
             WHERE load_id = $1 AND entry_id > $2 ORDER BY entry_id LIMIT $3";
        let query = sqlx::query(select).bind(before.bytes().to_vec()).bind(after.bytes().to_vec());
        let found = query.bind(TAKEN_OVER).fetch_all(self.loading.store.read()).await?;
        found.iter().map(former).collect()
    }

    fn onward(&self, former: &Former) -> Onward {
        let kept = self.keep_leavers_days;
        let is_over = |left: Date| left.saturating_add(i32::from(kept).days()) < self.day;
        let leaves = match self.spoken_of.get(&former.id) {
            Some(Spoken::Written) => return Onward::Gone,
            Some(Spoken::Doubted) if former.doubtful => return Onward::Unchanged,
            Some(Spoken::Doubted) => return Onward::Doubtful,
            Some(Spoken::Removed) => true,
            None => self.is_full,
        };
        match former.left_on {
            Some(left) if is_over(left) => Onward::Gone,
            None if leaves && kept == 0 => Onward::Gone,
            // The day before the file was true is the last on which they can have been there.
            None if leaves => Onward::Left(self.day.yesterday().unwrap_or(self.day)),
            _ => Onward::Unchanged,
        }
    }

    fn alter(&mut self, before: LoadId, former: &Former, onward: Onward) -> Vec<Value> {
        let identity = self.loading.store.identity();
        let (left_on, ended, doubtful, hash) = match onward {
            Onward::Left(on) => {
                let hash = identity.hash("register row left", &[&former.hash, on.to_string().as_bytes()]);
                (Some(on), Some(on), former.doubtful, hash)
            }
            _ => (former.left_on, None, true, identity.hash("register row doubtful", &[&former.hash])),
        };
        self.loading.mix(&hash);
        vec![
            self.loading.id().into(),
            before.into(),
            former.id.into(),
            hash.into(),
            day_value(left_on),
            doubtful.into(),
            day_value(ended),
        ]
    }
}

fn former(found: &AnyRow) -> Result<Former> {
    let hash = row::bytes(found, "row_hash")?;
    Ok(Former {
        id: row::id::<of::Entry>(found, "entry_id")?,
        hash: hash.try_into().map_err(|_| Error::Corrupt("row_hash".into()))?,
        left_on: day(found, "left_on")?,
        doubtful: row::flag(found, "doubtful")?,
    })
}

const KEYS: &str = "INSERT INTO register_key (load_id, hash, entry_id) SELECT v.fresh, r.hash, r.entry_id FROM v \
     JOIN register_key r ON r.load_id = v.former AND r.entry_id = v.entry";

const COPIES: [&str; 3] = [
    "INSERT INTO register_entry (load_id, entry_id, restricted, row_hash, sealed_entry, left_on, doubtful) \
     SELECT v.fresh, r.entry_id, r.restricted, r.row_hash, r.sealed_entry, r.left_on, r.doubtful FROM v \
     JOIN register_entry r ON r.load_id = v.former AND r.entry_id = v.entry",
    KEYS,
    "INSERT INTO enrolment (load_id, entry_id, setting_id, stay, kind, starts_on, ends_on, last_day, attendance) \
     SELECT v.fresh, r.entry_id, r.setting_id, r.stay, r.kind, r.starts_on, r.ends_on, r.last_day, r.attendance FROM v \
     JOIN enrolment r ON r.load_id = v.former AND r.entry_id = v.entry",
];

const ALTERED: [&str; 3] = [
    "INSERT INTO register_entry (load_id, entry_id, restricted, row_hash, sealed_entry, left_on, doubtful) \
     SELECT v.fresh, r.entry_id, r.restricted, v.hash, r.sealed_entry, v.left_on, v.doubtful FROM v \
     JOIN register_entry r ON r.load_id = v.former AND r.entry_id = v.entry",
    KEYS,
    "INSERT INTO enrolment (load_id, entry_id, setting_id, stay, kind, starts_on, ends_on, last_day, attendance) \
     SELECT v.fresh, r.entry_id, r.setting_id, r.stay, r.kind, r.starts_on, \
     CASE WHEN v.ended IS NOT NULL AND (r.ends_on IS NULL OR r.ends_on > v.ended) THEN v.ended ELSE r.ends_on END, \
     CASE WHEN v.ended IS NOT NULL AND (r.ends_on IS NULL OR r.ends_on > v.ended) THEN 'absence' ELSE r.last_day END, \
     r.attendance FROM v JOIN enrolment r ON r.load_id = v.former AND r.entry_id = v.entry",
];
