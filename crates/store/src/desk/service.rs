//! What operators see: what is loaded, where reading stands, who does which duty, what waits. No case, no child.

use jiff::Timestamp;

use super::select::Select;
use crate::db::row;
use crate::{Result, Store};

/// The current version of one source.
#[derive(Clone, Debug)]
pub struct LoadedSource {
    /// Settings, register, bank holidays or calendar.
    pub kind: String,
    /// What it is called.
    pub source: String,
    /// Whose it is.
    pub owner: String,
    /// When it became current.
    pub current_at: Option<Timestamp>,
    /// When it was true.
    pub as_of: Timestamp,
    /// Who loaded it.
    pub loaded_by: String,
}

/// Where reading of one partition stands.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub part: i64,
    /// The next message that is read.
    pub next_offset: i64,
    /// Messages read, accepted, repeated and refused so far.
    pub counts: [i64; 4],
    /// When it last moved.
    pub updated_at: Timestamp,
}

/// Who does a duty that one replica does at a time.
#[derive(Clone, Debug)]
pub struct Duty {
    /// The duty.
    pub name: String,
    /// The replica.
    pub holder: String,
    /// Until when, machine time.
    pub until: Timestamp,
    /// When it was last heard of, machine time.
    pub beat_at: Timestamp,
}

/// Work that waits, of one sort.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The sort, in a word of ours.
    pub what: String,
    /// How much.
    pub count: i64,
    /// Since when the oldest waits.
    pub oldest_at: Option<Timestamp>,
}

impl Store {
    /// The current version of every source, by kind and name.
    ///
    /// # Errors
    /// As the database says.
    pub async fn loaded_sources(&self) -> Result<Vec<LoadedSource>> {
        let select = Select::new(
            "SELECT kind, source, owner, current_at, as_of, loaded_by FROM load WHERE state = 'current' \
             ORDER BY kind, source LIMIT 500",
        );
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| {
                Ok(LoadedSource {
                    kind: row::text(found, "kind")?,
                    source: row::text(found, "source")?,
                    owner: row::text(found, "owner")?,
                    current_at: row::opt_instant(found, "current_at")?,
                    as_of: row::instant(found, "as_of")?,
                    loaded_by: row::text(found, "loaded_by")?,
                })
            })
            .collect()
    }

    /// Where reading of every partition stands.
    ///
    /// # Errors
    /// As the database says.
    pub async fn readings(&self) -> Result<Vec<Reading>> {
        let select = Select::new("SELECT * FROM position ORDER BY topic, part LIMIT 500");
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| {
                Ok(Reading {
                    topic: row::text(found, "topic")?,
                    part: row::int(found, "part")?,
                    next_offset: row::int(found, "next_offset")?,
                    counts: [
                        row::int(found, "read_count")?,
                        row::int(found, "accepted_count")?,
                        row::int(found, "repeated_count")?,
                        row::int(found, "refused_count")?,
                    ],
                    updated_at: row::instant(found, "updated_at")?,
                })
            })
            .collect()
    }

    /// Who does which duty.
    ///
    /// # Errors
    /// As the database says.
    pub async fn duties(&self) -> Result<Vec<Duty>> {
        let rows = Select::new("SELECT * FROM duty ORDER BY name LIMIT 200").all(self).await?;
        rows.iter()
            .map(|found| {
                Ok(Duty {
                    name: row::text(found, "name")?,
                    holder: row::text(found, "holder")?,
                    until: row::instant(found, "until")?,
                    beat_at: row::instant(found, "beat_at")?,
                })
            })
            .collect()
    }

    /// What waits, over all forces.
    ///
    /// # Errors
    /// As the database says.
    pub async fn waiting(&self) -> Result<Vec<Waiting>> {
        let select = Select::new(
            "SELECT 'children_held' AS what, COUNT(*) AS n, MIN(created_at) AS oldest FROM child WHERE state = 'held' \
             UNION ALL SELECT 'children_for_resolver', COUNT(*), MIN(created_at) FROM child WHERE wants_resolver = 1 \
             UNION ALL SELECT 'deliveries_' || state, COUNT(*), MIN(created_at) FROM delivery \
             WHERE state IN ('queued', 'sending', 'failed') GROUP BY state \
             UNION ALL SELECT 'events_unpublished', COUNT(*), MIN(created_at) FROM outbox_head JOIN outbox \
             ON outbox.force_id = outbox_head.force_id AND number > published \
             UNION ALL SELECT 'tasks_' || state, COUNT(*), MIN(opened_at) FROM task \
             WHERE state <> 'settled' GROUP BY state \
             UNION ALL SELECT 'dead_letters_open', COUNT(*), MIN(received_at) FROM refused WHERE state = 'open'",
        );
        let mut waiting = select
            .all(self)
            .await?
            .iter()
            .map(|found| {
                Ok(Waiting {
                    what: row::text(found, "what")?,
                    count: row::int(found, "n")?,
                    oldest_at: row::opt_instant(found, "oldest")?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        waiting.sort_by(|a, b| a.what.cmp(&b.what));
        Ok(waiting)
    }
}
