//! Positions: where reading a topic goes on, moved by the transaction that stores what was read.
//!
//! A position moves only from where its reader believes it to be. A replica that lost its partition
//! without knowing finds it moved: its whole transaction fails, so nothing is taken twice or moved back.

use jiff::Timestamp;

use crate::db::{Value, batch, row};
use crate::{Error, Result, Store, Tx};

/// What became of the messages that moved a position. `read` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages taken from the topic.
    pub read: i64,
    /// New versions and tallies.
    pub accepted: i64,
    /// Versions that we had, and incidents that were erased.
    pub repeated: i64,
    /// Messages set aside for a person.
    pub refused: i64,
}

/// Where reading one partition goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The topic.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// The offset of the next message.
    pub next_offset: i64,
    /// Keyed hash of the message before it, to know a topic that was made anew.
    pub fingerprint: Option<Vec<u8>>,
    /// All messages so far.
    pub counts: Counts,
    /// When it moved last.
    pub updated_at: Timestamp,
}

/// A position to be moved.
#[derive(Clone, Debug)]
pub struct Advance {
    /// The topic.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Where the reader believes it to be; `None`: nothing was read yet.
    pub expected: Option<i64>,
    /// Where it goes.
    pub next_offset: i64,
    /// Keyed hash of the last message taken; `None` after a fresh start.
    pub fingerprint: Option<[u8; 32]>,
    /// What became of the messages in between.
    pub counts: Counts,
}

impl Store {
    /// The positions of a topic.
    pub async fn positions(&self, topic: &str) -> Result<Vec<Position>> {
        let select = "SELECT * FROM position WHERE topic = $1 ORDER BY part";
        let rows = sqlx::query(select).bind(topic.to_owned()).fetch_all(self.read()).await?;
        rows.iter().map(position).collect()
    }
}

impl Tx {
    /// Moves positions.
    ///
    /// # Errors
    /// [`Error::Changed`] when one is not where its reader believed: drop the transaction and read anew.
    pub async fn advance(&mut self, mut advances: Vec<Advance>, at: Timestamp) -> Result<()> {
        advances.sort_by(|a, b| (&a.topic, a.partition).cmp(&(&b.topic, b.partition)));
        let wanted = advances.len();
        let (mut begun, mut moves) = (Vec::new(), Vec::new());
        for advance in advances {
            let mut row: Vec<Value> = vec![advance.topic.into(), i64::from(advance.partition).into()];
            row.extend(moved(advance.next_offset, advance.fingerprint, advance.counts, at));
            match advance.expected {
                None => begun.push(row),
                Some(expected) => {
                    row.push(expected.into());
                    moves.push(row);
                }
            }
        }
        let moved = self.begin_positions(begun).await? + self.move_positions(moves).await?;
        if moved == wanted { Ok(()) } else { Err(Error::Changed) }
    }

    /// Notes how far partitions of topics that we write reach by our own account; never back.
    pub async fn note_ends(
        &mut self,
        ends: impl IntoIterator<Item = ((&str, i32), i64)>,
        at: Timestamp,
    ) -> Result<()> {
        let row = |((topic, partition), end): ((&str, i32), i64)| {
            let mut row: Vec<Value> = vec![topic.into(), i64::from(partition).into(), end.into(), at.into()];
            row.extend(std::iter::repeat_n(Value::from(0_i64), 4));
            row
        };
        let head = "INSERT INTO position (topic, part, next_offset, updated_at, read_count, accepted_count, \
             repeated_count, refused_count)";
        let tail = "ON CONFLICT (topic, part) DO UPDATE SET \
             next_offset = excluded.next_offset, updated_at = excluded.updated_at \
             WHERE position.next_offset < excluded.next_offset";
        batch::insert(self.conn(), head, ends.into_iter().map(row).collect(), tail).await?;
        Ok(())
    }

    async fn begin_positions(&mut self, rows: Vec<Vec<Value>>) -> Result<usize> {
        let head = "INSERT INTO position (topic, part, next_offset, fingerprint, read_count, accepted_count, \
             repeated_count, refused_count, updated_at)";
        Ok(batch::insert(self.conn(), head, rows, "ON CONFLICT DO NOTHING").await? as usize)
    }

    async fn move_positions(&mut self, rows: Vec<Vec<Value>>) -> Result<usize> {
        let update = "UPDATE position SET next_offset = v.next, fingerprint = v.fingerprint, \
             read_count = read_count + v.n_read, accepted_count = accepted_count + v.n_accepted, \
             repeated_count = repeated_count + v.n_repeated, refused_count = refused_count + v.n_refused, \
             updated_at = v.at FROM v WHERE position.topic = v.topic AND position.part = v.part \
             AND position.next_offset = v.expected RETURNING position.part AS part";
        let columns =
            "topic, part, next, fingerprint, n_read, n_accepted, n_repeated, n_refused, at, expected";
        Ok(batch::with(self.conn(), columns, rows, update).await?.len())
    }
}

fn moved(next: i64, fingerprint: Option<[u8; 32]>, counts: Counts, at: Timestamp) -> Vec<Value> {
    vec![
        next.into(),
        fingerprint.map(|hash| hash.to_vec()).into(),
        counts.read.into(),
        counts.accepted.into(),
        counts.repeated.into(),
        counts.refused.into(),
        at.into(),
    ]
}

fn position(found: &sqlx::any::AnyRow) -> Result<Position> {
    let corrupt = || Error::Corrupt("part".to_owned());
    Ok(Position {
        topic: row::text(found, "topic")?,
        partition: i32::try_from(row::int(found, "part")?).map_err(|_| corrupt())?,
        next_offset: row::int(found, "next_offset")?,
        fingerprint: row::opt_bytes(found, "fingerprint")?,
        counts: Counts {
            read: row::int(found, "read_count")?,
            accepted: row::int(found, "accepted_count")?,
            repeated: row::int(found, "repeated_count")?,
            refused: row::int(found, "refused_count")?,
        },
        updated_at: row::instant(found, "updated_at")?,
    })
}
