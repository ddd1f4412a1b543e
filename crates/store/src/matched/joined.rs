//! Which registers' children have been looked for in the other registers of their forces.

use encompass_core::id::{LoadId, of};
use jiff::Timestamp;

use crate::db::row;
use crate::{Result, Store, Tx};

/// A register whose current version has not been joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unjoined {
    /// The register, by its name.
    pub source: String,
    /// The version that was joined last; whoever is the same since then need not be looked for.
    pub before: Option<LoadId>,
}

impl Store {
    /// The registers whose current version has not been joined, whoever may use them.
    ///
    /// # Errors
    /// As the database says.
    pub async fn unjoined_registers(&self) -> Result<Vec<Unjoined>> {
        let select = "SELECT l.source AS source, (SELECT b.id FROM load b WHERE b.kind = 'register' \
             AND b.source = l.source AND b.joined_at IS NOT NULL ORDER BY b.current_at DESC LIMIT 1) AS last_id \
             FROM load l WHERE l.kind = 'register' AND l.state = 'current' AND l.joined_at IS NULL ORDER BY l.source";
        let rows = sqlx::query(select).fetch_all(self.read()).await?;
        let unjoined = rows.iter().map(|found| {
            let before = row::opt_id::<of::Load>(found, "last_id")?;
            Ok(Unjoined { source: row::text(found, "source")?, before })
        });
        unjoined.collect()
    }
}

impl Tx {
    /// Notes that a version was joined. Held children whom it may say something about are looked at again.
    ///
    /// # Errors
    /// As the database says.
    pub async fn set_joined(&mut self, load: LoadId, now: Timestamp) -> Result<()> {
        let update = "UPDATE load SET joined_at = $2 WHERE id = $1 AND joined_at IS NULL";
        let query = sqlx::query(update).bind(load.bytes().to_vec()).bind(now.as_microsecond());
        query.execute(self.conn()).await?;
        self.reconsider_joined(load, now).await.map(drop)
    }
}
