//! Removing the rows of versions that nobody reads any more, a bounded batch at a time.

use encompass_core::id::{LoadId, of};

use super::load::Kind;
use crate::db::row;
use crate::{Result, Store};

/// How many superseded versions keep their rows, so that a reader in the middle of one is not cut off and a
/// person can look at what a decision was made on.
const KEPT: usize = 2;
/// Rows removed in one transaction, so that no load blocks intake.
const BATCH: i64 = 2_000;

const SETTINGS: &[&str] = &[
    "DELETE FROM setting_detail WHERE load_id = $1 AND setting_id IN \
     (SELECT setting_id FROM setting_detail WHERE load_id = $1 LIMIT $2)",
    "DELETE FROM setting_record WHERE load_id = $1 AND setting_id IN \
     (SELECT setting_id FROM setting_record WHERE load_id = $1 LIMIT $2)",
];
const CALENDAR: &[&str] = &["DELETE FROM calendar_day WHERE load_id = $1 AND (owner, day) IN \
     (SELECT owner, day FROM calendar_day WHERE load_id = $1 LIMIT $2)"];
/// Entries last: they are how the others are found.
const REGISTER: &[&str] = &[
    "DELETE FROM register_key WHERE load_id = $1 AND entry_id IN \
     (SELECT entry_id FROM register_key WHERE load_id = $1 LIMIT $2)",
    "DELETE FROM enrolment WHERE load_id = $1 AND entry_id IN \
     (SELECT entry_id FROM enrolment WHERE load_id = $1 LIMIT $2)",
    "DELETE FROM register_entry WHERE load_id = $1 AND entry_id IN \
     (SELECT entry_id FROM register_entry WHERE load_id = $1 LIMIT $2)",
];

/// Empties abandoned versions of a source and superseded ones beyond the last few. Their lines in `load` stay:
/// a decision names the version it was made under.
pub(super) async fn sweep(store: &Store, kind: Kind, source: &str) -> Result<()> {
    for load in unread(store, kind, source).await? {
        for delete in tables(kind) {
            while remove(store, load, delete).await? {}
        }
        let update = "UPDATE load SET state = 'pruned' WHERE id = $1";
        let mut tx = store.begin().await?;
        sqlx::query(update).bind(load.bytes().to_vec()).execute(tx.conn()).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn tables(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Settings => SETTINGS,
        Kind::BankHolidays | Kind::Calendar => CALENDAR,
        Kind::Register => REGISTER,
    }
}

async fn unread(store: &Store, kind: Kind, source: &str) -> Result<Vec<LoadId>> {
    let select = "SELECT id, state FROM load WHERE kind = $1 AND source = $2 AND state IN ('abandoned', 'superseded') \
         ORDER BY state, current_at DESC, id DESC";
    let query = sqlx::query(select).bind(kind.as_str()).bind(source.to_owned());
    let (mut loads, mut superseded) = (Vec::new(), 0);
    for found in query.fetch_all(store.read()).await? {
        superseded += usize::from(row::text(&found, "state")? == "superseded");
        if superseded == 0 || superseded > KEPT {
            loads.push(row::id::<of::Load>(&found, "id")?);
        }
    }
    Ok(loads)
}

/// Removes a batch; says whether there may be more.
async fn remove(store: &Store, load: LoadId, delete: &'static str) -> Result<bool> {
    let mut tx = store.begin().await?;
    let gone = sqlx::query(delete).bind(load.bytes().to_vec()).bind(BATCH).execute(tx.conn()).await?;
    tx.commit().await?;
    Ok(gone.rows_affected() > 0)
}
