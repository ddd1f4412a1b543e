//! Tallies: what a force says that it recorded and published on a day, beside what came.
//!
//! They are compared some time after the tally came, so that what is still on its way can arrive.

use encompass_core::state::TaskKind;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use crate::db::row;
use crate::{Error, Result, Store, Tx, task};

/// A force's count of one day (Europe/London). What it did not state is not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The force.
    pub force: String,
    /// The day.
    pub day: Date,
    /// Domestic abuse incidents recorded that day; not compared, because those without children need not come.
    pub recorded: Option<i64>,
    /// Those with children.
    pub with_children: Option<i64>,
    /// The children in them.
    pub children: Option<i64>,
    /// Incidents first published that day.
    pub published: Option<i64>,
}

/// What came of one day. Exercises and history are counted apart by both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// Incidents with children recorded that day.
    pub with_children: i64,
    /// The children in them.
    pub children: i64,
    /// Incidents first published that day.
    pub published: i64,
}

impl Tally {
    /// What differs, as words and numbers; empty when nothing does.
    pub fn differences(&self, came: Came) -> String {
        let stated = [
            ("with_children", self.with_children, came.with_children),
            ("children", self.children, came.children),
            ("published", self.published, came.published),
        ];
        let differing = stated.into_iter().filter_map(|(name, stated, came)| {
            stated.filter(|stated| *stated != came).map(|stated| format!("{name} {stated}, came {came}"))
        });
        differing.collect::<Vec<_>>().join("; ")
    }
}

impl Tx {
    /// Stores a tally; a later one about the same day replaces it and is compared again.
    pub async fn store_tally(&mut self, tally: &Tally, received_at: Timestamp) -> Result<()> {
        let insert = "INSERT INTO tally (force_id, day, recorded, with_children, children, published, received_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (force_id, day) DO UPDATE SET \
             recorded = excluded.recorded, with_children = excluded.with_children, children = excluded.children, \
             published = excluded.published, received_at = excluded.received_at, compared_at = NULL";
        sqlx::query(insert)
            .bind(tally.force.clone())
            .bind(tally.day.to_string())
            .bind(tally.recorded)
            .bind(tally.with_children)
            .bind(tally.children)
            .bind(tally.published)
            .bind(received_at.as_microsecond())
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Compares the tallies that came before `before`; a difference becomes a task. Says how many were compared.
    pub async fn compare_tallies(
        &mut self,
        before: Timestamp,
        now: Timestamp,
        task_due: Timestamp,
    ) -> Result<usize> {
        let select = "SELECT * FROM tally WHERE compared_at IS NULL AND received_at <= $1 \
             ORDER BY received_at LIMIT 100";
        let rows = sqlx::query(select).bind(before.as_microsecond()).fetch_all(self.conn()).await?;
        for found in &rows {
            let tally = tally(found)?;
            let came = self.came(&tally).await?;
            self.note_came(&tally, came, now).await?;
            let detail = tally.differences(came);
            if !detail.is_empty() {
                let subject = format!("tally:{}:{}", tally.force, tally.day);
                let kind = TaskKind::TallyDifference;
                let new = task::New { detail, ..task::New::about(&tally.force, kind, subject, task_due) };
                self.open_tasks(vec![new], now).await?;
            }
        }
        Ok(rows.len())
    }

    async fn came(&mut self, tally: &Tally) -> Result<Came> {
        let zone = encompass_core::calendar::london::zone();
        let start = |day: Date| day.to_zoned(zone.clone()).map(|at| at.timestamp());
        let from = start(tally.day).unwrap_or(Timestamp::MIN);
        let to = tally.day.tomorrow().and_then(start).unwrap_or(Timestamp::MAX);
        // Nothing is received before it is recorded; a day's grace for clocks that differ keeps the search short.
        let since = from.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        let select = "SELECT \
             CAST(COALESCE(SUM(CASE WHEN children > 0 AND recorded THEN 1 ELSE 0 END), 0) AS BIGINT) AS with_children, \
             CAST(COALESCE(SUM(CASE WHEN recorded THEN children ELSE 0 END), 0) AS BIGINT) AS children, \
             CAST(COALESCE(SUM(CASE WHEN published THEN 1 ELSE 0 END), 0) AS BIGINT) AS published FROM (SELECT named_last AS children, \
             COALESCE(recorded_at, known_at) >= $2 AND COALESCE(recorded_at, known_at) < $3 AS recorded, \
             COALESCE(published_at, received_at) >= $2 AND COALESCE(published_at, received_at) < $3 AS published \
             FROM incident WHERE force_id = $1 AND received_at >= $4 AND is_exercise = 0 AND is_history = 0) AS day";
        let found = sqlx::query(select)
            .bind(tally.force.clone())
            .bind(from.as_microsecond())
            .bind(to.as_microsecond())
            .bind(since.as_microsecond())
            .fetch_one(self.conn())
            .await?;
        Ok(Came {
            with_children: row::int(&found, "with_children")?,
            children: row::int(&found, "children")?,
            published: row::int(&found, "published")?,
        })
    }

    async fn note_came(&mut self, tally: &Tally, came: Came, now: Timestamp) -> Result<()> {
        let update = "UPDATE tally SET came_with_children = $3, came_children = $4, came_published = $5, \
             compared_at = $6 WHERE force_id = $1 AND day = $2";
        sqlx::query(update)
            .bind(tally.force.clone())
            .bind(tally.day.to_string())
            .bind(came.with_children)
            .bind(came.children)
            .bind(came.published)
            .bind(now.as_microsecond())
            .execute(self.conn())
            .await?;
        Ok(())
    }
}

impl Store {
    /// The compared tallies of days since `since`, with what came, newest first; for figures.
    pub async fn tallies(&self, since: Date) -> Result<Vec<(Tally, Came)>> {
        let select =
            "SELECT * FROM tally WHERE compared_at IS NOT NULL AND day >= $1 ORDER BY day DESC, force_id";
        let rows = sqlx::query(select).bind(since.to_string()).fetch_all(self.read()).await?;
        rows.iter()
            .map(|found| {
                let came = Came {
                    with_children: row::int(found, "came_with_children")?,
                    children: row::int(found, "came_children")?,
                    published: row::int(found, "came_published")?,
                };
                Ok((tally(found)?, came))
            })
            .collect()
    }
}

fn tally(found: &AnyRow) -> Result<Tally> {
    Ok(Tally {
        force: row::text(found, "force_id")?,
        day: row::text(found, "day")?.parse().map_err(|_| Error::Corrupt("day".into()))?,
        recorded: row::opt_int(found, "recorded")?,
        with_children: row::opt_int(found, "with_children")?,
        children: row::opt_int(found, "children")?,
        published: row::opt_int(found, "published")?,
    })
}
