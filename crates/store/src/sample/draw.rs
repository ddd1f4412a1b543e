//! Drawing: the frame is every child due in a period, the order is a hash under the seed.

use encompass_core::due::Timeliness;
use encompass_core::id::{ChildId, SampleId};
use encompass_core::state::ChildState;
use jiff::Timestamp;
use ring::digest;
use uuid::Uuid;

use crate::audit_log::Entry;
use crate::db::{batch, row};
use crate::desk::Select;
use crate::{Actor, Result, Store, Tx};

/// The children of a force whose due time lies from one moment to before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The force.
    pub force: String,
    /// First moment.
    pub from: Timestamp,
    /// The moment after the last.
    pub to: Timestamp,
}

/// One child of the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framed {
    /// The child.
    pub child: ChildId,
    /// Its state and timeliness, such as `notified/late`.
    pub stratum: String,
}

impl Framed {
    /// What orders the frame under a seed: SHA-256 of both, so that anybody can draw the same again.
    pub fn rank(&self, seed: i64) -> [u8; 32] {
        let mut rank = [0; 32];
        let bytes = [&seed.to_be_bytes()[..], &self.child.bytes()].concat();
        rank.copy_from_slice(digest::digest(&digest::SHA256, &bytes).as_ref());
        rank
    }
}

/// A sample to be written down.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Of which children.
    pub period: Period,
    /// Under which seed.
    pub seed: i64,
    /// The stated share, in millionths.
    pub share_ppm: i64,
    /// How many children there were.
    pub frame: i64,
    /// Those drawn.
    pub children: Vec<Framed>,
}

impl Store {
    /// Every child due in a period, with its stratum at `now`. Exercises and history are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn sample_frame(&self, period: &Period, now: Timestamp) -> Result<Vec<Framed>> {
        let mut select = Select::new(
            "SELECT child.id AS id, child.state AS state, child.due_at AS due_at, child.told_at AS told_at FROM child \
             JOIN incident ON incident.id = child.incident_id WHERE incident.is_exercise = 0 \
             AND incident.is_history = 0 AND child.force_id = ",
        );
        select.bind(period.force.as_str()).add(" AND child.due_at >= ").bind(period.from);
        select.add(" AND child.due_at < ").bind(period.to).add(" ORDER BY child.id");
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| {
                let state: ChildState = row::word(found, "state")?;
                let told_at = row::opt_instant(found, "told_at")?;
                let timeliness = Timeliness::of(row::instant(found, "due_at")?, told_at, now);
                Ok(Framed { child: row::id(found, "id")?, stratum: format!("{state}/{timeliness}") })
            })
            .collect()
    }

    /// The sample of a period, if it was drawn.
    ///
    /// # Errors
    /// As the database says.
    pub async fn sample_of(&self, period: &Period) -> Result<Option<SampleId>> {
        let mut select = Select::new("SELECT id FROM sample WHERE force_id = ");
        select.bind(period.force.as_str()).add(" AND from_at = ").bind(period.from);
        select.add(" AND to_at = ").bind(period.to);
        select.one(self).await?.map(|found| row::id(&found, "id")).transpose()
    }
}

impl Tx {
    /// Writes a sample down. `None` when that period's was drawn before, by another replica say: it stands.
    ///
    /// # Errors
    /// As the database says.
    pub async fn record_sample(
        &mut self,
        drawn: Drawn,
        by: Actor,
        now: Timestamp,
    ) -> Result<Option<SampleId>> {
        let id = SampleId::new(Uuid::now_v7());
        let insert = "INSERT INTO sample (id, force_id, from_at, to_at, seed, share_ppm, frame, drawn, drawn_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
        let count = i64::try_from(drawn.children.len()).expect("a sample is smaller than memory");
        let written = sqlx::query(insert)
            .bind(id.bytes().to_vec())
            .bind(drawn.period.force.clone())
            .bind(drawn.period.from.as_microsecond())
            .bind(drawn.period.to.as_microsecond())
            .bind(drawn.seed)
            .bind(drawn.share_ppm)
            .bind(drawn.frame)
            .bind(count)
            .bind(now.as_microsecond())
            .execute(self.conn())
            .await?;
        if written.rows_affected() == 0 {
            return Ok(None);
        }
        let force = &drawn.period.force;
        let rows = drawn
            .children
            .iter()
            .map(|one| vec![id.into(), one.child.into(), force.as_str().into(), one.stratum.as_str().into()]);
        let head = "INSERT INTO sample_child (sample_id, child_id, force_id, stratum)";
        batch::insert(self.conn(), head, rows.collect(), "").await?;
        let entry = Entry::new(force, now, by, "sample.drawn", format!("sample:{id}"));
        self.audit(entry.because(format!("{count} of {}, seed {}", drawn.frame, drawn.seed)));
        Ok(Some(id))
    }
}
